package selfcheck

import (
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// idleEvery is the distance between two wake-ups of the idle thread. It is no divisor of the distances between requests,
// so that they do not always meet, and waking so often costs less than a hundredth of a processor.
const idleEvery = 1900 * time.Microsecond

// WatchIdleThread starts a thread that does nothing but sleep to one deadline after another, exact to the nanosecond as
// far as it is up to it. stop ends it and returns how late it was woken each time: by the timer, by others on its
// processor, by a host that took the processor away. Deadlines that passed while it was kept waiting count too.
func WatchIdleThread() (stop func() []time.Duration, err error) {
	var over atomic.Bool
	done := make(chan []time.Duration)
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine, and its timer slack too
		done <- sleepUntil(&over)
	}()
	return func() []time.Duration {
		over.Store(true)
		return <-done
	}, nil
}

func sleepUntil(over *atomic.Bool) []time.Duration {
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // not allowed: what the kernel rounds by is the machine's too
	late := make([]time.Duration, 0, 4096)
	deadline := monotonic()
	for {
		deadline += idleEvery
		ts := unix.NsecToTimespec(int64(deadline))
		now := monotonic()
		for now < deadline {
			// Interrupted by a signal it returns early and is asked again.
			_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &ts, nil)
			now = monotonic()
		}
		late = append(late, now-deadline)
		if over.Load() {
			return late
		}
	}
}

// monotonic is the clock that deadlines are given by.
func monotonic() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts) // fails only for a clock that there is not
	return time.Duration(ts.Nano())
}
