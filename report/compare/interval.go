package compare

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// resolution is the logarithm of the least change that an interval may claim: histograms have three digits.
var resolution = math.Log(1.001)

// printedLevel is the error of printed intervals; intervals that decide have the level of their look.
const printedLevel = 0.05

// Interval is an estimate of a ratio with its bounds. Without enough pairs the bounds are 0 and +Inf.
type Interval struct {
	Center, Low, High float64
}

// estimate is the centre of n differences of logarithms in time order, by Hodges and Lehmann (Ann. Math. Statist. 34, 1963):
// the median of the Walsh averages (xᵢ+xⱼ)/2, i ≤ j. It estimates the centre of a symmetric distribution, whatever its
// tails.
type estimate struct {
	n       int
	walsh   []float64 // sorted
	center  float64
	carried float64 // autocorrelation at lag 1, corrected for its bias, 0 … 0.6
	stretch float64 // factor by which autocorrelation widens an interval
}

func newEstimate(x []float64) estimate {
	e := estimate{n: len(x), stretch: 1}
	if e.n == 0 {
		e.center = math.NaN()
		return e
	}
	e.walsh = make([]float64, 0, e.n*(e.n+1)/2)
	for i, a := range x {
		for _, b := range x[i:] {
			e.walsh = append(e.walsh, (a+b)/2)
		}
	}
	slices.Sort(e.walsh)
	e.center = median(e.walsh)
	e.carried = autocorrelation(x)
	e.stretch = math.Sqrt((1 + e.carried) / (1 - e.carried))
	return e
}

// bounds returns the interval at the two-sided error level, never narrower than the resolution of histograms; ±Inf where
// there are too few values.
func (e estimate) bounds(level float64) (low, high float64) {
	low, high = e.ranked(level)
	if e.n == 0 {
		return low, high
	}
	return min(low, e.center-resolution), max(high, e.center+resolution)
}

// ranked returns the interval at the two-sided error level: the Walsh averages at the rank that the signed-rank distribution
// allows, stretched by the variance that autocorrelation adds; ±Inf where there are too few values.
func (e estimate) ranked(level float64) (low, high float64) {
	c, ok := signedRankLimit(e.n, level/2)
	if e.n == 0 || !ok {
		return math.Inf(-1), math.Inf(1)
	}
	return e.center - e.stretch*(e.center-e.walsh[c]), e.center + e.stretch*(e.walsh[len(e.walsh)-1-c]-e.center)
}

// interval returns the bounds as ratios.
func (e estimate) interval(level float64) Interval {
	low, high := e.bounds(level)
	return Interval{Center: math.Exp(e.center), Low: math.Exp(low), High: math.Exp(high)}
}

// median returns the median of sorted values.
func median(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// autocorrelation returns the rank autocorrelation at lag 1, r = (r̂ + 1/n) / (1 − 3/n), clipped to 0 … 0.6. The formula
// corrects the first-order bias of r̂ (Kendall, Biometrika 41, 1954). Ranks keep an outlier from deciding it.
func autocorrelation(x []float64) float64 {
	n := float64(len(x))
	if n < 6 {
		return 0
	}
	r := ranks(x)
	mean := stat.Mean(r, nil)
	var lagged, all float64
	for i, v := range r {
		all += (v - mean) * (v - mean)
		if i > 0 {
			lagged += (v - mean) * (r[i-1] - mean)
		}
	}
	if all == 0 {
		return 0
	}
	return min(max((lagged/all+1/n)/(1-3/n), 0), 0.6)
}

// ranks returns the rank of each value, 1 … n; equal values each get the mean of their ranks.
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	r := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j+1 < len(order) && x[order[j+1]] == x[order[i]] {
			j++
		}
		for _, at := range order[i : j+1] {
			r[at] = float64(i+j)/2 + 1
		}
		i = j + 1
	}
	return r
}
