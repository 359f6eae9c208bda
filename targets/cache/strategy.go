package cache

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/maypok86/otter/v2/stats"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

// Strategy answers for the pages of categories and sets their headlines, in an order of database and cache of its own:
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
	// Summary is the page of a category, a [*catalogue.NotFoundError] if there is none.
	Summary(ctx context.Context, category int64) (*catalogue.Summary, error)
	// SetHeadline returns when the write counts as made.
	SetHeadline(ctx context.Context, h catalogue.Headline) error
	// Changed is told of a page that the database shows otherwise since something else was written, such as a price.
	Changed(category int64)
	// AllChanged is told that it may be any page.
	AllChanged()
	// Stats counts since the start.
	Stats() stats.Stats
	// Len is how many pages are kept, about.
	Len() int
	// Close ends what goes on in the background, and writes what is still to be written until ctx ends.
	Close(ctx context.Context) error
}

// Origin is the database as a strategy sees it.
type Origin interface {
	Summary(ctx context.Context, category int64) (*catalogue.Summary, error)
	SetHeadline(ctx context.Context, h catalogue.Headline) error
	SetHeadlines(ctx context.Context, list []catalogue.Headline) error // in one transaction
	HasCategory(id int64) bool
}

// Settings are a strategy and what it can be told. All of them count: begin with [Defaults].
type Settings struct {
	Strategy string
	TTL      time.Duration // how long a page is served after its load began
	Size     int           // pages
	Jitter   float64       // share of TTL by which a page may be kept for less, drawn for each
	Negative time.Duration // how long it is known that there is no such category; 0: not at all

	Flight bool          // those who miss a page wait for one load of it
	Lease  bool          // a page is kept only if it was not written since its load began
	Pause  time.Duration // between a load and its set, to see what can come between

	Refresh float64       // of refresh-ahead: share of TTL after which a hit starts a reload
	Window  time.Duration // of swr: how long after TTL a page is still served

	Batch    int           // of write-behind: keys in one transaction, at most
	Interval time.Duration // of write-behind: how long after a change its transaction begins, at the latest
	Queue    int           // of write-behind: keys that wait, at most
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

// Defaults are the settings of a strategy of which nothing else was said.
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
