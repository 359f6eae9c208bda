package nethttp

import (
	"context"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// queue is the schedule as a queue: what is due and not taken. It holds at most the next request, and those that were
// handed to vegeta for a worker to take.
type queue struct {
	epoch  time.Time
	closed bool            // closed model: due is whatever a user asks for
	users  int             // in the closed model, how many are still to get a worker
	pacing context.Context // when it is cancelled, no more becomes due
	source Source
	clear  func(time.Duration) // told, in the open model, before which instant all was taken

	mu     sync.Mutex
	k      uint64 // the next request
	at     time.Duration
	more   bool
	handed []*exchange.Exchange
	taken  uint64
	ended  bool

	following following
	crowd     *crowd // users of the closed model; nil: the open model
}

func newQueue(pacing context.Context, c Config, source Source, clear func(time.Duration)) *queue {
	q := &queue{epoch: c.Epoch, closed: c.Users != nil, users: c.Slots, pacing: pacing, source: source, clear: clear, following: newFollowing(c.FollowUp)}
	q.k, q.at, q.more = source.Next()
	return q
}

// close ends the queue: nothing is taken from it any more.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.following.wake()
}

// take returns the first request that is due, or nil.
func (q *queue) take() *exchange.Exchange {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended || q.pacing.Err() != nil {
		return nil
	}
	if len(q.handed) > 0 {
		x := q.handed[0]
		q.handed = q.handed[:copy(q.handed, q.handed[1:])]
		return x
	}
	return q.next()
}

// notTaken returns the first number that no worker took, when the engine has ended. What was handed to vegeta for a worker that
// never came was taken last.
func (q *queue) notTaken() uint64 {
	for _, x := range q.handed {
		if x.Part != followUp {
			return x.K
		}
	}
	return q.taken
}

// next takes the next request from the source if it is due.
func (q *queue) next() *exchange.Exchange {
	if q.pacing.Err() != nil {
		return nil
	}
	if x := q.nextFollowUp(); x != nil {
		return x
	}
	if !q.more {
		return nil
	}
	if !q.closed {
		q.clear(q.at)
		if time.Since(q.epoch) < q.at {
			return nil
		}
	}
	x := &exchange.Exchange{K: q.k, Intended: q.at}
	q.taken = q.k + 1
	q.k, q.at, q.more = q.source.Next()
	q.following.open++
	return x
}

// hand waits until a request is due and puts it aside for the worker that vegeta is about to wake. It returns false
// when no request is to come. In the closed model it wakes a worker for each user.
func (q *queue) hand() bool {
	if q.closed {
		q.users--
		return q.users >= 0
	}
	for {
		q.mu.Lock()
		if x := q.next(); x != nil {
			q.handed = append(q.handed, x)
			q.mu.Unlock()
			return true
		}
		at, over := q.at, !q.more || q.ended
		if q.following.up != nil {
			at, over = q.upTo(), q.ended || q.allOver()
			q.mu.Unlock()
			if over || !q.following.wait(q.pacing, q.epoch, at) {
				return false
			}
			continue
		}
		q.mu.Unlock()
		if over || !waitUntil(q.pacing, q.epoch, at) {
			return false
		}
	}
}
