package cache

import (
	"context"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// ttl knows of no writes: what is kept is shown until its time is over.
type ttl struct{ *pages }

func (t *ttl) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	return t.get(ctx, category)
}

func (t *ttl) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	err := t.origin.SetHeadline(ctx, h)
	t.wrote(h.CategoryID)
	return err
}

func (t *ttl) Changed(category int64) { t.wrote(category) }

// AllChanged has no page outlive its time either.
func (t *ttl) AllChanged() {}
