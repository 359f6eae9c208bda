package cache

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

// shop is a catalogue with the pages of a [memory].
type shop struct{ *memory }

func (shop) Product(_ context.Context, id int64) (*catalogue.Product, error) {
	return &catalogue.Product{ID: id}, nil
}

func (shop) Stock(_ context.Context, id int64) (*catalogue.Stock, error) {
	return &catalogue.Stock{ProductID: id}, nil
}

// SetPrice changes a product of category 9.
func (shop) SetPrice(_ context.Context, id, cents int64) (*catalogue.PriceChange, error) {
	return &catalogue.PriceChange{ProductID: id, CategoryID: 9, PriceCents: cents}, nil
}

// What cached does without a strategy is what read-through does: a reader never sees what is old.
func TestWithoutAStrategyNothingIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(shop{newMemory()}, Options{TTL: 200 * time.Millisecond, Clock: clock{}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		reads, writes := press(t, c)
		if old, age := staleOf(reads, writes); old > 0 || len(reads) < 5_000 {
			t.Errorf("%d of %d reads were stale, by up to %v", old, len(reads), age)
		}
	})
}

func TestByStrategy(t *testing.T) {
	for _, name := range Strategies() {
		t.Run(name, func(t *testing.T) {
			m := newMemory()
			c, err := NewByStrategy(shop{m}, Defaults(name))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(t.Context())
			lookup := func(ask func(ctx context.Context) error) timing.Lookup {
				t.Helper()
				var r timing.Request
				if err := ask(timing.With(t.Context(), &r)); err != nil {
					t.Error(err)
				}
				return r.Lookup
			}
			page := func(ctx context.Context) error { _, err := c.Summary(ctx, 9); return err }
			product := func(ctx context.Context) error { _, err := c.Product(ctx, 3); return err }
			if err := c.Warm(t.Context(), 10); err != nil || m.loaded() != 10 {
				t.Errorf("%v: %d pages were loaded, want 10", err, m.loaded())
			}
			kept, gone := timing.Hit, timing.Miss
			switch name {
			case "none":
				kept, gone = timing.None, timing.None
			case "ttl", "swr":
				gone = timing.Hit
			}
			lookup(product)
			if found := lookup(page); found != kept {
				t.Errorf("a warm page: lookup %d, want %d", found, kept)
			}
			if found := lookup(product); found != kept {
				t.Errorf("a product: lookup %d, want %d", found, kept)
			}
			if _, err := c.SetPrice(t.Context(), 3, 1); err != nil {
				t.Fatal(err)
			}
			if found := lookup(page); found != gone {
				t.Errorf("the page after a price: lookup %d, want %d", found, gone)
			}
			if found := lookup(product); name != "none" && found != timing.Miss {
				t.Errorf("the product after its price: lookup %d, want a miss", found)
			}
		})
	}
}
