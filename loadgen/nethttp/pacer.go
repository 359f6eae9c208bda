package nethttp

import "time"

// Pace waits for the next request's intended start and returns 0, so that vegeta sends at once: vegeta's own wait is
// time.Sleep, which is up to a millisecond late and cannot be interrupted. The interface is vegeta.Pacer.
func (r *run) Pace(_ time.Duration, seq uint64) (wait time.Duration, stop bool) {
	k, at, ok := r.source.Next()
	if !ok {
		return 0, true
	}
	if r.Closed {
		if r.pacing.Err() != nil || r.now() >= r.Length {
			return 0, true
		}
		at = 0
	} else if !r.waitUntil(at) {
		return 0, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gaveUp {
		return 0, true
	}
	r.exchanges[seq] = &Exchange{K: k, Intended: at}
	r.taken = k + 1
	return 0, false
}

// Rate is asked for by vegeta's interface, and never called by Attack.
func (r *run) Rate(time.Duration) float64 { return 0 }

// coarse is how long before an instant the runtime's timers are trusted no longer: they wake up to a millisecond late.
const coarse = 2 * time.Millisecond

// waitUntil returns true at the instant at, or false as soon as nothing more may be taken.
func (r *run) waitUntil(at time.Duration) bool {
	for {
		left := at - r.now()
		switch {
		case r.pacing.Err() != nil:
			return false
		case left <= 0:
			return true
		case left > coarse:
			timer := time.NewTimer(left - coarse)
			select {
			case <-timer.C:
			case <-r.pacing.Done():
				timer.Stop()
				return false
			}
		default:
			sleepExactly(left)
		}
	}
}
