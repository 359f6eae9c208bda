package cache

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// writeBehind answers a write once it is in memory, and writes it to the database later, with others in one transaction.
// Killing the process loses the queue.
type writeBehind struct {
	readThrough
	queue   *queue
	flushes context.Context // ends when what is still queued is given up
	giveUp  context.CancelFunc
	ended   chan struct{}
}

func newWriteBehind(p *pages) Strategy {
	w := &writeBehind{readThrough: readThrough{p}, queue: newQueue(p.Queue), ended: make(chan struct{})}
	w.flushes, w.giveUp = context.WithCancel(catalogue.For(context.Background(), catalogue.Flush))
	p.origin = queueFirst{p.origin, w.queue}
	go w.run()
	return w
}

func (w *writeBehind) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	if !w.origin.HasCategory(h.CategoryID) {
		return &catalogue.NotFoundError{What: "category", ID: h.CategoryID}
	}
	lease := w.lease(h.CategoryID)
	if err := w.queue.put(ctx, h); err != nil {
		return err
	}
	w.update(h, lease)
	return nil
}

// queueFirst shows on a page that is loaded the headline that the database has not got yet.
type queueFirst struct {
	Origin
	queue *queue
}

func (o queueFirst) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	h, waits := o.queue.get(category) // before the load: it may be flushed meanwhile
	summary, err := o.Origin.Summary(ctx, category)
	if err == nil && waits {
		summary = summary.WithHeadline(h)
	}
	return summary, err
}

// run flushes whenever a batch is full or a change has waited for the interval, and everything at the end.
func (w *writeBehind) run() {
	defer close(w.ended)
	for {
		batch, ok := w.queue.next(w.Batch, w.Interval)
		if !ok || !w.flush(batch) {
			return
		}
		w.queue.written()
	}
}

// flush writes a batch, again and again until that succeeds: what it writes is the same each time. It is false if that was given up.
func (w *writeBehind) flush(batch []catalogue.Headline) bool {
	for {
		err := w.origin.SetHeadlines(w.flushes, batch)
		if err == nil {
			return true
		}
		slog.Error("write-behind: a flush failed and is tried again", "headlines", len(batch), "err", err)
		select {
		case <-time.After(w.Interval):
		case <-w.flushes.Done():
			return false
		}
	}
}

// Close flushes until ctx ends; the error says how many headlines are lost then.
func (w *writeBehind) Close(ctx context.Context) error {
	w.queue.close()
	stop := context.AfterFunc(ctx, w.giveUp)
	<-w.ended
	stop()
	w.giveUp()
	err := w.pages.Close(ctx)
	if n := w.queue.len(); n > 0 {
		return fmt.Errorf("write-behind: %d headlines could not be written to the database before the end and are lost", n)
	}
	return err
}
