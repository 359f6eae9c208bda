package profiles

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"
)

// WithRate returns the profile with every rate multiplied so that its baseline, or without one its highest rate outside
// warm-up, becomes r requests per second. A baseline that is not level counts as its higher end.
func (p Profile) WithRate(r float64) (Profile, error) {
	if err := checkRate("rate", r); err != nil {
		return Profile{}, err
	}
	if r == 0 {
		return Profile{}, errors.New("rate must be above 0, got 0/s")
	}
	_, high := p.measuredRates()
	base, ok := p.baselineRate()
	if !ok {
		base = high
	}
	if base == 0 {
		return Profile{}, fmt.Errorf("the rate of %s is 0/s and cannot be scaled; give a peak instead, "+
			"or edit the rates in a file of your own", quote(p.Name))
	}
	return p.mapRates(func(_ Kind, v float64) float64 { return v / base * r })
}

// WithPeak returns the profile with its highest rate outside warm-up moved to the peak. Rates between the baseline and
// the highest keep their relative place between the two; warm-up and whatever lies at or below the baseline stay.
// Without a baseline phase the lowest rate outside warm-up takes its part.
func (p Profile) WithPeak(peak Peak) (Profile, error) {
	low, high := p.measuredRates()
	base, ok := p.baselineRate()
	if !ok {
		base = low
	}
	if high <= base {
		if low == high {
			return Profile{}, fmt.Errorf("every rate of %s is %s, so it has no peak to move; set its rate instead",
				quote(p.Name), formatRate(high))
		}
		return Profile{}, fmt.Errorf("no rate of %s is above its baseline of %s, so it has no peak to move",
			quote(p.Name), formatRate(base))
	}
	top := peak.Rate
	if peak.Factor != 0 {
		if base == 0 {
			return Profile{}, fmt.Errorf("the baseline of %s is 0/s and has no multiple; give the peak as a rate such as 2000/s",
				quote(p.Name))
		}
		top = base * peak.Factor
	}
	if err := checkRate("peak", top); err != nil {
		return Profile{}, err
	}
	if top <= base {
		return Profile{}, fmt.Errorf("peak must be above the baseline of %s, got %s", formatRate(base), formatRate(top))
	}
	return p.mapRates(func(kind Kind, v float64) float64 {
		switch {
		case kind == Warmup || v <= base:
			return v
		case v == high:
			return top
		}
		return base + float64((v-base)/(high-base)*(top-base)) // not fused, see negLog
	})
}

// WithDuration returns the profile with all its phases, warm-up included, stretched or shrunk to d in total. Each
// boundary is rounded to the nearest nanosecond, so the lengths add up to d exactly.
func (p Profile) WithDuration(d time.Duration) (Profile, error) {
	if d <= 0 || d > MaxDuration {
		return Profile{}, fmt.Errorf("duration must be above 0 and at most %v, got %v", MaxDuration, d)
	}
	total := p.Duration()
	if total <= 0 || total > MaxDuration {
		return Profile{}, p.Validate()
	}
	q := p
	q.Phases = slices.Clone(p.Phases)
	var oldEnd, newEnd time.Duration
	for i := range q.Phases {
		oldEnd += q.Phases[i].Duration
		end := mulDiv(oldEnd, d, total)
		q.Phases[i].Duration, newEnd = end-newEnd, end
		if q.Phases[i].Duration == 0 {
			return Profile{}, fmt.Errorf("duration %v leaves no time for %s; give more", d, phaseLabel(i, q.Phases[i].Name))
		}
	}
	if err := q.Validate(); err != nil {
		return Profile{}, err
	}
	return q, nil
}

// mulDiv is a·b/c to the nearest integer for non-negative a ≤ c and b, by way of 128 bits: a·b of two weeks in
// nanoseconds does not fit into 64.
func mulDiv(a, b, c time.Duration) time.Duration {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(lo, uint64(c)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(c))
	return time.Duration(q)
}

func (p Profile) mapRates(f func(Kind, float64) float64) (Profile, error) {
	p.Phases = slices.Clone(p.Phases)
	for i := range p.Phases {
		ph := &p.Phases[i]
		ph.From, ph.To = f(ph.Kind, ph.From), f(ph.Kind, ph.To)
	}
	if err := p.Validate(); err != nil {
		return Profile{}, err
	}
	return p, nil
}

func (p Profile) baselineRate() (float64, bool) {
	ph, ok := p.Baseline()
	return max(ph.From, ph.To), ok
}

// measuredRates returns the lowest and the highest rate outside warm-up.
func (p Profile) measuredRates() (low, high float64) {
	low = math.Inf(1)
	for _, ph := range p.Phases {
		if ph.Kind != Warmup {
			low, high = min(low, ph.From, ph.To), max(high, ph.From, ph.To)
		}
	}
	return min(low, high), high
}
