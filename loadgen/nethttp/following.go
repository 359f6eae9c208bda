package nethttp

import (
	"context"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// following is the part of the queue that is due because of what went before. But for woken it is under the queue's lock.
type following struct {
	up    func(*exchange.Exchange) (time.Duration, bool) // nil: each request is one exchange
	later exchange.Later
	open  int           // exchanges that were taken and are not over
	woken chan struct{} // signals that another request may be due first now
}

// followUp is the part of an exchange that was handed over and is no first one, until it is over.
const followUp = -1

func newFollowing(up func(*exchange.Exchange) (time.Duration, bool)) following {
	return following{up: up, woken: make(chan struct{}, 1)}
}

// wake lets whoever waits look again at what is due.
func (f *following) wake() {
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

// wait returns true at the instant at after epoch, or when it is woken before; false as soon as ctx is cancelled.
func (f *following) wait(ctx context.Context, epoch time.Time, at time.Duration) bool {
	if left := at - time.Since(epoch); left > coarse {
		timer := time.NewTimer(left - coarse)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-f.woken:
		case <-ctx.Done():
		}
		return ctx.Err() == nil
	}
	return waitUntil(ctx, epoch, at)
}

// follow keeps the follow-up of an exchange that is over.
func (q *queue) follow(x *exchange.Exchange) {
	if q.following.up == nil {
		return
	}
	x.Part = 0
	at, ok := q.following.up(x)
	if q.crowd != nil {
		if ok && x.Over() {
			q.crowd.goOn(x, at)
		}
		return
	}
	q.mu.Lock()
	q.following.open--
	if ok && x.Over() {
		q.following.later.Push(x.K, at)
	}
	q.mu.Unlock()
	q.following.wake()
}

// nextFollowUp takes the first follow-up, if it is due before the next request of the schedule and by now.
func (q *queue) nextFollowUp() *exchange.Exchange {
	k, at, ok := q.following.later.First()
	if !ok || q.more && q.at < at {
		return nil
	}
	q.clear(at)
	if time.Since(q.epoch) < at {
		return nil
	}
	q.following.later.Pop()
	q.following.open++
	return &exchange.Exchange{K: k, Part: followUp, Intended: at}
}

// upTo returns until when nothing is due, as far as is known.
func (q *queue) upTo() time.Duration {
	at := time.Duration(1<<63 - 1)
	if q.more {
		at = q.at
	}
	if _, follows, ok := q.following.later.First(); ok {
		at = min(at, follows)
	}
	return at
}

// allOver reports whether nothing is to come.
func (q *queue) allOver() bool {
	return !q.more && q.following.later.Len() == 0 && q.following.open == 0
}

// giveUp records what was due and not sent, when the engine has ended.
func (q *queue) giveUp(e *exchange.End, record func(*exchange.Exchange)) {
	for _, x := range q.handed {
		if x.Part == followUp {
			q.following.later.Push(x.K, x.Intended)
		}
	}
	q.following.later.GiveUp(e, record)
}
