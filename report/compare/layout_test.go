package compare

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestLayoutFitsTheTime(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	for _, tc := range []struct {
		why  string
		b    Budget
		want Layout
		ok   bool
	}{
		{"a gate of three minutes", Budget{Left: 175 * s, Arms: 2, Rate: 2000, Overhead: 50 * ms, Shortest: 2 * s, Quantile: 0.99}, Layout{2 * s, 20}, true},
		{"no longer at 300/s", Budget{Left: 175 * s, Arms: 2, Rate: 300, Overhead: 50 * ms, Shortest: 2 * s, Quantile: 0.99}, Layout{2 * s, 20}, true},
		{"as long as P99 just needs", Budget{Left: 175 * s, Arms: 2, Rate: 40, Overhead: 50 * ms, Shortest: 2 * s, Quantile: 0.99}, Layout{2450 * ms, 16}, true},
		{"and no longer than leaves twelve quads", Budget{Left: 170 * s, Arms: 2, Rate: 10, Overhead: 0, Shortest: 2 * s, Quantile: 0.99}, Layout{3270 * ms, 11}, true},
		{"starts count", Budget{Left: 175 * s, Arms: 2, Rate: 2000, Overhead: 50 * ms, Restart: s, Shortest: 2 * s, Quantile: 0.99}, Layout{2 * s, 18}, true},
		{"three arms", Budget{Left: 180 * s, Arms: 3, Shortest: 2 * s}, Layout{2 * s, 14}, true},
		{"asked for", Budget{Left: 10 * s, Arms: 2, Round: 300 * ms, Shortest: 2 * s}, Layout{300 * ms, 7}, true},
		{"six is the least", Budget{Left: 28 * s, Arms: 2, Shortest: s}, Layout{s, 6}, true},
		{"five is too few, so they are shorter", Budget{Left: 27 * s, Arms: 2, Shortest: s}, Layout{960 * ms, 6}, true},
		{"but not if their length is asked for", Budget{Left: 27 * s, Arms: 2, Round: s, Shortest: s}, Layout{s, 5}, false},
		{"nor beyond all sense", Budget{Left: 6 * s, Arms: 2, Shortest: s}, Layout{s, 0}, false},
		{"no time", Budget{Left: -s, Arms: 2, Shortest: s}, Layout{s, -1}, false},
	} {
		got, err := tc.b.Layout()
		if got != tc.want || (err == nil) != tc.ok {
			t.Errorf("%s: %+v, %v, want %+v", tc.why, got, err, tc.want)
		}
	}
}

func fastRun(rate float64, hits, misses uint64) *runfile.Run {
	return &runfile.Run{Overall: runfile.Phase{Achieved: runfile.Rate{Rate: rate}, Cache: runfile.Cache{Hits: hits, Misses: misses}}}
}

func TestFastestIsTheSlowestOnes(t *testing.T) {
	if got := Fastest([]*runfile.Run{fastRun(9000, 0, 0), fastRun(187, 0, 0)}); got != 187 {
		t.Errorf("%v/s, want 187/s", got)
	}
	for share, want := range map[float64]float64{0.7: 130, 0.1: 18, 0: 0} {
		if got := RateOf(share, fastRun(187, 0, 0)); got != want {
			t.Errorf("%v of 187/s is %v/s, want %v/s", share, got, want)
		}
	}
}

func TestWarmIsWhenTheHitRatioIsFlat(t *testing.T) {
	for _, tc := range []struct {
		before, now *runfile.Run
		want        bool
	}{
		{fastRun(1, 0, 0), fastRun(1, 0, 0), true},      // no cache
		{fastRun(1, 0, 100), fastRun(1, 0, 100), false}, // cold
		{fastRun(1, 50, 50), fastRun(1, 90, 10), false},
		{fastRun(1, 980, 20), fastRun(1, 985, 15), true},
		{fastRun(1, 0, 0), fastRun(1, 99, 1), false}, // nothing to compare with
	} {
		if got := Warm(tc.before, tc.now); got != tc.want {
			t.Errorf("%+v then %+v: warm %v", tc.before.Overall.Cache, tc.now.Overall.Cache, got)
		}
	}
}

func TestRestartsAreWorthATenth(t *testing.T) {
	l := Layout{Round: 2 * time.Second}
	if !l.Restarts(2, 800*time.Millisecond, 0) || l.Restarts(2, 801*time.Millisecond, 0) {
		t.Error("a tenth of a quad of 8 s is 800 ms")
	}
}
