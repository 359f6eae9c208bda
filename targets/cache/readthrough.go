package cache

import (
	"context"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// readThrough has the cache load: once for all who miss a page, and what a write overtook is not kept. It does for pages of
// categories what [ReadThrough] does without a strategy's switches.
type readThrough struct{ *pages }

func (r *readThrough) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	return r.get(ctx, category)
}

func (r *readThrough) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	return r.setThenForget(ctx, h)
}
