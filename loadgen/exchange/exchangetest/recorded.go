package exchangetest

import (
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// Recorded is a sink that keeps what it is told, for when the engine has ended.
type Recorded struct {
	Exchanges []exchange.Exchange // their headers are copies
	Sends     [][2]time.Duration  // since when it could have been sent, and when it was
	Silences  [][2]time.Duration
	Clear     time.Duration // what was cleared last
	Steps     []time.Duration

	mu sync.Mutex
}

func (r *Recorded) Record(x *exchange.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := *x
	if !x.Header.None() {
		kept.Header = exchange.Header{Fields: x.Header.Map().Clone()}
	}
	r.Exchanges = append(r.Exchanges, kept)
}

func (r *Recorded) Sent(ready, at time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Sends = append(r.Sends, [2]time.Duration{ready, at})
}

func (r *Recorded) Cleared(at time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Clear = at
}

func (r *Recorded) Silence(from, to time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Silences = append(r.Silences, [2]time.Duration{from, to})
}

func (r *Recorded) ClockStep(_, by time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Steps = append(r.Steps, by)
}

// Count returns how many exchanges had an outcome.
func (r *Recorded) Count(o exchange.Outcome) int {
	n := 0
	for i := range r.Exchanges {
		if r.Exchanges[i].Outcome == o {
			n++
		}
	}
	return n
}
