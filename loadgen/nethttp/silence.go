package nethttp

import (
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// silence watches for the times in which nothing is received though requests are outstanding.
type silence struct {
	mu          sync.Mutex
	outstanding int
	since       time.Duration // when something was last received, or outstanding became 1
	closed      bool
	tell        func(from, to time.Duration)
}

func (s *silence) sent(at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.outstanding == 0 {
		s.since = at
	}
	s.outstanding++
}

func (s *silence) received(at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard(at)
}

// ended counts one request less; heard says whether its end was something received.
func (s *silence) ended(at time.Duration, heard bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if heard {
		s.heard(at)
	}
	s.outstanding--
}

func (s *silence) heard(at time.Duration) {
	if !s.closed && s.outstanding > 0 && at-s.since >= exchange.MinSilence {
		s.tell(s.since, at)
	}
	s.since = max(s.since, at)
}

// close ends the watch at the end of the run, while what is outstanding still is.
func (s *silence) close(at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard(at)
	s.closed = true
}
