package loadgen

import (
	"flag"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		_ = flag.Set("rapid.checks", "50") // rapid takes a fifth of them with -short; each is a run or several
	}
	exchangetest.Main(m)
}
