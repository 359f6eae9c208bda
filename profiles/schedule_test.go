package profiles

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anySchedule(t *rapid.T) (Profile, *Schedule) {
	p := anyProfile().Draw(t, "profile")
	return p, mustSchedule(t, p, rapid.Uint64().Draw(t, "seed"))
}

func mustSchedule(t interface{ Fatal(...any) }, p Profile, seed uint64) *Schedule {
	s, err := NewSchedule(p, seed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// arrivals lists all times by the cursor.
func arrivals(s *Schedule) []time.Duration {
	var at []time.Duration
	for c := s.Cursor(); ; {
		_, t, ok := c.Next()
		if !ok {
			return at
		}
		at = append(at, t)
	}
}

// Worked by hand: the times solve the equation in the last column.
func TestAtByHand(t *testing.T) {
	climb := Profile{Name: "climb", Phases: []Phase{{"climb", Ramp, 10 * time.Second, 100, 300, 0, 0}}}
	for _, tc := range []struct {
		p    Profile
		k    uint64
		want time.Duration
		why  string
	}{
		{steady(100, time.Second), 0, 0, "the first arrival starts the phase"},
		{steady(100, time.Second), 1, 10 * time.Millisecond, "1/100 s"},
		{steady(100, time.Second), 99, 990 * time.Millisecond, "the last one"},
		{steady(100, time.Second), 100, time.Second, "from Total on: never, which is the duration"},
		{steady(3, time.Second), 1, 333333333, "1/3 s, rounded down"},
		{steady(3, time.Second), 2, 666666667, "2/3 s, rounded up"},
		{climb, 1000, 6180339887, "100t + 10t² = 1000: (√5 - 1)·5 s"},
		{climb, 1999, 9996666296, "100t + 10t² = 1999: √224.9 - 5 s"},
		{steady(1/(1-0.3e-9), time.Second), 1, time.Second - 1, "0.3 ns before the end, where rounding up would leave the phase"},
		{trapezium, 0, 0, "5t² = 0"},
		{trapezium, 1, 447213595, "5t² = 1"},
		{trapezium, 499, 9989994995, "5t² = 499"},
		{trapezium, 500, 10 * time.Second, "the top begins"},
		{trapezium, 2499, 29990 * time.Millisecond, "10 s + 1999/100 s"},
		{trapezium, 2500, 35 * time.Second, "nothing within the pause: 80t - 4t² = 0 after it"},
		{trapezium, 2600, 36339745962, "80t - 4t² = 100: 10 - √75 s"},
		{trapezium, 2899, 44500 * time.Millisecond, "80t - 4t² = 399: 10 - √0.25 s"},
	} {
		s := mustSchedule(t, tc.p, 0)
		if got := s.At(tc.k); got != tc.want {
			t.Errorf("%s: At(%d) = %d, want %d (%s)", tc.p.Name, tc.k, got, tc.want, tc.why)
		}
	}
}

// The profiles for which the textbook root goes wrong.
func TestAtDoesNotCancel(t *testing.T) {
	// 600 s from 1000/s to 1000.000002/s: the textbook form is up to 25 µs off.
	flat := Profile{Name: "flat", Phases: []Phase{{"flat", Ramp, 600 * time.Second, 1000, 1000.000002, 0, 0}}}
	// A ramp to 0 over a week, whose last arrivals are minutes apart: r0² + 2·a·x would leave half the digits.
	fade := Profile{Name: "fade", Phases: []Phase{{"fade", Ramp, MaxDuration, 1e6, 0, 0, 0}}}
	// And a ramp from 0, whose first arrivals suffer the same where the rate is measured from the end.
	dawn := Profile{Name: "dawn", Phases: []Phase{{"dawn", Ramp, MaxDuration, 0, 1e6, 0, 0}}}
	for _, p := range []Profile{flat, fade, dawn} {
		s := mustSchedule(t, p, 0)
		for _, k := range []uint64{1, s.Total() / 3, s.Total() / 2, s.Total() - 2, s.Total() - 1} {
			if got, want := s.At(k), exactAt(p, s, k); math.Abs(float64(got)-want) > 1 {
				t.Errorf("%s: At(%d) = %d ns, want %.2f ± 1", p.Name, k, got, want)
			}
		}
	}
}

// How many arrivals a phase holds must be what a person would say, whatever binary fractions make of the rate.
func TestTotalByHand(t *testing.T) {
	for _, tc := range []struct {
		p    Profile
		want uint64
		why  string
	}{
		{steady(100, 30*time.Second), 3000, "sustained"},
		{steady(0.1, 30*time.Second), 3, "0.1 is a little more than a tenth in binary"},
		{steady(1.0/3, 30*time.Second), 10, "1/3 is a little less than a third"},
		{steady(1000.0/60, time.Hour), 60_000, "1000 a minute"},
		{steady(1.5, time.Second), 2, "k = 0 and 1 are due before 1.5"},
		{steady(1e7, 1e5*time.Second), 1e12, "the most there may be"},
		{trapezium, 2900, "500 + 2000 + 0 + 400"},
	} {
		if got := mustSchedule(t, tc.p, 0).Total(); got != tc.want {
			t.Errorf("%v in %v: Total() = %d, want %d (%s)", tc.p.Phases[0].From, tc.p.Duration(), got, tc.want, tc.why)
		}
	}
}

// exactAt is when even arrival k is due, in ns, from the quadratic formula in 400 bits. It trusts the schedule for the
// phase alone, which TestEvenCounts holds against the exact integral.
func exactAt(p Profile, s *Schedule, k uint64) float64 {
	num := func(x float64) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(x) }
	op := func() *big.Float { return new(big.Float).SetPrec(400) }
	before, start := num(0), time.Duration(0)
	for i, span := range s.Spans() {
		ph := p.Phases[i]
		d := op().Quo(num(float64(ph.Duration)), num(1e9))
		r0, r1 := num(ph.From), num(ph.To)
		if k >= span.First && k < span.First+span.Count {
			x := op().Sub(op().SetUint64(k), before)
			if x.Sign() <= 0 {
				return float64(start)
			}
			var t *big.Float
			if a := op().Quo(op().Sub(r1, r0), d); a.Sign() == 0 {
				t = op().Quo(x, r0)
			} else {
				square := op().Add(op().Mul(r0, r0), op().Mul(num(2), op().Mul(a, x)))
				if square.Sign() < 0 {
					square = num(0)
				}
				t = op().Quo(op().Sub(op().Sqrt(square), r0), a)
			}
			ns, _ := op().Mul(t, num(1e9)).Float64()
			return float64(start) + ns
		}
		before.Add(before, op().Mul(op().Quo(op().Add(r0, r1), num(2)), d))
		start += ph.Duration
	}
	return float64(start)
}

func TestEvenAgreesWithItsExactTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile().Draw(t, "profile")
		p.Arrivals = Even
		s := mustSchedule(t, p, 0)
		for range 20 {
			k := rapid.Uint64Range(0, s.Total()-1).Draw(t, "k")
			if got, want := s.At(k), exactAt(p, s, k); math.Abs(float64(got)-want) > 1 {
				t.Fatalf("At(%d) = %d ns, want %.3f ± 1", k, got, want)
			}
		}
	})
}

// Up to the end of every phase the arrivals number the exact integral, rounded up.
func TestEvenCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile().Draw(t, "profile")
		p.Arrivals = Even
		exact := new(big.Rat)
		for i, span := range mustSchedule(t, p, 0).Spans() {
			ph := p.Phases[i]
			sum := new(big.Rat).Add(new(big.Rat).SetFloat64(ph.From), new(big.Rat).SetFloat64(ph.To))
			exact.Add(exact, sum.Mul(sum, big.NewRat(int64(ph.Duration), 2e9)))
			n := span.First + span.Count
			over, _ := new(big.Rat).Sub(new(big.Rat).SetUint64(n), exact).Float64()
			if over < -1e-9 || over >= 1 {
				t.Fatalf("%d arrivals by the end of phase %d, which is %v above the integral, want within [0, 1)", n, i, over)
			}
		}
	})
}

// What every schedule promises, even or Poisson, held against a walk over all its arrivals.
func TestScheduleContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := anySchedule(t)
		at, spans := arrivals(s), s.Spans()
		if uint64(len(at)) != s.Total() || s.Duration() != p.Duration() {
			t.Fatalf("%d arrivals in %v, want %d in %v", len(at), s.Duration(), s.Total(), p.Duration())
		}
		next, start := uint64(0), time.Duration(0)
		for i, span := range spans {
			if span.First != next || span.Start != start || span.End != start+p.Phases[i].Duration {
				t.Fatalf("phase %d is %+v, want it to begin at %v with arrival %d", i, span, start, next)
			}
			next, start = span.First+span.Count, span.End
			if p.Phases[i].From == 0 && p.Phases[i].To == 0 && span.Count != 0 {
				t.Fatalf("%d arrivals in a pause", span.Count)
			}
			for k := span.First; k < next; k++ {
				if at[k] < span.Start || at[k] >= span.End || s.PhaseAt(at[k]) != i {
					t.Fatalf("arrival %d of phase %d %+v is due at %v, in phase %d", k, i, span, at[k], s.PhaseAt(at[k]))
				}
				if k > 0 && at[k] < at[k-1] {
					t.Fatalf("At(%d) = %v is before At(%d) = %v", k, at[k], k-1, at[k-1])
				}
			}
		}
		if next != s.Total() {
			t.Fatalf("the phases hold %d arrivals, want %d", next, s.Total())
		}
		for _, k := range []uint64{s.Total(), s.Total() + 1, math.MaxUint64} {
			if s.At(k) != p.Duration() {
				t.Fatalf("At(%d) of %d = %v, want the duration", k, s.Total(), s.At(k))
			}
		}
	})
}

func TestCountIsTheNumberOfEarlierArrivals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, s := anySchedule(t)
		at := arrivals(s)
		times := []time.Duration{math.MinInt64, -1, 0, 1, s.Duration() - 1, s.Duration(), math.MaxInt64}
		for range 10 {
			times = append(times, time.Duration(rapid.Int64Range(0, int64(s.Duration())).Draw(t, "t")))
			if len(at) > 0 {
				due := at[rapid.IntRange(0, len(at)-1).Draw(t, "k")]
				times = append(times, due, due+1)
			}
		}
		for _, x := range times {
			want := uint64(0)
			for _, a := range at {
				if a < x {
					want++
				}
			}
			if got := s.Count(x); got != want {
				t.Fatalf("Count(%d) = %d, want %d", x, got, want)
			}
		}
	})
}

func TestEvenCountInvertsAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile().Draw(t, "profile")
		p.Arrivals = Even
		s := mustSchedule(t, p, 0)
		k := rapid.Uint64Range(0, s.Total()-1).Draw(t, "k")
		if got := s.Count(s.At(k)); got != k {
			t.Fatalf("Count(At(%d)) = %d: no two even arrivals share a nanosecond", k, got)
		}
	})
}

func TestScheduleRateIsTheProfiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, s := anySchedule(t)
		x := time.Duration(rapid.Int64Range(-10, int64(p.Duration())+10).Draw(t, "t"))
		for _, x := range []time.Duration{x, 0, p.Phases[0].Duration, p.Duration() - 1, p.Duration()} {
			if got, want := s.Rate(x), p.Rate(x); got != want {
				t.Fatalf("Rate(%v) = %v, want the profile's %v", x, got, want)
			}
		}
	})
}

func TestNewScheduleRefusesWhatIsInvalid(t *testing.T) {
	if s, err := NewSchedule(Profile{Name: "none"}, 1); err == nil {
		t.Errorf("NewSchedule of no phases = %v, want an error", s)
	}
}
