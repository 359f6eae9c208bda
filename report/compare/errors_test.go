package compare

import (
	"math"
	"testing"
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

func TestErrorsAreJudgedByTheirBound(t *testing.T) {
	for _, tc := range []struct {
		a, b Failures
		gate bool
		want Outcome
		why  string
	}{
		{Failures{0, 20_000}, Failures{200, 20_000}, true, Regression, "1 % is surely 0.1 points above none"},
		{Failures{0, 20_000}, Failures{0, 20_000}, true, Pass, "none failed"},
		{Failures{0, 200}, Failures{1, 200}, true, Inconclusive, "0.5 points were seen, of too few requests"},
		{Failures{200, 20_000}, Failures{0, 20_000}, true, Pass, "fewer fail"},
		{Failures{}, Failures{}, true, Inconclusive, "nothing was sent"},
		{Failures{0, 20_000}, Failures{100, 20_000}, false, Worse, "surely above none"},
		{Failures{100, 20_000}, Failures{0, 20_000}, false, Better, "surely below"},
		{Failures{0, 4800}, Failures{1, 4800}, false, Undecided, "one of 4,800 is nothing"},
	} {
		if got := judgeErrors(tc.a, tc.b, 0.001, tc.gate); got.Outcome != tc.want {
			t.Errorf("%+v, %+v: %s, want %s: %s", tc.a, tc.b, got.Outcome, tc.want, tc.why)
		}
	}
}
