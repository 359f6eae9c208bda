package profiles

import (
	"math"
	"slices"
	"testing"
)

// wantKolmogorov compares a sample with a continuous distribution by the one-sample Kolmogorov-Smirnov test. The bound
// 1.95/√n is the critical value at 0.1 % for n > 35 (Massey, JASA 46, 1951, p. 70, by the limit K(1.95) = 0.999).
func wantKolmogorov(t *testing.T, what string, sample []float64, cdf func(float64) float64) {
	t.Helper()
	x := slices.Clone(sample)
	slices.Sort(x)
	n := float64(len(x))
	d := 0.0
	for i, v := range x {
		d = max(d, cdf(v)-float64(i)/n, float64(i+1)/n-cdf(v))
	}
	if d > 1.95/math.Sqrt(n) {
		t.Errorf("%s: Kolmogorov-Smirnov D = %.5f for n = %d, want at most %.5f", what, d, len(x), 1.95/math.Sqrt(n))
	}
}

func exponentialCDF(x float64) float64 { return -math.Expm1(-x) }

// chiSquareBounds are the 0.1 % and 99.9 % points of χ² with df degrees of freedom, by Wilson and Hilferty's cube
// (PNAS 17, 1931).
func chiSquareBounds(df float64) (low, high float64) {
	const z = 3.0902 // Φ⁻¹(0.999)
	c := 2 / (9 * df)
	return df * math.Pow(1-c-z*math.Sqrt(c), 3), df * math.Pow(1-c+z*math.Sqrt(c), 3)
}

// Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.8, columns Q = 0.999 and 0.001.
func TestChiSquareBounds(t *testing.T) {
	for _, tc := range []struct{ df, low, high float64 }{{30, 11.588, 59.703}, {100, 61.918, 149.449}} {
		low, high := chiSquareBounds(tc.df)
		if math.Abs(low/tc.low-1) > 0.01 || math.Abs(high/tc.high-1) > 0.01 {
			t.Errorf("chiSquareBounds(%v) = %.3f, %.3f, want %v, %v within 1 %%", tc.df, low, high, tc.low, tc.high)
		}
	}
}
