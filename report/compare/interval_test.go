package compare

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The depression scores of Hollander and Wolfe, Nonparametric Statistical Methods, 2nd ed., example 3.1: the estimate -0.46
// and the interval (-0.786, -0.010) of level 1 - 10/256, as in R:
// wilcox.test(y, x, paired = TRUE, conf.int = TRUE, conf.level = 0.961).
func TestIntervalIsThePublishedOne(t *testing.T) {
	before := []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	after := []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29}
	var x []float64
	for i := range before {
		x = append(x, after[i]-before[i])
	}
	e := newEstimate(x)
	e.stretch = 1 // the example knows no order in time
	low, high := e.bounds(0.0392)
	if math.Abs(e.center+0.46) > 1e-9 || math.Abs(low+0.786) > 1e-9 || math.Abs(high+0.010) > 1e-9 {
		t.Errorf("%v (%v, %v), want -0.46 (-0.786, -0.010)", e.center, low, high)
	}
}

func TestIntervalHoldsItsEstimate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1, 1), 1, 30).Draw(t, "x")
		e := newEstimate(x)
		low, high := e.bounds(0.05)
		if low > e.center-resolution || high < e.center+resolution {
			t.Fatalf("%v … %v … %v: narrower than the histograms' resolution", low, e.center, high)
		}
		shifted := slices.Clone(x)
		for i := range shifted {
			shifted[i]++
		}
		if s := newEstimate(shifted); math.Abs(s.center-e.center-1) > 1e-9 || math.Abs(s.stretch-e.stretch) > 1e-6 && len(x) > 5 {
			// A shift may round two values that differed into a tie, and a tie changes ranks.
			if ties(shifted) == ties(x) {
				t.Fatalf("shifted by 1: from %v (×%v) to %v (×%v)", e.center, e.stretch, s.center, s.stretch)
			}
		}
	})
}

func ties(x []float64) int {
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	return len(x) - len(slices.Compact(sorted))
}

func TestAutocorrelationWidens(t *testing.T) {
	var steady, trending []float64
	for i := range 20 {
		steady = append(steady, float64(i*7%20)) // neighbours far apart
		trending = append(trending, float64(i))
	}
	if e := newEstimate(steady); e.carried != 0 || e.stretch != 1 {
		t.Errorf("no autocorrelation: %v, ×%v", e.carried, e.stretch)
	}
	if e := newEstimate(trending); e.carried != 0.6 || math.Abs(e.stretch-2) > 1e-12 {
		t.Errorf("a trend: %v, ×%v, want the cap of 0.6 and ×2", e.carried, e.stretch)
	}
	if got := ranks([]float64{3, 1, 3, 2}); !slices.Equal(got, []float64{3.5, 1, 3.5, 2}) {
		t.Errorf("ranks with a tie: %v", got)
	}
}

func TestBoundsNeedPairs(t *testing.T) {
	if i := newEstimate([]float64{0.1, 0.2, 0.3}).interval(0.05); i.Low != 0 || !math.IsInf(i.High, 1) {
		t.Errorf("three pairs have bounds: %+v", i)
	}
}
