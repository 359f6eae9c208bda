package loadgen

import (
	"math/bits"
	"time"
)

// lateAfter is the lag from which a request counts as late.
const lateAfter = time.Millisecond

// lateness marks the milliseconds in which some request could have been sent and was not. Overlapping lags mark the
// same millisecond once: a host that takes the processor away for 100 ms makes a hundred requests late, and their
// summed lag could never be compared with the 100 ms for which bench's threads waited.
type lateness struct {
	seconds map[int]*[16]uint64 // a bit a millisecond; only of seconds with late requests
}

func (l *lateness) mark(from, to time.Duration) {
	if l.seconds == nil {
		l.seconds = make(map[int]*[16]uint64)
	}
	first, last := int(from/time.Millisecond), int((to-1)/time.Millisecond)
	for ms := first; ms <= last; {
		index, bit := ms/1000, ms%1000
		s := l.seconds[index]
		if s == nil {
			s = new([16]uint64)
			l.seconds[index] = s
		}
		word, offset := bit/64, bit%64
		n := min(64-offset, last-ms+1, 1000-bit)
		s[word] |= (^uint64(0) >> (64 - n)) << offset
		ms += n
	}
}

func (l *lateness) add(other *lateness) {
	for index, theirs := range other.seconds {
		if l.seconds == nil {
			l.seconds = make(map[int]*[16]uint64)
		}
		s := l.seconds[index]
		if s == nil {
			s = new([16]uint64)
			l.seconds[index] = s
		}
		for i, w := range theirs {
			s[i] |= w
		}
	}
}

// within returns the marked time in [from, to).
func (l *lateness) within(from, to time.Duration) time.Duration {
	var late time.Duration
	first, last := int(from/time.Millisecond), int((to-1)/time.Millisecond)
	for index := first / 1000; index <= last/1000; index++ {
		s := l.seconds[index]
		if s == nil {
			continue
		}
		lo, hi := max(first-index*1000, 0), min(last-index*1000, 999)
		for word := lo / 64; word <= hi/64; word++ {
			w := s[word]
			if shift := lo - word*64; shift > 0 {
				w = w >> shift << shift
			}
			if spare := word*64 + 63 - hi; spare > 0 {
				w = w << spare >> spare
			}
			late += time.Duration(bits.OnesCount64(w)) * time.Millisecond
		}
	}
	return late
}
