// Package users is the closed model: users who ask, wait for the answer, think, and ask again. It says who asks next, and
// when; it knows no clock, and whoever sends the requests tells when each was over.
package users

import "time"

// Never is later than any instant.
const Never = time.Duration(1<<63 - 1)

// Config says who asks, and when. Instants are since the start of the run.
type Config struct {
	First, Step, Count int           // the users are numbered First, First + Step, …: so many
	Length             time.Duration // nobody asks at it or later

	// Think returns how long a user thinks after the answer to request k.
	Think func(k uint64) time.Duration

	// Present returns the first instant, at or after another, at which a user is there to ask; Never where no user comes.
	Present func(user int, at time.Duration) time.Duration
}

// Crowd is the users who think, and when each will have thought. It belongs to one goroutine.
type Crowd struct {
	Config
	heap   []thinking       // the first has thought first
	onward map[int]struct{} // users whose request that is over is not the last of its number
	closed bool
}

// thinking is a user, and when that one asks: a new request, or what follows of number k.
type thinking struct {
	at      time.Duration
	user    int
	k       uint64
	follows bool
}

// New returns the users before any of them has asked.
func New(c Config) *Crowd {
	w := &Crowd{Config: c, heap: make([]thinking, 0, c.Count)}
	for i := range c.Count {
		w.asksFrom(c.First+i*c.Step, 0)
	}
	return w
}

// Due returns when the next user asks; Never where all wait for their answers or are gone.
func (w *Crowd) Due() time.Duration {
	if len(w.heap) == 0 {
		return Never
	}
	return w.heap[0].at
}

// Ask returns the next user, who waits for an answer from then on. There is one where Due is not Never.
func (w *Crowd) Ask() (user int) {
	first, last := w.heap[0], w.heap[len(w.heap)-1]
	w.heap = w.heap[:len(w.heap)-1]
	if len(w.heap) > 0 {
		w.down(last)
	}
	return first.user
}

// Follows returns the number that the next user goes on with; ok is false where that user begins with a new one.
func (w *Crowd) Follows() (k uint64, ok bool) {
	if len(w.heap) == 0 {
		return 0, false
	}
	return w.heap[0].k, w.heap[0].follows
}

// GoOn tells, before Over is called, that a user's request is not the last of number k: the next is due at an instant, even if users
// no longer begin by then.
func (w *Crowd) GoOn(user int, k uint64, at time.Duration) {
	if w.onward == nil {
		w.onward = make(map[int]struct{})
	}
	w.onward[user] = struct{}{}
	w.push(thinking{at, user, k, true})
}

// Over tells that a user's request k was over at an instant: the user thinks, and asks again, unless that goes on.
func (w *Crowd) Over(user int, k uint64, at time.Duration) {
	if _, goesOn := w.onward[user]; goesOn {
		delete(w.onward, user)
		return
	}
	w.asksFrom(user, at+w.Think(k))
}

// Close lets nobody begin any more. Who goes on does so to the end.
func (w *Crowd) Close() {
	w.closed = true
	waiting := w.heap
	w.heap = w.heap[:0:0]
	for _, x := range waiting {
		if x.follows {
			w.push(x)
		}
	}
}

// asksFrom lets a user ask at an instant, or as soon as present after it, if there is still time.
func (w *Crowd) asksFrom(user int, at time.Duration) {
	if at = w.Present(user, at); at >= w.Length || w.closed {
		return
	}
	w.push(thinking{at: at, user: user})
}

func (w *Crowd) push(x thinking) {
	w.heap = append(w.heap, thinking{})
	i := len(w.heap) - 1
	for i > 0 {
		above := (i - 1) / 2
		if w.heap[above].at <= x.at {
			break
		}
		w.heap[i] = w.heap[above]
		i = above
	}
	w.heap[i] = x
}

// down puts one in place of the first.
func (w *Crowd) down(x thinking) {
	i := 0
	for {
		below := 2*i + 1
		if below >= len(w.heap) {
			break
		}
		if other := below + 1; other < len(w.heap) && w.heap[other].at < w.heap[below].at {
			below = other
		}
		if w.heap[below].at >= x.at {
			break
		}
		w.heap[i] = w.heap[below]
		i = below
	}
	w.heap[i] = x
}
