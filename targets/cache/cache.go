// Package cache keeps a catalogue's answers in memory. [Catalogue] reads through: one load per missing key however many
// requests ask, a limited size, a limited time for each entry, and an entry is deleted when its price changes. It never
// caches stock: a shop must not sell what it does not have. [ByStrategy] caches the pages of categories by a [Strategy]
// instead, to compare strategies.
//
//   - cache.go: Catalogue and ReadThrough
//   - strategy.go: the strategies and their settings; start here for a new one
//   - none.go, ttl.go, aside.go, readthrough.go, writethrough.go, writebehind.go, refreshahead.go, swr.go: one strategy each
//   - pages.go, queue.go: what strategies have in common: pages with their loads, and headlines not written yet
//   - bystrategy.go: a catalogue behind a strategy
//
// The library is otter v2.4.0. It was compared with ristretto v2.4.2 and golang-lru v2.0.7 on 2,000,000 keys, Zipf 1.1
// over 100,000, on two cores:
//
//	                  hits at 1,000   at 10,000   get, 2 threads   TTL   loading, one flight   statistics
//	otter                     72.0%       86.5%           107 ns   yes                   yes          yes
//	golang-lru 2Q             72.0%       86.3%           106 ns    no                    no           no
//	golang-lru expirable      66.6%       84.3%           129 ns   yes                    no           no
//	ristretto                 66.8%       83.2%           120 ns   yes                    no          yes
//
// The loading decided: otter runs one load per key, loads again for the others when the first one gives up, and discards a
// load that an invalidation overtook, so that no old price outlives its change. With the other libraries each of these
// would be code to write here. Ristretto may also drop a write under load, so a key just loaded may be loaded again.
package cache

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

const (
	DefaultTTL  = 5 * time.Minute
	DefaultSize = 10_000 // entries
)

// Options bound a cache. A zero field takes its default.
type Options struct {
	TTL   time.Duration // lifetime of an entry after its load; default 5 min
	Size  int           // entries of each kind, products and summaries; default 10,000
	Clock otter.Clock   // for tests
}

// Catalogue answers from memory where it can and else asks its origin.
type Catalogue struct {
	Products  ReadThrough[*catalogue.Product]
	Summaries ReadThrough[*catalogue.Summary]

	origin catalogue.Catalogue
}

// New puts a cache before origin.
func New(origin catalogue.Catalogue, o Options) (*Catalogue, error) {
	c := &Catalogue{origin: origin}
	if err := c.Products.init(o, origin.Product); err != nil {
		return nil, err
	}
	if err := c.Summaries.init(o, origin.Summary); err != nil {
		c.Products.entries.StopAllGoroutines()
		return nil, err
	}
	return c, nil
}

// Close stops the housekeeping; the origin stays open.
func (c *Catalogue) Close() {
	c.Products.entries.StopAllGoroutines()
	c.Summaries.entries.StopAllGoroutines()
}

func (c *Catalogue) Product(ctx context.Context, id int64) (*catalogue.Product, error) {
	return c.Products.get(ctx, id)
}

func (c *Catalogue) Summary(ctx context.Context, category int64) (*catalogue.Summary, error) {
	return c.Summaries.get(ctx, category)
}

// Stock always asks the origin.
func (c *Catalogue) Stock(ctx context.Context, product int64) (*catalogue.Stock, error) {
	return c.origin.Stock(ctx, product)
}

// SetPrice changes the price and then forgets the two pages that show it: also where nobody knows whether it was changed,
// nor which category's page that is.
func (c *Catalogue) SetPrice(ctx context.Context, product, cents int64) (*catalogue.PriceChange, error) {
	change, err := c.origin.SetPrice(ctx, product, cents)
	var doubt *catalogue.InDoubtError
	if errors.As(err, &doubt) {
		c.Products.entries.Invalidate(product)
		c.Summaries.entries.InvalidateAll()
	}
	if err != nil {
		return nil, err
	}
	c.Products.entries.Invalidate(change.ProductID)
	c.Summaries.entries.Invalidate(change.CategoryID)
	return change, nil
}

// SetHeadline sets the headline and then forgets the page that shows it, as SetPrice does.
func (c *Catalogue) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	err := c.origin.SetHeadline(ctx, h)
	var doubt *catalogue.InDoubtError
	if err == nil || errors.As(err, &doubt) {
		c.Summaries.entries.Invalidate(h.CategoryID)
	}
	return err
}

// ReadThrough is the cache of one kind of answer.
type ReadThrough[V any] struct {
	entries *otter.Cache[int64, V]
	load    func(ctx context.Context, id int64) (V, error)
}

func (r *ReadThrough[V]) init(o Options, load func(context.Context, int64) (V, error)) (err error) {
	r.load = load
	r.entries, err = otter.New(&otter.Options[int64, V]{
		MaximumSize:      cmp.Or(o.Size, DefaultSize),
		ExpiryCalculator: otter.ExpiryWriting[int64, V](cmp.Or(o.TTL, DefaultTTL)),
		StatsRecorder:    stats.NewCounter(),
		Clock:            o.Clock,
	})
	return err
}

// get answers from memory, or loads, or waits for the load that is under way. Errors are not kept.
func (r *ReadThrough[V]) get(ctx context.Context, id int64) (V, error) {
	began := time.Now()
	var loading time.Duration
	_, hit := r.entries.GetEntryQuietly(id) // Get does not say; it counts and keeps the policy informed
	value, err := r.entries.Get(ctx, id, otter.LoaderFunc[int64, V](func(ctx context.Context, id int64) (V, error) {
		hit = false
		since := time.Now()
		defer func() { loading += time.Since(since) }()
		return r.load(ctx, id)
	}))
	t := timing.From(ctx)
	t.Add(timing.Cache, time.Since(began)-loading)
	if t.Lookup = timing.Miss; hit {
		t.Lookup = timing.Hit
	}
	return value, err
}

// Stats counts hits, misses, loads and evictions since the start.
func (r *ReadThrough[V]) Stats() stats.Stats { return r.entries.Stats() }

// Len is the approximate number of entries.
func (r *ReadThrough[V]) Len() int { return r.entries.EstimatedSize() }
