package nethttp

import (
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/users"
)

// crowd is the closed model's users, shared by vegeta's workers, of which there are as many.
type crowd struct {
	mu    sync.Mutex
	users *users.Crowd
}

// ask takes the next user, and returns when that one asks; false where all are with other workers or gone.
func (c *crowd) ask() (user int, at time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at = c.users.Due(); at == users.Never {
		return 0, 0, false
	}
	return c.users.Ask(), at, true
}

func (c *crowd) over(user int, k uint64, at time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users.Over(user, k, at)
}

// serveUsers sends what users ask, one after the other, as long as there is a user whom no other worker serves.
func (r *run) serveUsers() {
	for {
		user, at, ok := r.crowd.ask()
		if !ok || !waitUntil(r.queue.pacing, r.Epoch, at) {
			return
		}
		x := r.queue.take()
		if x == nil {
			return
		}
		x.Intended, x.User = at, user
		e := &exchanging{run: r, Exchange: x, free: at}
		e.perform()
		r.crowd.over(user, x.K, e.released)
		r.over <- x
	}
}
