package report

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// What is only a lower bound is never written as more than is known.
func TestLowerBoundsAreNotRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1999600 * time.Microsecond: "≥ 1.9 s", 9996 * time.Microsecond: "≥ 9.9 ms", 999_600: "≥ 999 us", 1_100_000: "≥ 1.1 ms",
		14_700_000: "≥ 14 ms", 3 * time.Second: "≥ 3.0 s", 59_990 * time.Millisecond: "≥ 59.9 s", 1: "≥ 1 ns",
	} {
		if got := bounded(d, true); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
	for v, want := range map[float64]string{199.9: "≥ 199/s", 9.99: "≥ 9.9/s", 0.996: "≥ 0.99/s", 12_399: "≥ 12,300/s", 500: "≥ 500/s"} {
		if got := leastRate(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
	over, under := loadgen.Dist{Count: 1, P99NS: 1999, AtLeast: []string{"p99_ns"}}, loadgen.Dist{Count: 1, P99NS: 1000}
	p99 := percentile{key: "p99_ns", value: func(d *loadgen.Dist) time.Duration { return d.P99NS }}
	if got, _ := ratio(p99, &over, &under); got != "≥ 1.9×" {
		t.Errorf("ratio %s", got)
	}
	over.P99NS, over.AtLeast, under.AtLeast = 2001, nil, []string{"p99_ns"}
	if got, _ := ratio(p99, &over, &under); got != "≤ 2.1×" {
		t.Errorf("ratio %s", got)
	}
}
