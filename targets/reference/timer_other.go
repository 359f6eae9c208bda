//go:build !linux

package reference

import (
	"sync"
	"time"
)

// timer is Go's own, which may be a millisecond late.
type timer struct {
	t      *time.Timer
	closed chan struct{}
	once   sync.Once
}

func (t *timer) open() error {
	t.t = time.NewTimer(time.Hour)
	t.closed = make(chan struct{})
	return nil
}

func (t *timer) close() { t.once.Do(func() { close(t.closed) }) }

// set makes wait return after d, and no more at the time set before.
func (t *timer) set(d time.Duration) { t.t.Reset(d) }

// wait returns nil when the timer goes off, and an error when it is closed.
func (t *timer) wait() error {
	select {
	case <-t.t.C:
		return nil
	case <-t.closed:
		return errClosed
	}
}
