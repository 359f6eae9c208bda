package compare

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// foreseen is the number of quads after which a gate foretells what it can show: six pairs are the fewest with an interval.
const foreseen = 3

// Foresight is a forecast from the first quads of a gate: what all planned quads can show of its highest percentile.
type Foresight struct {
	Metric  Metric
	Pairs   int     // planned pairs
	Scatter float64 // standard deviation of a pair's log ratio, so far: a rough figure
	Found   float64 // the least change for the worse, as a share, that nine gates of ten call a regression
	Held    float64 // the least margin, as a share, that identical code passes in nine gates of ten
	Passes  float64 // the margin of a pass, as a share
}

// Enough reports whether identical code will probably pass.
func (f Foresight) Enough() bool { return f.Held <= f.Passes }

// Foresight returns the forecast of the first three quads, which then stays the same. It is nil before, in a comparison
// without margins, and where no percentile is judged.
func (t *Trial) Foresight() *Foresight { return t.foresight }

// foretell fills in the foresight as soon as there are enough quads. A regression must clear its margin at the first of
// Holm's levels, since it may be the only one.
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
