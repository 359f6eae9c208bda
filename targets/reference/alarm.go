package reference

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"
)

var errClosed = errors.New("the server is closed")

// alarm wakes any number of goroutines, each at its instant. All share one timer of the system's, because Go's own are
// up to a millisecond late in an idle process: its poller waits in whole milliseconds.
type alarm struct {
	timer  timer
	closed chan struct{}
	ended  chan struct{}

	mu       sync.Mutex
	sleepers sleepers
}

type sleeper struct {
	until time.Time
	wake  chan struct{} // of capacity 1: the sleeper may have left
}

func newAlarm() (*alarm, error) {
	a := &alarm{closed: make(chan struct{}), ended: make(chan struct{})}
	if err := a.timer.open(); err != nil {
		return nil, err
	}
	go func() {
		defer close(a.ended)
		for a.timer.wait() == nil {
			a.ring()
		}
	}()
	return a, nil
}

// close wakes all who wait.
func (a *alarm) close() {
	close(a.closed)
	a.timer.close()
	<-a.ended
}

// wait returns nil at the instant, or sooner an error if ctx or the alarm ended.
func (a *alarm) wait(ctx context.Context, until time.Time) error {
	s := sleeper{until, make(chan struct{}, 1)}
	a.mu.Lock()
	heap.Push(&a.sleepers, s)
	if a.sleepers[0].wake == s.wake {
		a.timer.set(approach(time.Until(until)))
	}
	a.mu.Unlock()
	select {
	case <-s.wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-a.closed:
		return errClosed
	}
}

// approach is how long to sleep now when an instant is left away. A processor that slept for milliseconds wakes late, by
// 160 us in a virtual machine here, and one that slept for a fraction of one by 25: so the last stretch is slept apart.
func approach(left time.Duration) time.Duration {
	const stretch = 500 * time.Microsecond
	if left > 2*stretch {
		return left - stretch
	}
	return left
}

// ring wakes those whose instant has come and sets the timer for the next.
func (a *alarm) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.sleepers) > 0 {
		left := time.Until(a.sleepers[0].until)
		if left > 0 {
			a.timer.set(approach(left))
			return
		}
		heap.Pop(&a.sleepers).(sleeper).wake <- struct{}{}
	}
}

// sleepers is a heap, the next to wake first.
type sleepers []sleeper

func (h sleepers) Len() int           { return len(h) }
func (h sleepers) Less(i, j int) bool { return h[i].until.Before(h[j].until) }
func (h sleepers) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sleepers) Push(x any)        { *h = append(*h, x.(sleeper)) }
func (h *sleepers) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	*h = (*h)[:last]
	return s
}
