package nethttp

import (
	"context"
	"time"
)

// Pace waits until a request is due and returns 0, so that vegeta wakes a worker at once: vegeta's own wait is
// time.Sleep, which is up to a millisecond late and cannot be interrupted. The interface is vegeta.Pacer.
func (r *run) Pace(time.Duration, uint64) (wait time.Duration, stop bool) { return 0, !r.queue.hand() }

// Rate is asked for by vegeta's interface, and never called by Attack.
func (r *run) Rate(time.Duration) float64 { return 0 }

// coarse is how long before an instant the runtime's timers are trusted no longer: they wake up to a millisecond late.
const coarse = 2 * time.Millisecond

// waitUntil returns true at the instant at after epoch, or false as soon as ctx is cancelled.
func waitUntil(ctx context.Context, epoch time.Time, at time.Duration) bool {
	for {
		left := at - time.Since(epoch)
		switch {
		case ctx.Err() != nil:
			return false
		case left <= 0:
			return true
		case left > coarse:
			timer := time.NewTimer(left - coarse)
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
				return false
			}
		default:
			sleepExactly(left)
		}
	}
}
