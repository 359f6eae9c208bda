package profiles

import (
	"math"
	"math/big"
	"slices"
	"sort"
	"time"
)

// A Schedule says when each arrival of a profile is due. It is immutable and safe for concurrent use. All times count
// from the start of the profile.
//
// Let Λ(t) be the rate integrated up to t: the arrivals expected by then. Arrival k is due when Λ(t) = k with [Even]
// arrivals, and when Λ(t) = E₀ + … + E_k with [Poisson] ones, where the E are exponential with mean 1, drawn from
// [NewStream](seed, "arrivals") (time change of a unit Poisson process: Çinlar, Introduction to Stochastic Processes,
// 1975, §4.7). Both are inverted in closed form and rounded to the nanosecond.
//
// An arrival belongs to the phase in which Λ reaches it, and its rounded time lies within that phase.
type Schedule struct {
	phases      []segment
	total       uint64
	duration    time.Duration
	poisson     bool
	gaps        Stream
	checkpoints []checkpoint // poisson: entry j stands before arrival j·checkpointEvery
}

// A Span is one scheduled phase: it lasts from Start to just before End and contains Count arrivals, numbered from First on.
type Span struct {
	Start, End time.Duration
	First      uint64
	Count      uint64
}

const checkpointEvery = 1024

// checkpoint is the state with which a Poisson sequence can start in the middle: the sum of the gaps so far and the time
// of the last arrival.
type checkpoint struct {
	sum  float64
	last time.Duration
}

// NewSchedule plans the arrivals of a valid profile. With Poisson arrivals it draws them all once, which takes about
// 60 ns for each, and keeps 16 bytes for every 1,024; their number may be 0 by chance. Even arrivals ignore the seed.
func NewSchedule(p Profile, seed uint64) (*Schedule, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	s := &Schedule{phases: segments(p), duration: p.Duration(), poisson: p.Arrivals == Poisson}
	s.total = s.phases[len(s.phases)-1].next
	if s.poisson {
		s.gaps = NewStream(seed, "arrivals")
		s.draw()
	}
	return s, nil
}

// Total is the number of arrivals; they are numbered from 0 to Total()-1.
func (s *Schedule) Total() uint64 { return s.total }

// Duration is the length of the whole profile.
func (s *Schedule) Duration() time.Duration { return s.duration }

// At is when arrival k is due. It never decreases with k. From Total() on it is Duration(): never.
//
// It takes nanoseconds with even arrivals and tens of microseconds with Poisson ones, where a [Cursor] is the way to
// visit many.
func (s *Schedule) At(k uint64) time.Duration {
	if k >= s.total {
		return s.duration
	}
	c := Cursor{s: s}
	c.Seek(k)
	_, at, _ := c.Next()
	return at
}

// Count is the number of arrivals due before t: of the k with At(k) < t.
func (s *Schedule) Count(t time.Duration) uint64 {
	switch {
	case t <= 0:
		return 0
	case t >= s.duration:
		return s.total
	}
	c := Cursor{s: s}
	if s.poisson {
		j := sort.Search(len(s.checkpoints), func(j int) bool { return s.checkpoints[j].last >= t })
		c.restore(max(j-1, 0))
	} else {
		c.Seek(s.phases[s.PhaseAt(t)].countBefore(t))
	}
	for {
		if k, at, ok := c.Next(); !ok || at >= t {
			return k
		}
	}
}

// PhaseAt is the index of the phase that t lies in. A time before the first or after the last belongs to that one.
func (s *Schedule) PhaseAt(t time.Duration) int {
	i := sort.Search(len(s.phases), func(i int) bool { return s.phases[i].start > t })
	return max(i-1, 0)
}

// Rate is the offered rate at t, as [Profile.Rate].
func (s *Schedule) Rate(t time.Duration) float64 {
	if t < 0 || t >= s.duration {
		return 0
	}
	g := &s.phases[s.PhaseAt(t)]
	return g.from + (g.to-g.from)*(float64(t-g.start)/float64(g.length))
}

// Spans returns the phases with their arrivals, in order.
func (s *Schedule) Spans() []Span {
	spans := make([]Span, len(s.phases))
	for i, g := range s.phases {
		spans[i] = Span{
			Start: g.start, End: min(g.start+g.length, s.duration),
			First: g.first, Count: min(g.next, s.total) - g.first,
		}
	}
	return spans
}

// segment is one phase with the constants of its inversion.
type segment struct {
	start, length time.Duration
	from, to      float64 // requests/s
	slope         float64 // requests/s²

	// Arrivals first ≤ k < next are this phase's.
	first, next uint64

	// Even: how far Λ has to go from the phase's start to arrival first, and how far past its end arrival next would be.
	// Kept apart from first and next, as their sum would lose the fraction among large numbers.
	skip, over float64

	// Poisson: Λ at the phase's start and end.
	before, after float64
}

// segments integrates the rate exactly, in rational numbers, so that a phase of 0.1/s for 30 s holds 3 arrivals and not
// 4 for an error in the sixteenth digit.
func segments(p Profile) []segment {
	segs := make([]segment, len(p.Phases))
	sum := new(big.Rat)
	var start time.Duration
	var first uint64
	var skip, before float64
	for i, ph := range p.Phases {
		rates := new(big.Rat).Add(new(big.Rat).SetFloat64(ph.From), new(big.Rat).SetFloat64(ph.To))
		sum.Add(sum, rates.Mul(rates, big.NewRat(int64(ph.Duration), 2*int64(time.Second))))
		next, over := ceiling(sum)
		after, _ := sum.Float64()
		segs[i] = segment{
			start: start, length: ph.Duration,
			from: ph.From, to: ph.To, slope: (ph.To - ph.From) / ph.Duration.Seconds(),
			first: first, next: next, skip: skip, over: over,
			before: before, after: after,
		}
		start += ph.Duration
		first, skip, before = next, over, after
	}
	return segs
}

// ceiling returns the smallest integer not below x, and by how much it is above. An x that exceeds an integer by less
// than 2⁻⁴⁸ of itself counts as that integer: the rates are binary fractions already rounded a few times, and 0.1/s
// means a tenth.
func ceiling(x *big.Rat) (n uint64, over float64) {
	tolerant := new(big.Rat).Mul(x, big.NewRat(1<<48-1, 1<<48))
	q, rest := new(big.Int).QuoRem(tolerant.Num(), tolerant.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	over, _ = new(big.Rat).Sub(new(big.Rat).SetInt(q), x).Float64()
	return q.Uint64(), over
}

// draw goes through all Poisson arrivals once, to learn how many there are in each phase and to set the checkpoints.
func (s *Schedule) draw() {
	end := s.phases[len(s.phases)-1].after
	s.checkpoints = make([]checkpoint, 0, int((end+6*math.Sqrt(end))/checkpointEvery)+2)
	var c checkpoint
	i, k := 0, uint64(0)
	for ; ; k++ {
		if k%checkpointEvery == 0 {
			s.checkpoints = append(s.checkpoints, c)
		}
		if c.sum += s.gaps.Exp(k); c.sum >= end {
			break
		}
		for c.sum >= s.phases[i].after {
			s.phases[i].next, s.phases[i+1].first = k, k
			i++
		}
		c.last = max(c.last, s.phases[i].poissonAt(c.sum))
	}
	for ; i < len(s.phases); i++ {
		s.phases[i].next = k
		if i+1 < len(s.phases) {
			s.phases[i+1].first = k
		}
	}
	s.total = k
	s.checkpoints = slices.Clip(s.checkpoints)
}

// evenAt is when evenly spaced arrival k, one of this phase's, is due.
func (g *segment) evenAt(k uint64) time.Duration {
	return g.start + g.invert(float64(k-g.first)+g.skip, float64(g.next-k)-g.over)
}

// poissonAt is when Λ reaches sum, a value within this phase.
func (g *segment) poissonAt(sum float64) time.Duration {
	return g.start + g.invert(sum-g.before, g.after-sum)
}

// invert returns how long after the start of the phase x arrivals are expected, y being what the phase expects from
// there to its end.
//
// With the rate r(t) = r0 + a·t the integral is r0·t + a·t²/2 = x. Of the two textbook forms of its root this is the one
// that never subtracts two near-equal numbers (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §1.8):
//
//	t = 2x / (r0 + r),   r = √(r0² + 2·a·x) = √(r1² − 2·a·y)
//
// t in s; r0, r1 and r, the rates at the start, the end and at t, in requests/s; a in requests/s²; x, y ≥ 0. A falling
// rate takes the second form of r, which then has no subtraction either: near the end of a ramp to 0 the first one would
// lose half the digits. a = 0 needs no case of its own. The conversions forbid fused multiply-add, see negLog.
func (g *segment) invert(x, y float64) time.Duration {
	if x <= 0 {
		return 0
	}
	var square float64
	if g.slope >= 0 {
		square = float64(g.from*g.from) + float64(2*g.slope*x)
	} else {
		square = float64(g.to*g.to) + float64(-2*g.slope*max(y, 0))
	}
	ns := 2e9*x/(g.from+math.Sqrt(square)) + 0.5
	// What rounds up to the end still belongs to this phase.
	return min(time.Duration(ns), g.length-1)
}

// countBefore is the number of even arrivals before t, in this phase or before it. Arrivals are at least 1/MaxRate =
// 100 ns apart, so none share a nanosecond.
func (g *segment) countBefore(t time.Duration) uint64 {
	low, high := g.first, g.next
	for low < high {
		mid := low + (high-low)/2
		if g.evenAt(mid) < t {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
