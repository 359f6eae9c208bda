package profiles

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
)

// A Stream is a counter-based random generator: every draw is a pure function of (seed, purpose, k, i), in any order,
// from any goroutine, on any machine. Draws for different purposes are independent. k numbers the request, i counts the
// draws made for it.
//
// It is Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; SC'11). The key is the
// first 64 bits of SHA-256 over the seed and the purpose; the counter is k and i/2, as one block yields two draws.
type Stream struct{ key0, key1 uint32 }

// NewStream returns the stream of draws for one purpose, such as "arrivals" or "endpoint".
func NewStream(seed uint64, purpose string) Stream {
	sum := sha256.Sum256(append(binary.LittleEndian.AppendUint64(nil, seed), purpose...))
	return Stream{binary.LittleEndian.Uint32(sum[:]), binary.LittleEndian.Uint32(sum[4:])}
}

// Uint64 is the first draw for k: 64 random bits.
func (s Stream) Uint64(k uint64) uint64 { return s.Uint64At(k, 0) }

// Uint64At is draw i for k: 64 random bits.
func (s Stream) Uint64At(k, i uint64) uint64 {
	block := i / 2
	x0, x1, x2, x3 := philox(uint32(k), uint32(k>>32), uint32(block), uint32(block>>32), s.key0, s.key1)
	if i%2 == 0 {
		return uint64(x1)<<32 | uint64(x0)
	}
	return uint64(x3)<<32 | uint64(x2)
}

// Float64 is the first draw for k as a uniform number in [0, 1), a multiple of 2⁻⁵³.
func (s Stream) Float64(k uint64) float64 { return s.Float64At(k, 0) }

// Float64At is draw i for k as a uniform number in [0, 1), a multiple of 2⁻⁵³.
func (s Stream) Float64At(k, i uint64) float64 { return float64(s.Uint64At(k, i)>>11) * 0x1p-53 }

// Exp is the first draw for k as an exponential number with mean 1, at most 53·ln 2 = 36.7.
func (s Stream) Exp(k uint64) float64 { return exponential(s.Uint64At(k, 0)) }

// exponential is -ln u for a uniform u in (0, 1], which 0 must not be among.
func exponential(bits uint64) float64 { return negLog(float64(bits>>11+1) * 0x1p-53) }

// philox is the bijection of Salmon et al., ten rounds over the four words x under the key k. Its words are parameters
// of their own because Go keeps those in registers, and arrays not.
func philox(x0, x1, x2, x3, k0, k1 uint32) (y0, y1, y2, y3 uint32) {
	for range 10 {
		p0, p1 := uint64(x0)*0xD2511F53, uint64(x2)*0xCD9E8D57
		x0, x1, x2, x3 = uint32(p1>>32)^x1^k0, uint32(p1), uint32(p0>>32)^x3^k1, uint32(p0)
		k0, k1 = k0+0x9E3779B9, k1+0xBB67AE85
	}
	return x0, x1, x2, x3
}

// negLog is -ln u for u in [2⁻⁵³, 1], within 1 unit in the last place: u = m·2ᵏ with m in [√½, √2), f = m-1,
// s = f/(2+f), ln u = k·ln 2 + f - (f²/2 - s·(f²/2 + R(s²))). The polynomial R and the split of ln 2 are those of FreeBSD's
// e_log.c, which math.Log uses too.
//
// It exists because math.Log is assembly on some processors and elsewhere Go code whose products the compiler may fuse
// into the sums, so its last bit depends on the machine; and with it would arrivals. An explicit conversion forbids fusing.
func negLog(u float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
		l1    = 6.666666666666735130e-01
		l2    = 3.999999999940941908e-01
		l3    = 2.857142874366239149e-01
		l4    = 2.222219843214978396e-01
		l5    = 1.818357216161805012e-01
		l6    = 1.531383769920937332e-01
		l7    = 1.479819860511658591e-01
	)
	// Adding the distance from √½ to 1 carries into the exponent exactly where the fraction is √½ or more: no branch,
	// which a random u would mispredict every other time.
	const sqrtHalf = 0x3fe6a09e667f3bcd
	b := math.Float64bits(u) + (1023<<52 - sqrtHalf)
	k := float64(int(b>>52) - 1023)
	m := math.Float64frombits(b&(1<<52-1) + sqrtHalf)
	f := m - 1
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	odd := s2 * (l1 + float64(s4*(l3+float64(s4*(l5+float64(s4*l7))))))
	even := s4 * (l2 + float64(s4*(l4+float64(s4*l6))))
	r := float64(odd) + float64(even)
	half := float64(0.5 * f * f)
	return (half - (float64(s*(half+r)) + float64(k*ln2Lo)) - f) - float64(k*ln2Hi)
}
