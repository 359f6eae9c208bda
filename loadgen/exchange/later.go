package exchange

import "time"

// Later holds the exchanges that follow others, until they are due: the earliest first, and of those due at one instant the lowest
// number. It belongs to one goroutine at a time.
type Later struct{ heap []followUp }

type followUp struct {
	at time.Duration
	k  uint64
}

func (f followUp) before(o followUp) bool { return f.at < o.at || f.at == o.at && f.k < o.k }

// Len returns how many there are.
func (l *Later) Len() int { return len(l.heap) }

// First returns the one that is due first; ok is false where nothing is due.
func (l *Later) First() (k uint64, at time.Duration, ok bool) {
	if len(l.heap) == 0 {
		return 0, 0, false
	}
	return l.heap[0].k, l.heap[0].at, true
}

// Push adds the next exchange of request k, due at an instant.
func (l *Later) Push(k uint64, at time.Duration) {
	f := followUp{at, k}
	l.heap = append(l.heap, f)
	i := len(l.heap) - 1
	for i > 0 {
		above := (i - 1) / 2
		if !f.before(l.heap[above]) {
			break
		}
		l.heap[i] = l.heap[above]
		i = above
	}
	l.heap[i] = f
}

// Pop takes the first out, of which there is one.
func (l *Later) Pop() {
	last := l.heap[len(l.heap)-1]
	l.heap = l.heap[:len(l.heap)-1]
	i, n := 0, len(l.heap)
	for below := 1; below < n; below = 2*i + 1 {
		if other := below + 1; other < n && l.heap[other].before(l.heap[below]) {
			below = other
		}
		if !l.heap[below].before(last) {
			break
		}
		l.heap[i] = l.heap[below]
		i = below
	}
	if n > 0 {
		l.heap[i] = last
	}
}

// NeverSent is the exchange of request k that was due at an instant, before sending ended as End says, and was not sent: from
// FreeSince on for no reason of the target's.
func (e *End) NeverSent(k uint64, intended time.Duration) Exchange {
	x := Exchange{K: k, Intended: intended, Slot: NeverFree, Free: NeverFree, End: e.At, Outcome: Unsent}
	if e.FreeSince >= 0 && intended < e.Stopped {
		x.Slot = max(intended, e.FreeSince)
		x.Free, x.Stopped = x.Slot, e.Stopped
	}
	return x
}

// GiveUp calls record with each of those that were due before sending ended, when the engine has ended, in order. What was due later
// was never due.
func (l *Later) GiveUp(e *End, record func(*Exchange)) {
	for k, at, ok := l.First(); ok && at < e.Stopped; k, at, ok = l.First() {
		l.Pop()
		x := e.NeverSent(k, at)
		record(&x)
	}
}
