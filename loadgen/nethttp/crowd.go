package nethttp

import (
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/users"
)

// crowd is the closed model's users, shared by vegeta's workers, of which there are as many.
type crowd struct {
	mu    sync.Mutex
	users *users.Crowd
}

// asking is a user, and what that one asks at an instant: a new request, or what follows of number k.
type asking struct {
	user    int
	at      time.Duration
	k       uint64
	follows bool
}

// ask takes the next user; false where all are with other workers or gone.
func (c *crowd) ask() (a asking, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.at = c.users.Due(); a.at == users.Never {
		return a, false
	}
	a.k, a.follows = c.users.Follows()
	a.user = c.users.Ask()
	return a, true
}

// goOn keeps the follow-up of a user's exchange that is over.
func (c *crowd) goOn(x *exchange.Exchange, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users.GoOn(x.User, x.K, at)
}

func (c *crowd) over(user int, k uint64, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users.Over(user, k, at)
}

// serveUsers sends what users ask, one after the other, as long as there is a user whom no other worker serves.
func (r *run) serveUsers() {
	for {
		a, ok := r.crowd.ask()
		if !ok || !waitUntil(r.queue.pacing, r.Epoch, a.at) {
			return
		}
		x := &exchange.Exchange{K: a.k}
		if !a.follows {
			x = r.queue.take()
		}
		if x == nil {
			return
		}
		x.Intended, x.User = a.at, a.user
		e := &exchanging{run: r, Exchange: x, free: a.at}
		e.perform()
		if x.Over() {
			r.queue.follow(x)
		}
		r.crowd.over(a.user, x.K, e.released)
		r.over <- x
	}
}
