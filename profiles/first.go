package profiles

import (
	"math"
	"time"
)

// First returns the first n arrivals of s as a schedule, at the same times as in s; s itself if it has no more than n. It
// ends when arrival n would have been due, or at the end of arrival n−1's phase where that is sooner. n must be above 0.
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

// Until returns p cut off at t, which must lie within it.
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
