package cache

import (
	"context"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// refreshAhead loads a page anew before its time is over, if somebody still asks for it, so that nobody waits for that load.
type refreshAhead struct{ readThrough }

func newRefreshAhead(p *pages) Strategy { return &refreshAhead{readThrough{p}} }

func (r *refreshAhead) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	defer r.timed(ctx)()
	kept, ok := r.lookup(ctx, category)
	if !ok {
		return r.load(ctx, category, kept)
	}
	if time.Since(kept.loaded) > time.Duration(r.Refresh*float64(kept.ttl)) {
		r.reload(category, kept)
	}
	return kept.summary, kept.missing
}
