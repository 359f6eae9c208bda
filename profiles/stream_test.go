package profiles

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The known-answer vectors of the Random123 library, release 1.14.0, tests/kat_vectors, lines "philox4x32 10"
// (github.com/DEShawResearch/random123).
func TestPhiloxKnownAnswers(t *testing.T) {
	const ones = 0xffffffff
	for _, tc := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{ones, ones, ones, ones}, [2]uint32{ones, ones}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox4(tc.counter, tc.key); got != tc.want {
			t.Errorf("philox(%08x, %08x) = %08x, want %08x", tc.counter, tc.key, got, tc.want)
		}
	}
}

func philox4(x [4]uint32, k [2]uint32) (y [4]uint32) {
	y[0], y[1], y[2], y[3] = philox(x[0], x[1], x[2], x[3], k[0], k[1])
	return y
}

// A draw takes its words from the counter (k low, k high, block low, block high), two draws to a block: here the third
// known answer.
func TestUint64AtLayout(t *testing.T) {
	s := Stream{0xa4093822, 0x299f31d0}
	const k, block = 0x85a308d3_243f6a88, 0x03707344_13198a2e
	for i, want := range []uint64{0x94fdcceb_d16cfe09, 0x24126ea1_5001e420} {
		if got := s.Uint64At(k, 2*block+uint64(i)); got != want {
			t.Errorf("Uint64At(k, 2·block+%d) = %#x, want %#x", i, got, want)
		}
	}
}

// A saved run names its seed, and the same seed must offer the same requests in every later version.
func TestStreamIsPinned(t *testing.T) {
	s := NewStream(1, "arrivals")
	for _, tc := range []struct{ k, i, want uint64 }{
		{0, 0, 0x4549cea2d11627ea}, {0, 1, 0xfe7afd9daceb7a49}, {1, 0, 0xb3b307a975c0e768}, {1 << 40, 3, 0xedf57188514449f7},
	} {
		if got := s.Uint64At(tc.k, tc.i); got != tc.want {
			t.Errorf("Uint64At(%d, %d) = %#x, want %#x: recorded seeds would mean other requests", tc.k, tc.i, got, tc.want)
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for _, seed := range []uint64{0, 1, 2, 1 << 63} {
		for _, purpose := range []string{"", "arrivals", "endpoint", "key"} {
			s := NewStream(seed, purpose)
			for k := range uint64(50) {
				for i := range uint64(4) {
					x := s.Uint64At(k, i)
					if other, dup := seen[x]; dup {
						t.Fatalf("seed %d, %q, k %d, i %d draws %#x again, after %s", seed, purpose, k, i, x, other)
					}
					seen[x] = purpose
				}
			}
		}
	}
}

func TestDrawsAreInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewStream(rapid.Uint64().Draw(t, "seed"), rapid.String().Draw(t, "purpose"))
		k, i := rapid.Uint64().Draw(t, "k"), rapid.Uint64().Draw(t, "i")
		if f := s.Float64At(k, i); f < 0 || f >= 1 || f*0x1p53 != math.Trunc(f*0x1p53) {
			t.Fatalf("Float64At(%d, %d) = %v, want a multiple of 2⁻⁵³ in [0, 1)", k, i, f)
		}
		if e := s.Exp(k); e < 0 || e > 36.74 {
			t.Fatalf("Exp(%d) = %v, want within [0, 53·ln 2]", k, e)
		}
		if s.Uint64(k) != s.Uint64At(k, 0) || s.Float64(k) != s.Float64At(k, 0) {
			t.Fatalf("the first draw for %d differs by its name", k)
		}
	})
}

func TestExponentialAtItsEnds(t *testing.T) {
	if got, want := exponential(0), 53*math.Ln2; math.Abs(got-want) > 1e-14*want {
		t.Errorf("exponential of the lowest bits = %v, want 53·ln 2 = %v", got, want)
	}
	if got := exponential(math.MaxUint64); got != 0 {
		t.Errorf("exponential of the highest bits = %v, want 0", got)
	}
}

func TestFloat64IsUniform(t *testing.T) {
	s := NewStream(7, "uniform")
	const n = 100_000
	u := make([]float64, n)
	for k := range u {
		u[k] = s.Float64(uint64(k))
	}
	wantKolmogorov(t, "Float64", u, func(x float64) float64 { return x })
}

// Against the standard library's logarithm, itself within 1 unit in the last place.
func TestNegLog(t *testing.T) {
	if got := negLog(1); got != 0 || math.Signbit(got) {
		t.Errorf("negLog(1) = %v, want 0", got)
	}
	check := func(u float64) {
		got, want := negLog(u), -math.Log(u)
		if math.Abs(got-want) > 2*(math.Nextafter(want, math.Inf(1))-want) {
			t.Fatalf("negLog(%v) = %v, want %v within 2 units in the last place", u, got, want)
		}
	}
	for _, u := range []float64{0x1p-53, 0x3p-53, 0.25, 0.5, math.Sqrt2 / 2, math.Nextafter(math.Sqrt2/2, 0), 1 - 0x1p-53} {
		check(u)
	}
	s := NewStream(1, "logarithm")
	for k := range uint64(200_000) {
		check(math.Ldexp(1-s.Float64At(k, 0), -int(s.Uint64At(k, 1)%40)) * (1 - 0x1p-53))
	}
}

func TestDrawsDoNotAllocate(t *testing.T) {
	s, sum := NewStream(1, "alloc"), 0.0
	if n := testing.AllocsPerRun(100, func() { sum += s.Exp(1) + s.Float64At(2, 3) + float64(s.Uint64(4)) }); n != 0 {
		t.Errorf("three draws allocate %v times, want 0", n)
	}
}

func BenchmarkStream(b *testing.B) {
	s := NewStream(1, "bench")
	b.Run("draw=uint64", func(b *testing.B) {
		var x, k uint64
		for b.Loop() {
			x |= s.Uint64(k)
			k++
		}
		if x == 0 {
			b.Fatal("all bits stayed 0")
		}
	})
	b.Run("draw=exp", func(b *testing.B) {
		var sum float64
		var k uint64
		for b.Loop() {
			sum += s.Exp(k)
			k++
		}
		if k > 1000 && math.Abs(sum/float64(k)-1) > 0.2 {
			b.Fatalf("mean %v of %d draws, want 1", sum/float64(k), k)
		}
	})
}
