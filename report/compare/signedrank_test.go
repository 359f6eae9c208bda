package compare

import (
	"math"
	"math/bits"
	"testing"
)

// The critical values of Wilcoxon's test, one-sided, as printed in Hollander and Wolfe, Nonparametric Statistical Methods,
// and by R's qsignrank(p, n) - 1.
func TestSignedRankLimitIsThePublishedOne(t *testing.T) {
	for _, tc := range []struct {
		n    int
		p    float64
		want int
		ok   bool
	}{
		{5, 0.025, -1, false}, // 1/32 is more than that
		{6, 0.025, 0, true},
		{10, 0.025, 8, true},
		{10, 0.005, 3, true},
		{20, 0.025, 52, true},
		{25, 0.025, 89, true},
		{14, 0.00214 / 2, 6, true}, // the looks of a budget of 20 quads
		{22, 0.00722 / 2, 45, true},
		{30, 0.01749 / 2, 118, true},
		{40, 0.04226 / 2, 259, true},
	} {
		if got, ok := signedRankLimit(tc.n, tc.p); got != tc.want || ok != tc.ok {
			t.Errorf("signedRankLimit(%d, %v) = %d, %v, want %d, %v", tc.n, tc.p, got, ok, tc.want, tc.ok)
		}
	}
}

func TestSignedRankCDFCountsEverySign(t *testing.T) {
	const n = 9
	want := make([]float64, n*(n+1)/2+1)
	for signs := range uint(1 << n) {
		sum := 0
		for s := signs; s != 0; s &= s - 1 {
			sum += bits.TrailingZeros(s) + 1
		}
		for at := sum; at < len(want); at++ {
			want[at] += 1.0 / (1 << n)
		}
	}
	for s, got := range signedRankCDF(n) {
		if math.Abs(got-want[s]) > 1e-12 {
			t.Errorf("P(W ≤ %d) = %v, want %v", s, got, want[s])
		}
	}
}
