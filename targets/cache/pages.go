package cache

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

// page is a category's cached page.
type page struct {
	summary *catalogue.Summary
	missing error         // cached instead of a summary: the category does not exist
	loaded  time.Time     // when its load began
	ttl     time.Duration // lifetime from loaded on
}

// pages is the base of every strategy: a limited number of pages in memory, and their loads.
type pages struct {
	Settings
	origin  Origin
	entries *otter.Cache[int64, page]
	places  [1024]place

	hits, misses, loads atomic.Uint64

	background context.Context // of loads that no request waits for
	cancel     context.CancelFunc
	running    sync.WaitGroup
}

// place puts the loads and the writes of a key in order. Keys with equal last ten bits have one place: a write of one key
// then counts as a write of the other, which costs one more load and nothing else.
type place struct {
	mu      sync.Mutex
	writes  uint64 // number of writes; leases compare it
	flights map[int64]*flight
}

// flight is a load that others may wait for.
type flight struct {
	lease   uint64
	done    chan struct{}
	summary *catalogue.Summary // once done
	err     error
	givenUp bool // the request that began it was given up
}

// landed is the closed channel of flights that have ended.
var landed = make(chan struct{})

func init() { close(landed) }

func newPages(origin Origin, s Settings) (*pages, error) {
	p := &pages{Settings: s, origin: origin}
	var err error
	p.entries, err = otter.New(&otter.Options[int64, page]{MaximumSize: s.Size, StatsRecorder: stats.NewCounter()})
	p.background, p.cancel = context.WithCancel(catalogue.For(context.Background(), catalogue.Background))
	return p, err
}

func (p *pages) place(id int64) *place { return &p.places[uint64(id)%uint64(len(p.places))] }

// lookup is the page in memory, unless it is older than may be served.
func (p *pages) lookup(ctx context.Context, id int64) (page, bool) {
	kept, ok := p.entries.GetIfPresent(id)
	if ok {
		limit := kept.ttl
		if kept.missing == nil {
			limit += p.Window
		}
		ok = time.Since(kept.loaded) < limit
	}
	if t := timing.From(ctx); ok {
		p.hits.Add(1)
		t.Lookup = timing.Hit
	} else {
		p.misses.Add(1)
		t.Lookup = timing.Miss
	}
	return kept, ok
}

// get answers from memory, or loads.
func (p *pages) get(ctx context.Context, id int64) (*catalogue.Summary, error) {
	defer p.timed(ctx)()
	kept, ok := p.lookup(ctx, id)
	if ok {
		return kept.summary, kept.missing
	}
	return p.load(ctx, id, kept)
}

// timed returns what records, at the end, the time that was not spent on the way to the database or there.
func (p *pages) timed(ctx context.Context) func() {
	t := timing.From(ctx)
	began, before := time.Now(), t.SpentAtDatabase()
	return func() { t.Add(timing.Cache, time.Since(began)-(t.SpentAtDatabase()-before)) }
}

// load loads a page that lookup found too old or not at all, or waits for a load of it that began since it was last written. It
// loads again if who began that gave up.
func (p *pages) load(ctx context.Context, id int64, old page) (*catalogue.Summary, error) {
	if !p.Flight {
		return p.fetch(ctx, id, p.lease(id))
	}
	for {
		f, own := p.join(id, old)
		if own {
			return p.fly(ctx, id, f)
		}
		select {
		case <-f.done:
			if !f.givenUp {
				return f.summary, f.err
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// reload loads a page behind the request that found it old, unless a load is under way.
func (p *pages) reload(id int64, old page) {
	if f, own := p.join(id, old); own {
		p.running.Go(func() { p.fly(p.background, id, f) })
	}
}

// join returns the flight of a page, one that has ended since lookup found it old, or a new one that is the caller's to fly.
func (p *pages) join(id int64, old page) (f *flight, own bool) {
	at := p.place(id)
	at.mu.Lock()
	defer at.mu.Unlock()
	if kept, ok := p.entries.GetEntryQuietly(id); ok && kept.Value.loaded.After(old.loaded) {
		return &flight{done: landed, summary: kept.Value.summary, err: kept.Value.missing}, false
	}
	if f := at.flights[id]; f != nil {
		return f, false
	}
	if at.flights == nil {
		at.flights = map[int64]*flight{}
	}
	f = &flight{lease: at.writes, done: make(chan struct{})}
	at.flights[id] = f
	return f, true
}

func (p *pages) fly(ctx context.Context, id int64, f *flight) (*catalogue.Summary, error) {
	f.summary, f.err = p.fetch(ctx, id, f.lease)
	f.givenUp = f.err != nil && ctx.Err() != nil
	at := p.place(id)
	at.mu.Lock()
	if at.flights[id] == f { // else the page was written, and the next flight began
		delete(at.flights, id)
	}
	at.mu.Unlock()
	close(f.done)
	return f.summary, f.err
}

// fetch loads a page, then sets it. Errors are not kept.
func (p *pages) fetch(ctx context.Context, id int64, lease uint64) (*catalogue.Summary, error) {
	loaded := page{loaded: time.Now(), ttl: p.TTL - time.Duration(rand.Float64()*p.Jitter*float64(p.TTL))}
	p.loads.Add(1)
	summary, err := p.origin.Summary(ctx, id)
	var missing *catalogue.NotFoundError
	switch {
	case err == nil:
		loaded.summary = summary
	case errors.As(err, &missing) && p.Negative > 0:
		loaded.missing, loaded.ttl = missing, p.Negative
	default:
		return nil, err
	}
	p.pause(ctx)
	p.set(id, loaded, lease)
	return summary, err
}

// pause waits between a load and its set, for as long as the request does.
func (p *pages) pause(ctx context.Context) {
	if p.Pause == 0 {
		return
	}
	timer := time.NewTimer(p.Pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// lease returns the token that set needs for a page loaded or written from now on.
func (p *pages) lease(id int64) uint64 {
	at := p.place(id)
	at.mu.Lock()
	defer at.mu.Unlock()
	return at.writes
}

// set keeps a page, unless it was written since the lease: then nobody knows how old it is, and none is kept.
func (p *pages) set(id int64, loaded page, lease uint64) {
	at := p.place(id)
	at.mu.Lock()
	defer at.mu.Unlock()
	if p.Lease && at.writes != lease {
		p.entries.Invalidate(id)
		return
	}
	p.entries.Set(id, loaded)
}

// wrote marks a page as written: a load that began before is neither cached nor joined.
func (p *pages) wrote(id int64) {
	at := p.place(id)
	at.mu.Lock()
	defer at.mu.Unlock()
	p.end(at, id)
}

// end ends the leases and the flight of a page. Its place is locked.
func (p *pages) end(at *place, id int64) {
	if p.Lease {
		at.writes++
		delete(at.flights, id)
	}
}

// forget deletes a page that was written.
func (p *pages) forget(id int64) {
	at := p.place(id)
	at.mu.Lock()
	defer at.mu.Unlock()
	p.entries.Invalidate(id)
	p.end(at, id)
}

// update shows a headline that was written on the page that is kept, unless another write came since the lease.
func (p *pages) update(h catalogue.Headline, lease uint64) {
	at := p.place(h.CategoryID)
	at.mu.Lock()
	defer at.mu.Unlock()
	kept, ok := p.entries.GetEntryQuietly(h.CategoryID)
	if ok && kept.Value.summary != nil && (!p.Lease || at.writes == lease) {
		anew := kept.Value
		anew.summary = anew.summary.WithHeadline(h)
		p.entries.Set(h.CategoryID, anew)
	} else {
		p.entries.Invalidate(h.CategoryID)
	}
	p.end(at, h.CategoryID)
}

// setThenForget writes to the database and then deletes the page: also where nobody knows whether it was written.
func (p *pages) setThenForget(ctx context.Context, h catalogue.Headline) error {
	err := p.origin.SetHeadline(ctx, h)
	p.forget(h.CategoryID)
	return err
}

// Changed deletes the page.
func (p *pages) Changed(category int64) { p.forget(category) }

// AllChanged deletes all pages.
func (p *pages) AllChanged() {
	for i := range p.places {
		at := &p.places[i]
		at.mu.Lock()
		if p.Lease {
			at.writes++
			clear(at.flights)
		}
		at.mu.Unlock()
	}
	p.entries.InvalidateAll()
}

// Stats counts lookups, loads and evictions.
func (p *pages) Stats() stats.Stats {
	return stats.Stats{
		Hits: p.hits.Load(), Misses: p.misses.Load(), LoadSuccesses: p.loads.Load(), Evictions: p.entries.Stats().Evictions,
	}
}

// Len is the approximate number of cached pages, expired ones included.
func (p *pages) Len() int { return p.entries.EstimatedSize() }

// Close gives up the loads that no request waits for.
func (p *pages) Close(context.Context) error {
	p.cancel()
	p.running.Wait()
	p.entries.StopAllGoroutines()
	return nil
}
