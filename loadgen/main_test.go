package loadgen

import (
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestMain(m *testing.M) { exchangetest.Main(m) }
