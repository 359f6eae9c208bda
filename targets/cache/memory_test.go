package cache

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

// memory is a database in memory: a read shows what there was in the middle of its time, as does a write.
type memory struct {
	cost      time.Duration // of a read or a transaction
	mu        sync.Mutex
	headlines map[int64]catalogue.Headline
	loads     int
	batches   [][]catalogue.Headline // as they were written
	failing   int                    // so many transactions from now on fail
	inDoubt   bool                   // they were made all the same
	middle    func()                 // is called once, in the middle of a read
}

const memoryCategories = 2000

func newMemory() *memory {
	return &memory{cost: 3 * time.Millisecond, headlines: map[int64]catalogue.Headline{}}
}

func (m *memory) HasCategory(id int64) bool { return id >= 1 && id <= memoryCategories }

func (m *memory) Summary(ctx context.Context, id int64) (*catalogue.Summary, error) {
	defer timing.From(ctx).Add(timing.DB, m.cost)
	m.mu.Lock()
	m.loads++
	middle := m.middle
	m.middle = nil
	m.mu.Unlock()
	time.Sleep(m.cost / 2)
	m.mu.Lock()
	h := m.headlines[id]
	m.mu.Unlock()
	if middle != nil {
		middle()
	}
	select {
	case <-time.After(m.cost / 2):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if !m.HasCategory(id) {
		return nil, &catalogue.NotFoundError{What: "category", ID: id}
	}
	return (&catalogue.Summary{Category: catalogue.Category{ID: id}}).WithHeadline(h), nil
}

func (m *memory) SetHeadline(ctx context.Context, h catalogue.Headline) error {
	if !m.HasCategory(h.CategoryID) {
		return &catalogue.NotFoundError{What: "category", ID: h.CategoryID}
	}
	return m.SetHeadlines(ctx, []catalogue.Headline{h})
}

func (m *memory) SetHeadlines(_ context.Context, list []catalogue.Headline) error {
	time.Sleep(m.cost / 2)
	m.mu.Lock()
	var err error
	if m.failing > 0 {
		m.failing--
		err = errBroken
	}
	if err == nil || m.inDoubt {
		m.batches = append(m.batches, slices.Clone(list))
		for _, h := range list {
			m.headlines[h.CategoryID] = h
		}
	}
	m.mu.Unlock()
	time.Sleep(m.cost / 2)
	return err
}

func (m *memory) version(id int64) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.headlines[id].Version
}

// written is what was written so far, in its batches, and how many more are to fail.
func (m *memory) written() (batches [][]catalogue.Headline, failing int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.batches, m.failing
}

// fail makes the next n transactions fail; those in doubt are made all the same.
func (m *memory) fail(n int, inDoubt bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failing, m.inDoubt = n, inDoubt
}

// meanwhile has f called once, in the middle of the next read.
func (m *memory) meanwhile(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.middle = f
}

func (m *memory) loaded() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.loads
}

// inBubble runs f with a strategy before a database, in virtual time.
func inBubble(t *testing.T, s Settings, f func(t *testing.T, m *memory, c Strategy)) {
	t.Run(s.Strategy, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			c, err := Open(m, s)
			if err != nil {
				t.Fatal(err)
			}
			f(t, m, c)
			synctest.Wait()
			if err := c.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
}

// each runs f with every strategy, or those that are named.
func each(t *testing.T, only []string, change func(*Settings), f func(t *testing.T, m *memory, c Strategy)) {
	for _, name := range Strategies() {
		if only != nil && !slices.Contains(only, name) {
			continue
		}
		s := Defaults(name)
		s.TTL = 2 * time.Second
		if s.Window > 0 {
			s.Window = s.TTL
		}
		if change != nil {
			change(&s)
		}
		inBubble(t, s, f)
	}
}

var (
	caching   = []string{"ttl", "aside", "read-through", "write-through", "write-behind", "refresh-ahead", "swr"}
	neverOld  = []string{"none", "read-through", "write-through", "write-behind", "refresh-ahead"}
	oneFlight = []string{"read-through", "write-through", "write-behind", "refresh-ahead", "swr"}
)

func shown(t *testing.T, c Strategy, id int64) (version string, found timing.Lookup) {
	t.Helper()
	var r timing.Request
	s, err := c.Summary(timing.With(t.Context(), &r), id)
	if err != nil {
		t.Fatal(err)
	}
	if s.Category.ID != id {
		t.Fatalf("asked for %d, got %+v", id, s)
	}
	return s.Version, r.Lookup
}

func set(t *testing.T, c Strategy, id int64, version string) {
	t.Helper()
	if err := c.SetHeadline(t.Context(), catalogue.Headline{CategoryID: id, Headline: "h", Version: version}); err != nil {
		t.Fatal(err)
	}
}
