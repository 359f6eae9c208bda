package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// lastMoment is the time after an interrupt for a waiting part to say what it leaves behind: a little more than a child's last grace.
const lastMoment = 3 * time.Second

// interrupts ends long waits when the user interrupts again.
type interrupts struct {
	mu      sync.Mutex
	waiting map[context.Context]context.CancelFunc
}

type interruptsKey struct{}

// patience returns a function whose context ends at the next interrupt.
func patience(ctx context.Context) func() (context.Context, context.CancelFunc) {
	told, ok := ctx.Value(interruptsKey{}).(*interrupts)
	if !ok {
		return nil
	}
	return func() (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		told.mu.Lock()
		defer told.mu.Unlock()
		if told.waiting == nil {
			told.waiting = map[context.Context]context.CancelFunc{}
		}
		told.waiting[ctx] = cancel
		return ctx, func() {
			told.mu.Lock()
			defer told.mu.Unlock()
			delete(told.waiting, ctx)
			cancel()
		}
	}
}

// tell ends the contexts that are in use, and reports whether there were any.
func (i *interrupts) tell() (waited bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	waited = len(i.waiting) > 0
	for _, cancel := range i.waiting {
		cancel()
	}
	return waited
}

// untold is an interrupt without a report; its message is not printed yet.
type untold struct{ error }

func (e untold) Unwrap() []error { return []error{e.error, errInterrupted} }

// nothingMeasured gives an interrupt words where there is nothing to report, as of its unit, such as a pair, none was measured.
// Another error, and one that has words, it returns as it is.
func nothingMeasured(err error, unit string) error {
	if _, has := errors.AsType[untold](err); has || !errors.Is(err, errInterrupted) {
		return err
	}
	return errors.Join(err, untold{fmt.Errorf("interrupted before the first %s: nothing was measured", unit)})
}
