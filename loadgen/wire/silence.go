package wire

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// silence watches for the times in which nothing is received though requests are outstanding.
type silence struct {
	outstanding int
	since       time.Duration // when something was last received, or outstanding became 1
	tell        func(from, to time.Duration)
}

func (s *silence) sent(at time.Duration) {
	if s.outstanding == 0 {
		s.since = max(s.since, at)
	}
	s.outstanding++
}

// received tells the silence that ends with what was received at an instant.
func (s *silence) received(at time.Duration) {
	if s.outstanding > 0 && at-s.since >= exchange.MinSilence {
		s.tell(s.since, at)
	}
	s.since = max(s.since, at)
}

func (s *silence) ended() { s.outstanding-- }
