package cache

import (
	"context"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// aside leaves database and cache to who asks: on a miss one loads and then sets, after a write one deletes. A set of what was
// loaded before a write may thus come after its delete, and is served until its time is over; a lease refuses it (Nishtala et
// al., Scaling Memcache at Facebook, NSDI 2013).
type aside struct{ *pages }

func (a *aside) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	return a.get(ctx, category)
}

func (a *aside) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	return a.setThenForget(ctx, h)
}
