package exchangetest

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// stampError is more than a kernel's stamp is off this process's clock.
const stampError = time.Millisecond

// stalling is a server that answers nothing for a while, and says when.
type stalling struct {
	mu       sync.Mutex
	left     int // requests until it stalls
	from, to time.Time
	over     chan struct{} // closed when it answers again
}

func (s *stalling) answer(held time.Duration) {
	s.mu.Lock()
	if s.left--; s.left == 0 {
		s.from = time.Now()
		time.AfterFunc(held, func() {
			s.to = time.Now()
			close(s.over)
		})
	}
	stalled := s.left <= 0
	s.mu.Unlock()
	if stalled {
		<-s.over
	}
}

// A server that stalls makes everyone wait who comes meanwhile. What it says itself bounds each time from below: no slower machine changes
// that. With few slots most of them wait for one, which is not lag.
func stall(t *testing.T, s suite) {
	const n, gap, before, held = 120, 2 * time.Millisecond, 30, 120 * time.Millisecond
	for _, slots := range []int{n, 4} {
		server := stalling{left: before, over: make(chan struct{})}
		address := s.serve(t, func(http.ResponseWriter, *http.Request) { server.answer(held) })
		epoch := time.Now()
		r, end := s.drive(t, t.Context(), address, Evenly{N: n, Gap: gap}, exchange.Config{Slots: slots, Epoch: epoch})
		if r.Count(exchange.Succeeded) != n || end.Next != n {
			t.Fatalf("%d slots: %d of %d succeeded, %d were taken: %+v", slots, r.Count(exchange.Succeeded), n, end.Next, r.Exchanges)
		}
		<-server.over
		from, to := server.from.Sub(epoch), server.to.Sub(epoch)
		slotted := 0
		for _, x := range r.Exchanges {
			if x.Intended != time.Duration(x.K)*gap || x.Sent >= from && x.End < to-stampError {
				t.Errorf("%d slots: request %d, due at %v, sent at %v, ended at %v: the server stalled from %v to %v", slots, x.K, x.Intended, x.Sent, x.End, from, to)
			}
			if x.Intended >= from && x.Slot < to-stampError {
				slotted++
			}
			if x.Wait()+x.Lag()+x.Service() != x.Response() || x.Lag() < 0 {
				t.Errorf("%d slots: request %d: wait %v + lag %v + service %v ≠ response %v", slots, x.K, x.Wait(), x.Lag(), x.Service(), x.Response())
			}
		}
		if slotted > slots {
			t.Errorf("%d of those due within the stall had one of %d slots before its end", slotted, slots)
		}
	}
}

// A server takes one request at a time, and is asked for ten times what it can. Its own record bounds each time from below: the answers
// that came, and the slots that they gave to others, which waited for the target.
func overload(t *testing.T, s suite) {
	const n, slots, service = 100, 8, 5 * time.Millisecond
	var worker sync.Mutex
	var answered []time.Time
	address := s.serve(t, func(http.ResponseWriter, *http.Request) {
		worker.Lock()
		defer worker.Unlock()
		time.Sleep(service)
		answered = append(answered, time.Now())
	})
	epoch := time.Now()
	r, end := s.drive(t, t.Context(), address, Evenly{N: n, Gap: service / 10}, exchange.Config{Slots: slots, Epoch: epoch})
	worker.Lock()
	defer worker.Unlock()
	if r.Count(exchange.Succeeded) != n || len(answered) != n || end.At < n*service {
		t.Fatalf("%d of %d succeeded in %v, and the server answered %d, one after the other", r.Count(exchange.Succeeded), n, end.At, len(answered))
	}
	var ends, handed []time.Duration
	for _, x := range r.Exchanges {
		ends, handed = append(ends, x.End), append(handed, x.Slot)
	}
	slices.Sort(ends)
	slices.Sort(handed)
	for i := range ends {
		at := answered[i].Sub(epoch) - stampError
		if ends[i] < at {
			t.Fatalf("answer %d came at %v, and the server gave it at %v", i, ends[i], at)
		}
		if i+slots < n && handed[i+slots] < at {
			t.Fatalf("slot %d was there at %v, and the server gave answer %d at %v", i+slots, handed[i+slots], i, at)
		}
	}
}
