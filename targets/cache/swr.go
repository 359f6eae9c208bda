package cache

import (
	"context"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

// staleWhileRevalidate serves a page whose time is over for a window longer, while one load brings it up to date (RFC 5861,
// section 3). It knows of no writes.
type staleWhileRevalidate struct{ ttl }

func newStaleWhileRevalidate(p *pages) Strategy { return &staleWhileRevalidate{ttl{p}} }

func (s *staleWhileRevalidate) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	defer s.timed(ctx)()
	kept, ok := s.lookup(ctx, category)
	if !ok {
		return s.load(ctx, category, kept)
	}
	if time.Since(kept.loaded) >= kept.ttl {
		timing.From(ctx).Lookup = timing.Stale
		s.reload(category, kept)
	}
	return kept.summary, kept.missing
}
