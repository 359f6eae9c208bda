package runfile

import "math"

// RisingLevel is the p of [Rising] below which a backlog is said to rise, in a run's verdict and in a step of a search for
// capacity.
const RisingLevel = 0.01

// Rising returns the probability of values at least as ordered upwards as these if they had no trend: the one-sided p
// of the Mann–Kendall test (Mann, Econometrica 13, 1945; Kendall, Rank Correlation Methods, 1975). It is exact for up
// to 10 values without ties, for which the normal approximation is too rough at p < 0.01; otherwise the approximation
// with correction for ties and continuity. Fewer than 3 values tell nothing: 1.
func Rising(values []float64) float64 {
	n := len(values)
	if n < 3 {
		return 1
	}
	s, tied := 0, map[float64]int{}
	for i, v := range values {
		tied[v]++
		for _, later := range values[i+1:] {
			switch {
			case later > v:
				s++
			case later < v:
				s--
			}
		}
	}
	if len(tied) == n && n <= 10 {
		return concordance(n, s)
	}
	nf := float64(n)
	variance := nf * (nf - 1) * (2*nf + 5)
	for _, count := range tied {
		t := float64(count)
		variance -= t * (t - 1) * (2*t + 5)
	}
	variance /= 18
	if variance == 0 || s <= 0 {
		return 1
	}
	z := (float64(s) - 1) / math.Sqrt(variance)
	return math.Erfc(z/math.Sqrt2) / 2
}

// concordance returns P(S ≥ s) over all orders of n distinct values. S = pairs in order − pairs out of order, and the
// number of orders with d pairs out of order follows the recursion of inserting the next value at each place.
func concordance(n, s int) float64 {
	orders := []float64{1}
	for size := 2; size <= n; size++ {
		next := make([]float64, len(orders)+size-1)
		for d, count := range orders {
			for moved := range size {
				next[d+moved] += count
			}
		}
		orders = next
	}
	var total, atLeast float64
	pairs := n * (n - 1) / 2
	for d, count := range orders {
		total += count
		if pairs-2*d >= s {
			atLeast += count
		}
	}
	return atLeast / total
}
