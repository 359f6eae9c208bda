package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/usage"
	"golang.org/x/sys/unix"
)

// The bounds of a quiet machine: a thread that sleeps watchEvery wakes less than usualDelay late, which is more than a slice of
// what else runs on its processor, and delays beyond it sum up to less than mostDelayed of the time.
const (
	watchEvery  = 5 * time.Millisecond
	usualDelay  = 5 * time.Millisecond
	mostDelayed = 0.01
)

// witness watches from outside of bench whether this machine runs what is due: a thread on each processor sleeps and looks how
// late it is woken. It tells a machine that is late from a bench that is wrong, which bench's own figures cannot.
type witness struct {
	begun   time.Time
	over    chan struct{}
	end     sync.Once
	threads sync.WaitGroup
	mu      sync.Mutex
	worst   time.Duration // the sum of a processor's delays
}

func watchMachine(t *testing.T) *witness {
	t.Helper()
	w := &witness{begun: time.Now(), over: make(chan struct{})}
	for _, cpu := range usage.Processors() {
		pinned := make(chan error)
		w.threads.Go(func() {
			pinned <- pinThread(cpu)
			w.watch()
		})
		if err := <-pinned; err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *witness) watch() {
	var sum time.Duration
	pause := unix.NsecToTimespec(int64(watchEvery))
	for running := true; running; {
		asleep := time.Now()
		_ = unix.Nanosleep(&pause, nil) // woken early by a signal it is not late
		if late := time.Since(asleep) - watchEvery; late > usualDelay {
			sum += late
		}
		select {
		case <-w.over:
			running = false
		default:
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.worst = max(w.worst, sum)
}

// stop ends the watch and returns what was wrong with the machine, or "".
func (w *witness) stop() (late string) {
	w.end.Do(func() { close(w.over) })
	w.threads.Wait()
	took := time.Since(w.begun)
	if share := w.worst.Seconds() / took.Seconds(); share > mostDelayed {
		late = fmt.Sprintf("this machine kept a thread that was due waiting for %v of %v", w.worst.Round(time.Millisecond), took.Round(time.Millisecond))
	}
	return late
}
