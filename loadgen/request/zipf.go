package request

import (
	"math"

	"github.com/seed-5a006608/bench/profiles"
)

// zipf draws ranks 1 … n with P(rank = i) proportional to i^−s, for any s above 0.
//
// Method: rejection-inversion (W. Hörmann, G. Derflinger, "Rejection-inversion to generate variates from monotone
// discrete distributions", ACM TOMACS 6(3), 1996). It needs no table, so a million keys cost no memory, and about 1.1
// draws a value. The standard library's Zipf cannot serve: it takes only s above 1 and hides its draws.
type zipf struct {
	n    uint64
	s    float64
	low  float64 // H(1.5) − h(1)
	high float64 // H(n + 0.5)
	fast float64 // ranks this close above x are accepted without evaluating H
}

func newZipf(n uint64, s float64) zipf {
	z := zipf{n: n, s: s}
	z.low = z.integral(1.5) - 1
	z.high = z.integral(float64(n) + 0.5)
	z.fast = 2 - z.inverse(z.integral(2.5)-z.density(2))
	return z
}

// draw returns the rank of request k.
func (z zipf) draw(stream profiles.Stream, k uint64) uint64 {
	for i := uint64(0); ; i++ {
		u := z.high + float64(stream.Uint64At(k, i)>>11)*0x1p-53*(z.low-z.high)
		x := z.inverse(u)
		rank := min(max(math.Floor(x+0.5), 1), float64(z.n))
		if rank-x <= z.fast || u >= z.integral(rank+0.5)-z.density(rank) {
			return uint64(rank)
		}
	}
}

// density is h(x) = x^−s.
func (z zipf) density(x float64) float64 { return math.Exp(-z.s * math.Log(x)) }

// integral is H(x) = (x^(1−s) − 1) / (1−s), and ln x at s = 1. Written with expm1(t)/t it is exact on both sides of 1,
// where the textbook form cancels.
func (z zipf) integral(x float64) float64 {
	ln := math.Log(x)
	return expm1Over((1-z.s)*ln) * ln
}

// inverse is H⁻¹.
func (z zipf) inverse(x float64) float64 {
	t := max(x*(1-z.s), -1) // rounding may pass the pole
	return math.Exp(log1pOver(t) * x)
}

// expm1Over is (e^t − 1)/t, and its limit at 0.
func expm1Over(t float64) float64 {
	if math.Abs(t) < 1e-8 {
		return 1 + t/2
	}
	return math.Expm1(t) / t
}

// log1pOver is ln(1+t)/t, and its limit at 0.
func log1pOver(t float64) float64 {
	if math.Abs(t) < 1e-8 {
		return 1 - t/2
	}
	return math.Log1p(t) / t
}
