package wire

import "time"

// slots knows since when each free slot has been free, the longest first. A request takes that one: any free slot would
// have served it, so it waited only if none was.
type slots struct {
	free []time.Duration // a ring: the oldest is at head
	head int
	n    int
}

func newSlots(n int) slots { return slots{free: make([]time.Duration, n), n: n} }

func (s *slots) take() time.Duration {
	since := s.free[s.head]
	if s.head++; s.head == len(s.free) {
		s.head = 0
	}
	s.n--
	return since
}

// release frees a slot. Answers are read in another order than they arrived in, by a little, so its place is a little
// before the end.
func (s *slots) release(at time.Duration) {
	i := s.index(s.n)
	for n := s.n; n > 0; n-- {
		before := s.index(n - 1)
		if s.free[before] <= at {
			break
		}
		s.free[i] = s.free[before]
		i = before
	}
	s.free[i] = at
	s.n++
}

func (s *slots) index(n int) int {
	i := s.head + n
	if i >= len(s.free) {
		i -= len(s.free)
	}
	return i
}

// since returns the instant from which on some slot has been free; negative: no free slot.
func (s *slots) since() time.Duration {
	if s.n == 0 {
		return -1
	}
	return s.free[s.head]
}
