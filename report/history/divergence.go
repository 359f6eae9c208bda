package history

import "math"

// distances holds the sums of the distances between the points of a window: within[i][j] is that of all pairs of the
// points i … j−1.
type distances struct {
	within [][]float64
}

func newDistances(z []float64) distances {
	n := len(z)
	d := distances{within: make([][]float64, n+1)}
	for i := range d.within {
		d.within[i] = make([]float64, n+1)
	}
	for j := 1; j < n; j++ {
		var toJ float64 // from the points i … j−1
		for i := j - 1; i >= 0; i-- {
			toJ += math.Abs(z[i] - z[j])
			d.within[i][j+1] = d.within[i][j] + toJ
		}
	}
	return d
}

// divergence returns the point τ that parts the points from … to−1 at the greatest q over all τ and κ, from < τ < κ ≤ to,
// and that q; −Inf where there are fewer than two points. Of X, the n points from … τ−1, and Y, the m points τ … κ−1,
//
//	q(X, Y) = 2/(m+n) · Σ|Xᵢ − Yⱼ| − 2m/((m+n)(n−1)) · Σ|Xᵢ − Xₖ| − 2n/((m+n)(m−1)) · Σ|Yⱼ − Yₖ|
//
// with each pair of X, and of Y, counted once: the empirical divergence of Matteson and James (2014) for α = 1. Y may end before the part does, because a second change behind the first would hide it.
func (d distances) divergence(from, to int) (tau int, highest float64) {
	highest = math.Inf(-1)
	for t := from + 1; t < to; t++ {
		x := d.within[from][t]
		n := float64(t - from)
		for k := t + 1; k <= to; k++ {
			y := d.within[t][k]
			m := float64(k - t)
			q := 2 / (m + n) * (d.within[from][k] - x - y)
			if n > 1 {
				q -= 2 * m / ((m + n) * (n - 1)) * x
			}
			if m > 1 {
				q -= 2 * n / ((m + n) * (m - 1)) * y
			}
			if q > highest {
				tau, highest = t, q
			}
		}
	}
	return tau, highest
}
