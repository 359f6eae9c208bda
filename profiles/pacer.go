package profiles

import (
	"fmt"
	"time"
)

// A Pacer drives a vegeta attack by a schedule; it has the methods of vegeta's Pacer. It belongs to one goroutine, that of
// vegeta's attack loop.
type Pacer struct {
	s *Schedule
	c Cursor
}

// NewPacer returns a pacer for one attack over the schedule.
func NewPacer(s *Schedule) *Pacer { return &Pacer{s: s, c: Cursor{s: s}} }

// Pace returns how long to wait at elapsed before arrival number hits, 0 where it is due or late; stop is true when the
// schedule holds no such arrival.
func (p *Pacer) Pace(elapsed time.Duration, hits uint64) (wait time.Duration, stop bool) {
	p.c.Seek(hits)
	_, at, ok := p.c.Next()
	if !ok {
		return 0, true
	}
	return max(at-elapsed, 0), false
}

// Rate is the offered rate at elapsed, in requests per second.
func (p *Pacer) Rate(elapsed time.Duration) float64 { return p.s.Rate(elapsed) }

// String describes the schedule.
func (p *Pacer) String() string {
	arrivals := Even
	if p.s.poisson {
		arrivals = Poisson
	}
	return fmt.Sprintf("%d %s arrivals in %v, %d phases", p.s.total, arrivals, p.s.duration, len(p.s.phases))
}
