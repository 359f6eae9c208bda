package nethttp

import (
	"sync"
	"time"
)

// slots knows since when each free slot has been free. A request takes the one that has been free longest: any free
// slot would have served it, so it waited only if none was.
type slots struct {
	mu   sync.Mutex
	free []time.Duration // a ring: the oldest is at head
	head int
	n    int
}

func newSlots(n int) *slots { return &slots{free: make([]time.Duration, n), n: n} }

// take returns since when the slot that it takes has been free. There is one for each of vegeta's workers, so there is
// one for whoever asks.
func (s *slots) take() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := s.free[s.head]
	s.head = (s.head + 1) % len(s.free)
	s.n--
	return since
}

func (s *slots) release(at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free[(s.head+s.n)%len(s.free)] = at
	s.n++
}

// freeSince returns since when any slot has been free at an instant, negative where none was.
func (s *slots) freeSince(at time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == 0 || s.free[s.head] > at {
		return -1
	}
	return s.free[s.head]
}
