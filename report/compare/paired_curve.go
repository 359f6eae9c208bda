package compare

import (
	"math"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// PairedCurves are the curves of the two sides of a mirrored run, over all its timed pairs.
func PairedCurves(names [2]string, pairs []runfile.LatencyPair) [2]Curve {
	sides := [2][]float32{make([]float32, len(pairs)), make([]float32, len(pairs))}
	for i, p := range pairs {
		sides[0][i], sides[1][i] = p.A, p.B
	}
	var curves [2]Curve
	for side, values := range sides {
		slices.Sort(values)
		curves[side].Arm = names[side]
		for i := range curveEnd*CurveSteps + 1 {
			beyond := math.Pow(10, -float64(i)/CurveSteps) * float64(len(values))
			if beyond < 1 {
				break
			}
			at := max(int(math.Ceil(float64(len(values))-beyond-1e-9))-1, 0)
			curves[side].Values = append(curves[side].Values, time.Duration(values[at]))
		}
	}
	return curves
}
