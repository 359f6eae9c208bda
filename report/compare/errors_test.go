package compare

import (
	"math"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// As R's binom.test(k, n)$conf.int gives them at 95 %.
func TestClopperPearsonIsThePublishedOne(t *testing.T) {
	for _, tc := range []struct {
		failed, due uint64
		low, high   float64
	}{
		{0, 10, 0, 0.3084971},
		{1, 10, 0.002528579, 0.4450161},
		{5, 10, 0.1870860, 0.8129140},
		{10, 10, 0.6915029, 1},
		{0, 0, 0, 1},
	} {
		low, high := clopperPearson(tc.failed, tc.due, 0.025)
		if math.Abs(low-tc.low) > 1e-6 || math.Abs(high-tc.high) > 1e-6 {
			t.Errorf("%d of %d: %v … %v, want %v … %v", tc.failed, tc.due, low, high, tc.low, tc.high)
		}
	}
	if _, high := clopperPearson(0, 20_000, 0.0005); math.Abs(high-(1-math.Pow(0.0005, 1.0/20_000))) > 1e-9 {
		t.Errorf("none of 20,000: at most %v", high)
	}
}

// rounds are rounds of 540 requests of which so many fail, one after the other, again and again.
func rounds(n int, failed ...uint64) []Failures {
	var list []Failures
	for i := range n {
		list = append(list, failuresOf(runfile.Requests{Due: 540, Failed: failed[i%len(failed)]}))
	}
	return list
}

// burst is rounds without a failure, but for bursts.
func burst(n int, at map[int]uint64) []Failures {
	list := rounds(n, 0)
	for i, failed := range at {
		list[i] = failuresOf(runfile.Requests{Due: 540, Failed: failed})
	}
	return list
}

func TestFailuresAreJudgedByTheRound(t *testing.T) {
	var none []Failures
	for _, tc := range []struct {
		a, b []Failures
		gate bool
		want Outcome
		why  string
	}{
		{rounds(40, 0), rounds(40, 6, 5), true, Regression, "1 % all the time is above 0.1 points"},
		{rounds(40, 0), rounds(40, 0, 0, 2, 4), true, Regression, "0.3 % now and then: by quads"},
		{rounds(40, 0), rounds(40, 0), true, Pass, "none failed"},
		{rounds(40, 5), rounds(40, 0), true, Pass, "fewer fail"},
		{rounds(40, 0), burst(40, map[int]uint64{17: 73}), true, Inconclusive, "one burst of 73 is no regression, and no pass"},
		{burst(40, map[int]uint64{3: 300}), rounds(40, 3), true, Regression, "a burst of A's does not hide that B fails all the time"},
		{burst(40, map[int]uint64{3: 73}), burst(40, map[int]uint64{17: 73}), true, Pass, "one burst each"},
		{rounds(4, 0), rounds(4, 500), true, Inconclusive, "two quads have no bound"},
		{none, none, true, Inconclusive, "nothing was sent"},
		{rounds(40, 0), rounds(40, 3), false, Worse, "more fail all the time"},
		{rounds(40, 3), rounds(40, 0), false, Better, "fewer do"},
		{rounds(40, 0), burst(40, map[int]uint64{17: 73}), false, Undecided, "one burst says nothing"},
	} {
		got := judgeErrors(tc.a, tc.b, 0.001, tc.gate, 0.0255) // the last look's of 0.03
		if got.Outcome != tc.want {
			t.Errorf("%s: %s, want %s: %+v", tc.why, got.Outcome, tc.want, got)
		}
	}
	e := judgeErrors(rounds(40, 0), burst(40, map[int]uint64{17: 73}), 0.001, true, 0.0255)
	if e.Low <= 0.001 || e.B.Hit != 1 || e.B.Rounds != 40 || e.A.Hit != 0 {
		t.Errorf("%+v: by the request a burst would be a regression, and it is in 1 of 40 rounds", e)
	}
}

func TestFailuresOfRunsAreJudgedByTheRun(t *testing.T) {
	for _, tc := range []struct {
		a, b []Failures
		want Outcome
		why  string
	}{
		{rounds(8, 0), rounds(8, 6, 5), Regression, "every run fails 1 %"},
		{rounds(8, 0), burst(8, map[int]uint64{2: 400}), Inconclusive, "one run has a burst"},
		{rounds(8, 0), rounds(8, 0), Pass, "none failed"},
	} {
		if got := judgeRunErrors(tc.a, tc.b, 0.001, true, alpha); got.Outcome != tc.want {
			t.Errorf("%s: %s, want %s: %+v", tc.why, got.Outcome, tc.want, got)
		}
	}
}

// A gate that is interrupted before the first run of the new version is complete has counted failures of the old one only.
func TestFailuresOfNoRunsAreCountedAndNotJudged(t *testing.T) {
	var none []Failures
	for _, side := range [][2][]Failures{{rounds(8, 3), none}, {none, rounds(8, 3)}, {none, none}} {
		got := judgeRunErrors(side[0], side[1], 0.001, true, alpha)
		by := got.By[0]
		if got.Outcome != Inconclusive || !math.IsNaN(by.Center) || !math.IsInf(by.Low, -1) || !math.IsInf(by.High, 1) {
			t.Errorf("%d and %d runs: %+v", len(side[0]), len(side[1]), got)
		}
		low, high := newShift(sharesOf(side[0]), sharesOf(side[1])).bounds(alpha)
		if !math.IsInf(low, -1) || !math.IsInf(high, 1) {
			t.Errorf("%d and %d runs: bounds %v and %v", len(side[0]), len(side[1]), low, high)
		}
	}
}
