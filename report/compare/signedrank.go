package compare

import (
	"sort"
	"sync"
)

// signedRanks caches the cumulative null distribution of the signed-rank sum W⁺ by the number of pairs n.
var signedRanks sync.Map // int → []float64

// signedRankCDF returns P(W⁺ ≤ s) for s = 0 … n(n+1)/2 under the hypothesis that every sign is a fair coin, exactly: rank n
// is in the sum or not, so f(n, s) = (f(n−1, s) + f(n−1, s−n)) / 2 (Wilcoxon, Biometrics Bulletin 1, 1945).
func signedRankCDF(n int) []float64 {
	if cdf, ok := signedRanks.Load(n); ok {
		return cdf.([]float64)
	}
	f := make([]float64, n*(n+1)/2+1)
	f[0] = 1
	for rank, top := 1, 0; rank <= n; rank++ {
		top += rank
		for s := top; s >= 0; s-- {
			with := 0.0
			if s >= rank {
				with = f[s-rank]
			}
			f[s] = (f[s] + with) / 2
		}
	}
	for s := 1; s < len(f); s++ {
		f[s] += f[s-1]
	}
	signedRanks.Store(n, f)
	return f
}

// signedRankLimit returns the largest c with P(W⁺ ≤ c) ≤ p; ok is false where n pairs are too few for one.
func signedRankLimit(n int, p float64) (c int, ok bool) {
	return limit(signedRankCDF(n), p)
}

// limit returns the last index of a cumulative distribution at which it is at most p.
func limit(cdf []float64, p float64) (c int, ok bool) {
	c = sort.Search(len(cdf), func(i int) bool { return cdf[i] > p }) - 1
	return c, c >= 0
}
