package nethttp

import (
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// stuckAfter is how long the engine waits, once all requests are cancelled, for workers that do not come back: a peer may have brought
// net/http to wait for itself for ever.
const stuckAfter = 5 * time.Second

// flights are the requests on their way. What is known of them is kept apart from their exchanges, which belong to the workers, for an
// end at which some are stuck.
type flights struct {
	mu     sync.Mutex
	list   map[*exchange.Exchange]flight
	closed bool
}

type flight struct {
	k                    uint64
	part, user           int
	intended, slot, free time.Duration
	sent                 time.Duration // 0: not yet
}

// keep notes what is known of a request by now. It returns false where its end has been told already.
func (f *flights) keep(x *exchange.Exchange) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.list == nil {
		f.list = make(map[*exchange.Exchange]flight)
	}
	if !f.closed {
		f.list[x] = flight{x.K, x.Part, x.User, x.Intended, x.Slot, x.Free, x.Sent}
	}
	return !f.closed
}

func (f *flights) over(x *exchange.Exchange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.list, x)
}

// close returns the requests that are still on their way, as ended by the run's end.
func (f *flights) close() (list []*exchange.Exchange) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for _, a := range f.list {
		x := &exchange.Exchange{K: a.k, Part: a.part, User: a.user, Intended: a.intended, Slot: a.slot, Free: a.free, Sent: a.sent, Outcome: exchange.Unfinished, UserClock: true}
		if a.sent == 0 {
			x.Outcome, x.Free = exchange.Unsent, exchange.NeverFree
		}
		list = append(list, x)
	}
	return list
}
