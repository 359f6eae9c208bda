package history

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// tTest returns the two-sided p of Student's t-test with pooled variance:
//
//	t = (ā − b̄) / √(s² · (1/n + 1/m)),  s² = ((n−1)·s²ₐ + (m−1)·s²_b) / (n+m−2)
//
// with n+m−2 degrees of freedom. s²ₐ and s²_b are divided by n and by m, as Otava divides them, and not by n−1 and m−1; p is
// a little smaller for it where there are few points, and change points are the same as Otava's. Of two points nothing can
// be told and p is 1.
func tTest(a, b []float64) float64 {
	n, m := float64(len(a)), float64(len(b))
	if n+m <= 2 {
		return 1
	}
	meanA, varianceA := stat.PopMeanVariance(a, nil)
	meanB, varianceB := stat.PopMeanVariance(b, nil)
	pooled := ((n-1)*varianceA + (m-1)*varianceB) / (n + m - 2)
	switch {
	case meanA == meanB:
		return 1
	case pooled == 0:
		return 0
	}
	t := math.Abs(meanA-meanB) / math.Sqrt(pooled*(1/n+1/m))
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n + m - 2}.CDF(-t)
}
