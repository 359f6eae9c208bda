//go:build !linux

package selfcheck

import (
	"errors"
	"time"
)

// WatchIdleThread returns an error: this system has no sleep to an instant that is exact enough.
func WatchIdleThread() (stop func() []time.Duration, err error) {
	return nil, errors.New("how late this system wakes an idle thread is not measured")
}
