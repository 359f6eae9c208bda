package runfile

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestRising(t *testing.T) {
	for _, tc := range []struct {
		values []float64
		want   float64
		why    string
	}{
		// Kendall's exact null distribution: P(S ≥ 6 | n = 4) = 1/24, P(S ≥ 4 | n = 4) = 4/24, P(S ≥ 10 | n = 5) = 1/120,
		// P(S ≥ 8 | n = 5) = 5/120, P(S ≥ 21 | n = 7) = 1/5040 (Hollander & Wolfe, Nonparametric Statistical Methods, table A.30).
		{[]float64{1, 2, 3, 4}, 1. / 24, "n = 4, S = 6"},
		{[]float64{2, 1, 3, 4}, 4. / 24, "n = 4, S = 4"},
		{[]float64{1, 2, 3, 4, 5}, 1. / 120, "n = 5, S = 10"},
		{[]float64{1, 2, 3, 5, 4}, 5. / 120, "n = 5, S = 8"},
		{[]float64{1, 2, 3, 4, 5, 6, 7}, 1. / 5040, "n = 7, S = 21"},
		{[]float64{4, 3, 2, 1}, 1, "falling is not rising"},
		{[]float64{1, 2}, 1, "two values have no trend"},
		{[]float64{3, 3, 3, 3, 3, 3}, 1, "a constant has no trend"},
	} {
		if got := Rising(tc.values); math.Abs(got-tc.want) > 1e-12 {
			t.Errorf("Rising(%v) = %v, want %v (%s)", tc.values, got, tc.want, tc.why)
		}
	}
}

// Where the approximation takes over it must be near the exact distribution.
func TestRisingApproximatesTheExactDistribution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.Permutation([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).Draw(t, "values")
		s := 0
		for i := range values {
			for _, later := range values[i+1:] {
				if later > values[i] {
					s++
				} else {
					s--
				}
			}
		}
		if s <= 0 {
			return // no evidence of a rise either way
		}
		if got, want := Rising(values), concordance(len(values), s); math.Abs(got-want) > 0.012 {
			t.Fatalf("S = %d: p = %v, exactly %v", s, got, want)
		}
	})
}
