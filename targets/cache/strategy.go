package cache

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/maypok86/otter/v2/stats"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// Strategy reads the pages of categories and sets their headlines; strategies differ in the order of database and cache:
//
//	              on a miss                        on a write                       may be stale
//	none          the database                     database                         never
//	ttl           load, then set                   database only                    up to TTL
//	aside         load, then set                   database, then delete            where a set came after the delete, up to TTL
//	read-through  one load for all who wait        database, then delete            never
//	write-through as read-through                  database, then cache             never
//	write-behind  as read-through, queue first     cache and queue, database later  never while the process lives
//	refresh-ahead as read-through; a hit past      as read-through                  never
//	              Refresh of TTL starts a reload
//	swr           as read-through; past TTL        database only                    up to TTL + Window
//	              served during a reload
type Strategy interface {
	// Summary is the page of a category. The error is a [*catalogue.NotFoundError] for an unknown category.
	Summary(ctx context.Context, category int64) (*catalogue.Summary, error)
	// SetHeadline returns when the write counts as made.
	SetHeadline(ctx context.Context, h catalogue.Headline) error
	// Changed is called when another write, such as a price, has changed a page in the database.
	Changed(category int64)
	// AllChanged is called when any page may have changed.
	AllChanged()
	// Stats counts since the start.
	Stats() stats.Stats
	// Len is the approximate number of cached pages.
	Len() int
	// Close ends work in the background, and writes queued changes until ctx ends.
	Close(ctx context.Context) error
}

// Origin is the database as a strategy sees it.
type Origin interface {
	Summary(ctx context.Context, category int64) (*catalogue.Summary, error)
	SetHeadline(ctx context.Context, h catalogue.Headline) error
	SetHeadlines(ctx context.Context, list []catalogue.Headline) error // in one transaction
	HasCategory(id int64) bool
}

// Settings are a strategy and its options. Zero values are not defaults: begin with [Defaults].
type Settings struct {
	Strategy string
	TTL      time.Duration // lifetime of a page from the start of its load
	Size     int           // pages
	Jitter   float64       // greatest reduction of a page's TTL, as a share of it, drawn for each page
	Negative time.Duration // lifetime of the answer that a category does not exist; 0: not cached

	Flight bool          // those who miss a page wait for one load of it
	Lease  bool          // a page is cached only if it was not written since its load began
	Pause  time.Duration // between a load and its set, to see what can come between

	Refresh float64       // refresh-ahead: share of TTL after which a hit starts a reload
	Window  time.Duration // swr: time after TTL in which a page is still served

	Batch    int           // write-behind: most keys in one transaction
	Interval time.Duration // write-behind: longest time from a change to the start of its transaction
	Queue    int           // write-behind: most waiting keys
}

// strategies are all of them with what makes one, in the order in which they are listed.
var strategies = []struct {
	name string
	open func(*pages) Strategy
}{
	{"none", func(p *pages) Strategy { return none{p.origin} }},
	{"ttl", func(p *pages) Strategy { return &ttl{p} }},
	{"aside", func(p *pages) Strategy { return &aside{p} }},
	{"read-through", func(p *pages) Strategy { return &readThrough{p} }},
	{"write-through", newWriteThrough},
	{"write-behind", newWriteBehind},
	{"refresh-ahead", newRefreshAhead},
	{"swr", newStaleWhileRevalidate},
}

// Strategies are the names of all strategies.
func Strategies() (names []string) {
	for _, s := range strategies {
		names = append(names, s.name)
	}
	return names
}

// Defaults returns the default settings of a strategy.
func Defaults(strategy string) Settings {
	s := Settings{Strategy: strategy, TTL: DefaultTTL, Size: DefaultSize, Flight: true, Lease: true}
	switch strategy {
	case "ttl", "aside":
		s.Flight, s.Lease = false, false
	case "write-behind":
		s.Batch, s.Interval, s.Queue = 100, 500*time.Millisecond, 10_000
	case "refresh-ahead":
		s.Refresh = 0.75
	case "swr":
		s.Lease, s.Window = false, s.TTL
	}
	return s
}

// Open begins a strategy before origin. It must be closed.
func Open(origin Origin, s Settings) (Strategy, error) {
	i := slices.Index(Strategies(), s.Strategy)
	if i < 0 {
		return nil, fmt.Errorf("no caching strategy %q", s.Strategy)
	}
	p, err := newPages(origin, s)
	if err != nil {
		return nil, err
	}
	return strategies[i].open(p), nil
}
