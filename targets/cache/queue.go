package cache

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// queue contains the headlines that are not yet in the database: the last one of each category, in the order in which
// categories first changed.
type queue struct {
	size int // greatest length

	mu       sync.Mutex
	changes  []change                     // waiting changes, oldest first
	waiting  map[int64]catalogue.Headline // their headlines
	flushing map[int64]catalogue.Headline // headlines of the taken batch, not known to be written
	closed   bool
	news     chan struct{} // is closed and made anew when any of it changes
}

// change is the first change of a category since it was last taken.
type change struct {
	category int64
	at       time.Time
}

var errEnding = errors.New("the service ends")

func newQueue(size int) *queue {
	return &queue{size: size, waiting: map[int64]catalogue.Headline{}, news: make(chan struct{})}
}

// tell wakes who waits. The queue is locked.
func (q *queue) tell() {
	close(q.news)
	q.news = make(chan struct{})
}

// put queues a headline, in the place of one of the same category. It waits for room until ctx ends.
func (q *queue) put(ctx context.Context, h catalogue.Headline) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if q.closed {
			return errEnding
		}
		if _, ok := q.waiting[h.CategoryID]; ok {
			q.waiting[h.CategoryID] = h
			return nil
		}
		if len(q.waiting)+len(q.flushing) < q.size {
			q.waiting[h.CategoryID] = h
			q.changes = append(q.changes, change{h.CategoryID, time.Now()})
			q.tell()
			return nil
		}
		if err := q.await(ctx, nil); err != nil {
			return err
		}
	}
}

// await lets go of the lock until something changes, or the timer fires.
func (q *queue) await(ctx context.Context, timer <-chan time.Time) error {
	news := q.news
	q.mu.Unlock()
	defer q.mu.Lock()
	select {
	case <-news:
	case <-timer:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// get is the last headline of a category that the database may not have.
func (q *queue) get(category int64) (catalogue.Headline, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if h, ok := q.waiting[category]; ok {
		return h, true
	}
	h, ok := q.flushing[category]
	return h, ok
}

// next takes the next batch once it is full, once its oldest change has waited so long, or at once if the queue is closed. It
// is false at the end of a closed queue.
func (q *queue) next(most int, interval time.Duration) (batch []catalogue.Headline, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.changes) < most && !q.closed {
		if len(q.changes) == 0 {
			_ = q.await(context.Background(), nil)
			continue
		}
		left := interval - time.Since(q.changes[0].at)
		if left <= 0 {
			break
		}
		timer := time.NewTimer(left)
		_ = q.await(context.Background(), timer.C)
		timer.Stop()
	}
	n := min(most, len(q.changes))
	q.flushing = make(map[int64]catalogue.Headline, n)
	for _, c := range q.changes[:n] {
		h := q.waiting[c.category]
		batch = append(batch, h)
		q.flushing[c.category] = h
		delete(q.waiting, c.category)
	}
	q.changes = append(q.changes[:0], q.changes[n:]...)
	return batch, n > 0
}

// written says that the database has what was taken last.
func (q *queue) written() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.flushing = nil
	q.tell()
}

// close takes nothing more in.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.tell()
}

// len is how many headlines the database may not have.
func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) + len(q.flushing)
}
