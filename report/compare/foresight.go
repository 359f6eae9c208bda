package compare

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// foreseen is after how many quads a gate foretells what it can show: six pairs are the fewest that have an interval.
const foreseen = 3

// Foresight is what the first quads of a gate say of what the planned ones can show of its highest percentile.
type Foresight struct {
	Metric  Metric
	Pairs   int     // that are planned
	Scatter float64 // standard deviation of a pair's log ratio, so far: a rough figure
	Found   float64 // the least change for the worse, as a share, that nine gates of ten find to be a regression
	Held    float64 // the least margin, as a share, that identical code passes in nine gates of ten
	Passes  float64 // the margin below which it is to pass
}

// Enough reports whether identical code will probably pass.
func (f Foresight) Enough() bool { return f.Held <= f.Passes }

// Foresight returns what the first quads foretell, the same from the third one on; nil before, of a comparison without margins,
// and where no percentile is judged.
func (t *Trial) Foresight() *Foresight { return t.foresight }

// foretell makes the foresight as soon as there are quads enough. What is to be found must clear its margin at the first of
// Holm's levels, since it may be alone.
func (t *Trial) foretell() {
	if !t.o.Gate || t.kept != foreseen {
		return
	}
	var row *Row
	var weights float64
	found := t.compare(len(t.arms) - 1)
	for i := range found.Rows {
		if r := &found.Rows[i]; r.Judged {
			weights += r.Metric.weight()
			if r.Metric.Quantile > 0 {
				row = r
			}
		}
	}
	if row == nil {
		return
	}
	row.foresee(found.Pairs)
	if row.Scatter == 0 {
		return
	}
	pairs := 2 * t.o.Quads
	z := distuv.UnitNormal.Quantile(chance)
	told := func(share float64) float64 {
		return (student(lastLevel(alpha*share), pairs) + z) * row.Scatter / math.Sqrt(float64(pairs))
	}
	t.foresight = &Foresight{
		Metric: row.Metric, Pairs: pairs, Scatter: row.Scatter, Passes: row.PassAt,
		Found: math.Expm1(row.Metric.log(row.Margin) + told(row.Metric.weight()/weights)),
		Held:  math.Expm1(told(1)),
	}
}
