package runfile

import (
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// Figure is a duration of a distribution, or a lower bound of it.
type Figure struct {
	Value   time.Duration
	AtLeast bool
	Missing bool // nothing was counted
}

// String writes the figure for a person: 12 ms, or ≥ 12 ms where it is a lower bound.
func (f Figure) String() string {
	switch {
	case f.Missing:
		return units.Absent
	case f.AtLeast:
		return units.DurationAtLeast(f.Value)
	}
	return units.Duration(f.Value)
}

// Quantile returns the value at q (0-1; 1: the maximum). Without the decoded histogram only the quantiles of the summary are
// known.
func (d *Dist) Quantile(q float64) Figure {
	for _, f := range d.figures() {
		if f.quantile == q && q > 0 {
			return d.figure(f.key, *f.value)
		}
	}
	if d.all == nil {
		return Figure{Missing: true}
	}
	value := time.Duration(d.all.ValueAtPercentile(q * 100))
	return Figure{Value: value, AtLeast: d.Censored != nil && value >= d.min}
}

// Mean returns the mean, which is a lower bound as soon as one value is.
func (d *Dist) Mean() Figure { return d.figure("mean_ns", d.MeanNS) }

// Min returns the smallest value.
func (d *Dist) Min() Figure { return d.figure("min_ns", d.MinNS) }

func (d *Dist) figure(key string, value time.Duration) Figure {
	return Figure{Value: value, AtLeast: slices.Contains(d.AtLeast, key), Missing: d.Count == 0}
}
