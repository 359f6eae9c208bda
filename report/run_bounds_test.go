package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/compare"
)

// What is only a lower bound is never written as more than is known.
func TestLowerBoundsAreNotRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1999600 * time.Microsecond: "≥ 1.9 s", 9996 * time.Microsecond: "≥ 9.9 ms", 999_600: "≥ 999 us", 1_100_000: "≥ 1.1 ms",
		14_700_000: "≥ 14 ms", 3 * time.Second: "≥ 3.0 s", 59_990 * time.Millisecond: "≥ 59.9 s", 1: "≥ 1 ns",
	} {
		if got := (runfile.Figure{Value: d, AtLeast: true}).String(); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
	for v, want := range map[float64]string{199.9: "≥ 199/s", 9.99: "≥ 9.9/s", 0.996: "≥ 0.99/s", 12_399: "≥ 12,300/s", 500: "≥ 500/s"} {
		if got := units.RateAtLeast(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
	over, under := runfile.Dist{Count: 1, P99NS: 1999, AtLeast: []string{"p99_ns"}}, runfile.Dist{Count: 1, P99NS: 1000}
	p99 := percentile{quantile: 0.99}
	if got, _ := ratio(p99, &over, &under); got != "≥ 1.9×" {
		t.Errorf("ratio %s", got)
	}
	over.P99NS, over.AtLeast, under.AtLeast = 2001, nil, []string{"p99_ns"}
	if got, _ := ratio(p99, &over, &under); got != "≤ 2.1×" {
		t.Errorf("ratio %s", got)
	}
}

// The same of what a comparison, a mirrored run and a capacity know from one side alone.
func TestBoundsOfWhatIsConcludedAreNotRoundedPastThem(t *testing.T) {
	for ratio, want := range map[float64][2]string{ // as a lower bound, and as an upper one
		1.0296: {"+2.9 %", "+3 %"}, 1.157: {"+15 %", "+16 %"}, 0.9704: {"−3 %", "−2.9 %"}, 0.843: {"−16 %", "−15 %"}, 1.1: {"+10 %", "+10 %"}, 0.9: {"−10 %", "−10 %"},
		2.96: {"2.9×", "3.0×"}, 399.6: {"399×", "400×"},
	} {
		interval := compare.Interval{Center: ratio, Low: ratio, High: ratio}
		least, _ := changeOf(compare.Row{BLow: true, Change: interval})
		most, _ := changeOf(compare.Row{ALow: true, Change: interval})
		if least != "≥ "+want[0] || most != "≤ "+want[1] {
			t.Errorf("%v: %s and %s, want %q", ratio, least, most, want)
		}
		open, shut := interval, interval
		open.High, shut.Low = math.Inf(1), 0
		_, from := openChangeOf(compare.Row{BLow: true, Change: open})
		_, to := openChangeOf(compare.Row{ALow: true, Change: shut})
		if from != "("+want[0]+" or more)" || to != "("+want[1]+" or less)" {
			t.Errorf("%v: %s and %s, want %q", ratio, from, to, want)
		}
	}
	for _, o := range []capacity.Outcome{capacity.Everywhere, capacity.Limited} {
		c := &capacity.Capacity{Target: runfile.Target{Name: "s"}, MaxRate: capacity.MaxRate{Outcome: o, AtLeast: true, Rate: capacity.Rate{Rate: 499.7, Low: 499.7}}}
		if got := capacityAnswer(c); !strings.HasPrefix(got, "s holds at least 499/s") {
			t.Errorf("%s: %s", o, got)
		}
	}
	if got := between(499.7, 0); got != "at least 499/s" {
		t.Error(got)
	}
	holds := func(name string, rate float64, atLeast bool) *capacity.Capacity {
		return &capacity.Capacity{Target: runfile.Target{Name: name}, MaxRate: capacity.MaxRate{AtLeast: atLeast, Rate: capacity.Rate{Rate: rate}}}
	}
	if got := savings([]*capacity.Capacity{holds("a", 100, false), holds("b", 298, true)}, nil); len(got) != 1 || got[0] != "b holds at least 2.9× what a does" {
		t.Errorf("%q", got)
	}
	failing := &compare.Comparison{B: "new", Errors: compare.Errors{Outcome: compare.Regression, By: []compare.Difference{{Low: 0.0199}}}}
	if got := errorEvidence(failing); got != "REGRESSION: at least 1.9 points more" {
		t.Error(got)
	}
}
