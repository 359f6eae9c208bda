package journey

import "time"

// The bounds of what waits until it is known whether a step was disturbed.
const (
	maxUnsure = 16      // steps of a journey, from which on those are let go that are known
	maxEnded  = 1 << 17 // journeys; were there more, the first of them would be judged by what is known
)

// suspicion is what is known of the disturbance of a journey's steps.
type suspicion struct {
	disturbed bool
	unsure    []time.Duration // when steps were due of which it is not known yet
}

// ended is a journey that is over, of which it is not known yet whether a step was disturbed.
type ended struct {
	suspicion
	counts *Counts
	target time.Duration
	bound  bool
}

// doubt takes when a step was due.
func (b *Book) doubt(s *suspicion, due time.Duration) {
	if b.Disturbed == nil || s.disturbed {
		return
	}
	if s.unsure = append(s.unsure, due); len(s.unsure) >= maxUnsure {
		b.settled(s)
	}
}

// settled reports whether it is known by now whether any step was disturbed.
func (b *Book) settled(s *suspicion) bool {
	left := s.unsure[:0]
	for _, due := range s.unsure {
		was, known := b.Disturbed(due)
		if was && known {
			s.disturbed, s.unsure = true, nil
			return true
		}
		if !known {
			left = append(left, due)
		}
	}
	s.unsure = left
	return len(left) == 0
}

// judge counts the target time of a journey that is over among those without a disturbed step, as soon as it is known to be one.
func (b *Book) judge(e ended) {
	if b.settled(&e.suspicion) {
		e.count()
	} else {
		b.ended = append(b.ended, e)
	}
	b.letGo(maxEnded)
}

// letGo counts the first of the journeys that are over, as far as it is known of which they are, and of more than most in any case.
func (b *Book) letGo(most int) {
	n := 0
	for ; n < len(b.ended) && (b.settled(&b.ended[n].suspicion) || len(b.ended)-n > most); n++ {
		b.ended[n].count()
	}
	b.ended = b.ended[n:]
}

func (e *ended) count() {
	switch {
	case e.disturbed:
	case e.bound:
		e.counts.UndisturbedBounds.Record(e.target)
	default:
		e.counts.Undisturbed.Record(e.target)
	}
}
