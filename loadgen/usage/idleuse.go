package usage

import (
	"context"
	"time"
)

// IdleUse waits for d and returns how many processors the process pid and all that descends from it kept busy meanwhile, on
// average: the use of a service while no request is sent. False if they could not be read, pid is 0, or ctx was cancelled before.
func IdleUse(ctx context.Context, pid int, d time.Duration) (busy float64, ok bool) {
	if pid == 0 || d <= 0 {
		return 0, false
	}
	t, err := newTree(pid, newSystem())
	if err != nil {
		return 0, false
	}
	_, before, err := t.walk()
	if err != nil {
		return 0, false
	}
	began := time.Now()
	select {
	case <-ctx.Done():
		return 0, false
	case <-time.After(d):
	}
	_, after, err := t.walk()
	if err != nil {
		return 0, false
	}
	return float64(after-before) / float64(time.Since(began)), true
}
