package capacity

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// confidence is the confidence of every interval in this package, unless its type says otherwise.
const confidence = 0.95

// Estimate is a fitted figure with its 95 % interval.
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Rate is a rate in requests per second with its 95 % interval. A High of 0 means: no upper bound known.
type Rate struct {
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`
	High float64 `json:"high,omitempty"`
}

// spread returns the half-width of a 95 % interval by Student's t.
func spread(sd float64, freedom int) float64 {
	if freedom < 1 {
		return math.Inf(1)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(freedom)}
	return sd * t.Quantile(1-(1-confidence)/2)
}

// meanOf returns the mean and the standard deviation of values; the latter is 0 for fewer than two.
func meanOf(values []float64) (mean, sd float64) {
	if len(values) == 0 {
		return 0, 0
	}
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	for _, v := range values {
		sd += (v - mean) * (v - mean)
	}
	if len(values) < 2 {
		return mean, 0
	}
	return mean, math.Sqrt(sd / float64(len(values)-1))
}

// quantileOf returns the value at q of unsorted values, interpolated (Hyndman and Fan 1996, type 7).
func quantileOf(values []float64, q float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}
