package profiles

import (
	"math"
	"time"
)

// First returns the schedule that ends after the first n arrivals of s, which is s itself where it holds no more. Those
// that are left are due when s has them due. It ends when arrival n would have been due, or with the phase of arrival
// n−1 where that is sooner; later phases are gone. n must be above 0.
func (s *Schedule) First(n uint64) *Schedule {
	if n >= s.total {
		return s
	}
	first := *s
	first.total = n
	last := s.phaseOf(n - 1)
	first.phases = s.phases[:last+1] // as they are: when an arrival is due depends on the whole of its phase
	g := &first.phases[last]
	// Two Poisson arrivals may share a nanosecond, and the last one has to lie before the end.
	first.duration = min(max(s.At(n), s.At(n-1)+1), g.start+g.length)
	return &first
}

// Until returns the profile that is p up to t and ends there; t must lie within it.
func (p Profile) Until(t time.Duration) Profile {
	var phases []Phase
	for _, ph := range p.Phases {
		if t <= 0 {
			break
		}
		if t < ph.Duration {
			if ph.From != ph.To {
				ph.To = ph.From + (ph.To-ph.From)*(float64(t)/float64(ph.Duration))
			}
			ph.ToVUs = ph.FromVUs + int(math.Round(float64(ph.ToVUs-ph.FromVUs)*float64(t)/float64(ph.Duration)))
			ph.Duration = t
		}
		phases = append(phases, ph)
		t -= ph.Duration
	}
	p.Phases = phases
	return p
}
