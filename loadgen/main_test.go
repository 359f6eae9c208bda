package loadgen

import (
	"flag"
	"os"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("BENCH_LONG") == "" {
		_ = flag.Set("rapid.checks", "40") // each is a run or several; rapid takes a fifth of them with -short
	}
	exchangetest.Main(m)
}
