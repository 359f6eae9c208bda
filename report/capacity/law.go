package capacity

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// law is X(N) = scale·N / (a + b·(N−1) + c·N·(N−1)), whose denominator is linear in the coefficients: λ = scale/a,
// σ = b/a, κ = c/a.
type law struct{ scale, a, b, c float64 }

func (l law) at(n float64) float64 { return l.scale * n / (l.a + l.b*(n-1) + l.c*n*(n-1)) }

func (l law) coefficients() (lambda, sigma, kappa float64) {
	return l.scale / l.a, l.b / l.a, l.c / l.a
}

// fitLaw fits the law, starting from the solution of the linear problem N/X: once without bounds, and once with all
// coefficients at least 0.
func fitLaw(points []Load) (unbounded, bounded law) {
	var scale float64
	for _, p := range points {
		scale = max(scale, p.Throughput/p.Users)
	}
	least := math.Inf(1)
	for i, free := range [][]bool{{true, true, true}, {true, true, false}, {true, false, true}, {true, false, false}} {
		fitted := minimise(points, linearStart(points, scale, free), free)
		if i == 0 {
			unbounded = fitted
		}
		if s := squares(points, fitted); fitted.a > 0 && fitted.b >= 0 && fitted.c >= 0 && s < least {
			bounded, least = fitted, s
		}
	}
	return unbounded, bounded
}

// linearStart solves scale·N/X = a + b·(N−1) + c·N·(N−1) for the free coefficients, with weights for equal errors of X.
func linearStart(points []Load, scale float64, free []bool) law {
	var rows, values []float64
	columns := 0
	for _, p := range points {
		w := p.Throughput * p.Throughput / p.Users / scale
		row := masked([]float64{w, w * (p.Users - 1), w * p.Users * (p.Users - 1)}, free)
		columns = len(row)
		rows = append(rows, row...)
		values = append(values, w*scale*p.Users/p.Throughput)
	}
	var x mat.VecDense
	if err := x.SolveVec(mat.NewDense(len(points), columns, rows), mat.NewVecDense(len(points), values)); err != nil {
		return law{scale: scale, a: 1}
	}
	return spreadOut(scale, x.RawVector().Data, free)
}

func masked(values []float64, free []bool) []float64 {
	var kept []float64
	for i, v := range values {
		if free[i] {
			kept = append(kept, v)
		}
	}
	return kept
}

func spreadOut(scale float64, x []float64, free []bool) law {
	var full [3]float64
	next := 0
	for i, f := range free {
		if f {
			full[i] = x[next]
			next++
		}
	}
	return law{scale, full[0], full[1], full[2]}
}

// minimise fits the free coefficients by least squares of X relative to the greatest X.
func minimise(points []Load, start law, free []bool) law {
	var top float64
	for _, p := range points {
		top = max(top, p.Throughput)
	}
	derive := func(x []float64, each func(residual float64, slope []float64)) {
		l := spreadOut(start.scale, x, free)
		for _, p := range points {
			d := l.a + l.b*(p.Users-1) + l.c*p.Users*(p.Users-1)
			if d <= 0 {
				each(1e6, make([]float64, len(x)))
				continue
			}
			fitted := l.scale * p.Users / d / top
			s := -fitted / d
			each(fitted-p.Throughput/top, masked([]float64{s, s * (p.Users - 1), s * p.Users * (p.Users - 1)}, free))
		}
	}
	problem := optimize.Problem{
		Func: func(x []float64) (sum float64) {
			derive(x, func(residual float64, _ []float64) { sum += residual * residual / 2 })
			return sum
		},
		Grad: func(gradient, x []float64) {
			clear(gradient)
			derive(x, func(residual float64, slope []float64) {
				for i, s := range slope {
					gradient[i] += residual * s
				}
			})
		},
		// The Gauss–Newton approximation leaves out the terms with residuals, which are small near the optimum.
		Hess: func(h *mat.SymDense, x []float64) {
			h.Zero()
			derive(x, func(_ float64, slope []float64) {
				for i := range slope {
					for j := i; j < len(slope); j++ {
						h.SetSym(i, j, h.At(i, j)+slope[i]*slope[j])
					}
				}
			})
		},
	}
	x0 := masked([]float64{start.a, start.b, start.c}, free)
	settings := &optimize.Settings{MajorIterations: 50, Converger: &optimize.FunctionConverge{Relative: 1e-12, Absolute: 1e-18, Iterations: 2}}
	result, err := optimize.Minimize(problem, x0, settings, &optimize.Newton{})
	if result == nil || err != nil && result.F > problem.Func(x0) {
		return start
	}
	return spreadOut(start.scale, result.X, free)
}

// refine fits throughputs drawn around a law, by a few Gauss–Newton steps from that law.
func refine(points []Load, l law) law {
	rows, values := make([]float64, 3*len(points)), make([]float64, len(points))
	for range 4 {
		for i, p := range points {
			d := l.a + l.b*(p.Users-1) + l.c*p.Users*(p.Users-1)
			if d <= 0 {
				return l
			}
			fitted := l.scale * p.Users / d
			s := -fitted / d
			rows[3*i], rows[3*i+1], rows[3*i+2] = s, s*(p.Users-1), s*p.Users*(p.Users-1)
			values[i] = p.Throughput - fitted
		}
		var step mat.VecDense
		if step.SolveVec(mat.NewDense(len(points), 3, rows), mat.NewVecDense(len(points), values)) != nil {
			return l
		}
		l.a, l.b, l.c = l.a+step.AtVec(0), l.b+step.AtVec(1), l.c+step.AtVec(2)
	}
	return l
}

func squares(points []Load, l law) (sum float64) {
	for _, p := range points {
		r := p.Throughput - l.at(p.Users)
		sum += r * r
	}
	return sum
}
