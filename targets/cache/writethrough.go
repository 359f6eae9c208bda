package cache

import (
	"context"
	"errors"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// writeThrough writes to the database and then to the page in memory, if there is one, and answers after both. The writes of a
// key take turns, so that the two see them in one order.
type writeThrough struct {
	readThrough
	turns [1024]chan struct{} // by the last ten bits of a key
}

func newWriteThrough(p *pages) Strategy {
	w := &writeThrough{readThrough: readThrough{p}}
	for i := range w.turns {
		w.turns[i] = make(chan struct{}, 1)
	}
	return w
}

func (w *writeThrough) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	turn := w.turns[uint64(h.CategoryID)%uint64(len(w.turns))]
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-turn }()
	lease := w.lease(h.CategoryID)
	err := w.origin.SetHeadline(ctx, h)
	var missing *catalogue.NotFoundError
	switch {
	case err == nil:
		w.update(h, lease)
	case !errors.As(err, &missing):
		w.forget(h.CategoryID) // nobody knows whether it was written
	}
	return err
}
