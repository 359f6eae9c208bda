package link

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// road is one direction of a link, which all connections share: what goes in leaves it at the link's rate.
type road struct {
	mu   sync.Mutex
	rate uint64
	busy time.Time // end of the leaving of all that went in before
}

// leave returns when so many bytes that go in at an instant have left.
func (r *road) leave(now time.Time, bytes int) time.Time {
	if r.rate == 0 {
		return now
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy.Before(now) {
		r.busy = now
	}
	r.busy = r.busy.Add(time.Duration(float64(bytes) * 8 / float64(r.rate) * float64(time.Second)))
	return r.busy
}

// line is one direction of one connection.
type line struct {
	Link
	*road
	random *rand.Rand
	open   time.Time // nothing goes in before it
	last   time.Time // when what went in last comes out
}

// out returns when so many bytes that go in at an instant come out: after what went in before.
func (l *line) out(now time.Time, bytes int) time.Time {
	if now.Before(l.open) {
		now = l.open
	}
	late := l.Delay
	if l.Jitter > 0 {
		late += time.Duration((2*l.random.Float64() - 1) * float64(l.Jitter))
	}
	at := l.leave(now, bytes).Add(late)
	if at.Before(l.last) {
		at = l.last
	}
	l.last = at
	return at
}

// drops reports whether a datagram is lost.
func (l *line) drops() bool { return l.Loss > 0 && l.random.Float64() < l.Loss }

// piece is what went in at once, and when it comes out.
type piece struct {
	data []byte
	at   time.Time
}

// maxHeld bounds what is on its way in one direction of a connection, in bytes: as a window of TCP or the queue of a router does.
const maxHeld = 4 << 20

// held is what is on its way. What was put in before it was closed can still be taken.
type held struct {
	mu     sync.Mutex
	change *sync.Cond
	pieces []piece
	bytes  int
	closed bool
}

func newHeld() *held {
	h := new(held)
	h.change = sync.NewCond(&h.mu)
	return h
}

// put adds a piece. Where there is no room it waits for that, or, not patient, leaves the piece out.
func (h *held) put(p piece, patient bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.bytes > maxHeld && !h.closed {
		if !patient {
			return
		}
		h.change.Wait()
	}
	if h.closed {
		return
	}
	h.pieces, h.bytes = append(h.pieces, p), h.bytes+len(p.data)
	h.change.Broadcast()
}

// take waits for the next piece; ok is false where nothing more comes.
func (h *held) take() (p piece, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.pieces) == 0 {
		if h.closed {
			return piece{}, false
		}
		h.change.Wait()
	}
	p, h.pieces = h.pieces[0], h.pieces[1:]
	h.bytes -= len(p.data)
	h.change.Broadcast()
	return p, true
}

func (h *held) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.change.Broadcast()
}

// deliver hands out pieces when they are due, until there are no more, one cannot be handed out or ctx ends.
func (h *held) deliver(ctx context.Context, write func([]byte) error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		p, ok := h.take()
		if !ok {
			return nil
		}
		if wait := time.Until(p.at); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := write(p.data); err != nil {
			return err
		}
	}
}
