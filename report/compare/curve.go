package compare

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Curve is the target times of an arm by percentile, or its response times where those are compared. Each value is the
// median over the rounds; 0 where a round has less than one request beyond the percentile. Value i is at the quantile
// 1 − 10^(−i/CurveSteps).
type Curve struct {
	Arm    string
	Values []time.Duration
}

const (
	CurveSteps = 18 // number of values in which the requests beyond fall to a tenth
	curveEnd   = 3  // powers of ten: the curve ends at P99.9
)

// CurveIndex returns the index of the value at a quantile.
func CurveIndex(q float64) int { return int(math.Round(-math.Log10(1-q) * CurveSteps)) }

// curveOf reads the curve of one run's latencies.
func curveOf(d *runfile.Dist) []float64 {
	if d.HDR == "" && d.Censored == nil {
		return nil
	}
	var values []float64
	for i := range curveEnd*CurveSteps + 1 {
		beyond := math.Pow(10, -float64(i)/CurveSteps)
		if float64(d.Count)*beyond < 1 {
			break
		}
		values = append(values, float64(d.Quantile(1-beyond).Value))
	}
	return values
}

// curves returns the curve of each arm.
func (t *Trial) curves() []Curve {
	var list []Curve
	for i, a := range t.arms {
		list = append(list, medianCurve(t.o.Arms[i], a.curves))
	}
	return list
}

func medianCurve(arm string, of [][]float64) Curve {
	c := Curve{Arm: arm}
	for i := 0; ; i++ {
		var at []float64
		for _, values := range of {
			if i < len(values) {
				at = append(at, values[i])
			}
		}
		if len(at) == 0 || 2*len(at) < len(of) {
			return c
		}
		c.Values = append(c.Values, time.Duration(medianOf(at)))
	}
}
