package loadgen

import (
	"flag"
	"os"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); os.Getenv("BENCH_LONG") == "" && f.Value.String() == f.DefValue {
		_ = f.Value.Set("40") // each is a run or several; rapid takes a fifth of them with -short
	}
	exchangetest.Main(m)
}
