package cache

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
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

// pageServer is the part of a strategy that clients see.
type pageServer interface {
	Summary(ctx context.Context, category int64) (*catalogue.Summary, error)
	SetHeadline(ctx context.Context, h catalogue.Headline) error
}

// access is a read or a write as a client saw it: when it began and when there was the answer.
type access struct {
	id         int64
	began, end time.Time
	version    int
}

// What a reader may see after a write: many readers and writers press on few pages.
func TestWhatAReaderSees(t *testing.T) {
	const life, slowest = 200 * time.Millisecond, 20 * time.Millisecond // of a page, and an answer
	for _, tc := range []struct {
		name   string
		only   []string
		change func(*Settings)
		oldest time.Duration // that is served; 0: nothing that is old
		some   bool          // of it is, for certain
	}{
		{"defaults", neverOld, nil, 0, false},
		{"a pause before each set", neverOld, func(s *Settings) { s.Pause = 5 * time.Millisecond }, 0, false},
		{"without flights", neverOld, func(s *Settings) { s.Flight = false }, 0, false},
		{"few pages", neverOld, func(s *Settings) { s.Size = 2 }, 0, false},
		{"jitter and batches of one", neverOld, func(s *Settings) { s.Jitter = 1; s.Batch = min(s.Batch, 1) }, 0, false},
		{"a short queue", []string{"write-behind"}, func(s *Settings) { s.Queue, s.Interval = 1, 10*time.Millisecond }, 0, false},
		{"ttl", []string{"ttl"}, nil, life, true},
		{"swr", []string{"swr"}, func(s *Settings) { s.Window = life }, 2 * life, true},
		{"aside with a pause", []string{"aside"}, func(s *Settings) { s.Pause = 5 * time.Millisecond }, life, true},
		{"aside with flights", []string{"aside"}, func(s *Settings) { s.Flight = true }, life, false},
		{"aside with leases", []string{"aside"}, func(s *Settings) { s.Lease, s.Pause = true, 5*time.Millisecond }, 0, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			short := func(s *Settings) {
				s.TTL = life
				if tc.change != nil {
					tc.change(s)
				}
			}
			each(t, tc.only, short, func(t *testing.T, m *memory, c Strategy) {
				reads, writes := press(t, c)
				old, age := staleOf(reads, writes)
				t.Logf("%d reads, %d writes, %d stale, at most %v", len(reads), len(writes), old, age)
				switch {
				case tc.oldest == 0 && old > 0:
					t.Errorf("%d of %d reads were stale", old, len(reads))
				case tc.some && old == 0:
					t.Error("no read was stale")
				case tc.oldest > 0 && age > tc.oldest+slowest:
					t.Errorf("a read was stale by %v, want at most %v and an answer", age, tc.oldest)
				}
			})
		})
	}
}

// press drives a strategy for 2 s: 8 readers and 4 writers, out of step, on 5 pages.
func press(t *testing.T, c pageServer) (reads, writes []access) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var next atomic.Int64
	until := time.Now().Add(2 * time.Second)
	for i := range int64(12) {
		wg.Go(func() {
			for n := int64(0); time.Now().Before(until); n++ {
				a := access{id: 1 + (n+i)%5, began: time.Now()}
				var err error
				if i < 4 {
					time.Sleep(time.Duration(1+(7*n+i)%211) * time.Millisecond)
					a.began, a.version = time.Now(), int(next.Add(1))
					err = c.SetHeadline(t.Context(), catalogue.Headline{CategoryID: a.id, Version: strconv.Itoa(a.version)})
				} else {
					var s *catalogue.Summary
					if s, err = c.Summary(t.Context(), a.id); err == nil {
						a.version, _ = strconv.Atoi(s.Version)
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
				a.end = time.Now()
				mu.Lock()
				if i < 4 {
					writes = append(writes, a)
				} else {
					reads = append(reads, a)
				}
				mu.Unlock()
				time.Sleep(time.Duration(500+(n*37+i*101)%1500) * time.Microsecond)
			}
		})
	}
	wg.Wait()
	return reads, writes
}

// staleOf counts the reads that showed a version although a write that certainly superseded it was answered before the read
// began, and returns the greatest age.
func staleOf(reads, writes []access) (n int, oldest time.Duration) {
	of := map[int64][]access{}
	for _, w := range writes {
		of[w.id] = append(of[w.id], w)
	}
	for _, r := range reads {
		var answered time.Time // of the version that was read; 0, the first one, was there before all
		for _, w := range of[r.id] {
			if w.version == r.version {
				answered = w.end
			}
		}
		var age time.Duration
		for _, w := range of[r.id] {
			if w.version != r.version && answered.Before(w.began) && w.end.Before(r.began) {
				age = max(age, r.began.Sub(w.end))
			}
		}
		if age > 0 {
			n++
			oldest = max(oldest, age)
		}
	}
	return n, oldest
}

func TestPagesAreKeptForTheirTime(t *testing.T) {
	each(t, caching, func(s *Settings) { s.Refresh = 1 }, func(t *testing.T, m *memory, c Strategy) {
		window := time.Duration(0)
		if s, ok := c.(*staleWhileRevalidate); ok {
			window = s.Window
		}
		for _, step := range []struct {
			after time.Duration
			want  timing.Lookup
		}{
			{0, timing.Miss}, {0, timing.Hit}, {time.Second, timing.Hit}, {990 * time.Millisecond, timing.Hit}, // not extended by being read
			{window + 10*time.Millisecond, timing.Miss}, {1990 * time.Millisecond, timing.Hit},
		} {
			time.Sleep(step.after)
			if _, found := shown(t, c, 1); found != step.want {
				t.Errorf("after %v: lookup %d, want %d", step.after, found, step.want)
			}
		}
		if n := m.loaded(); n != 2 {
			t.Errorf("%d loads, want 2", n)
		}
		if st := c.Stats(); st.Hits != 4 || st.Misses != 2 || st.Loads() != 2 || c.Len() != 1 {
			t.Errorf("stats %+v, %d pages", st, c.Len())
		}
	})
}

func TestNoneKeepsNothing(t *testing.T) {
	each(t, []string{"none"}, nil, func(t *testing.T, m *memory, c Strategy) {
		for range 3 {
			if _, found := shown(t, c, 1); found != timing.None {
				t.Errorf("lookup %d", found)
			}
		}
		if m.loaded() != 3 {
			t.Errorf("%d loads, want 3", m.loaded())
		}
	})
}

// A page whose time is over is served for a window longer, once with a load behind it.
func TestStaleWhileRevalidate(t *testing.T) {
	each(t, []string{"swr"}, nil, func(t *testing.T, m *memory, c Strategy) {
		shown(t, c, 1)
		set(t, c, 1, "a")
		time.Sleep(2100 * time.Millisecond)
		for range 5 {
			if version, found := shown(t, c, 1); version != "" || found != timing.Stale {
				t.Errorf("%q, lookup %d: want the old page, marked as stale", version, found)
			}
		}
		time.Sleep(m.cost)
		synctest.Wait()
		if version, found := shown(t, c, 1); version != "a" || found != timing.Hit || m.loaded() != 2 {
			t.Errorf("%q, lookup %d, %d loads: want the new page by one load", version, found, m.loaded())
		}
	})
}

// A hit past its share of the time has one load follow, and nobody waits for it.
func TestRefreshAhead(t *testing.T) {
	each(t, []string{"refresh-ahead"}, nil, func(t *testing.T, m *memory, c Strategy) {
		shown(t, c, 1)
		time.Sleep(1400 * time.Millisecond)
		shown(t, c, 1)
		synctest.Wait()
		if m.loaded() != 1 {
			t.Errorf("%d loads before three quarters of the time", m.loaded())
		}
		time.Sleep(200 * time.Millisecond)
		for range 5 {
			began := time.Now()
			if _, found := shown(t, c, 1); found != timing.Hit || time.Since(began) > 0 {
				t.Errorf("lookup %d after %v, want a hit at once", found, time.Since(began))
			}
		}
		time.Sleep(m.cost)
		synctest.Wait()
		if m.loaded() != 2 {
			t.Errorf("%d loads, want one behind the hits", m.loaded())
		}
		time.Sleep(time.Second) // the first page would be gone
		if _, found := shown(t, c, 1); found != timing.Hit {
			t.Errorf("lookup %d: what was loaded behind was not kept", found)
		}
	})
}

func TestOneLoadForAllWhoMiss(t *testing.T) {
	const readers = 50
	all := func(t *testing.T, m *memory, c Strategy) int {
		var wg sync.WaitGroup
		for range readers {
			wg.Go(func() { shown(t, c, 1) })
		}
		wg.Wait()
		return m.loaded()
	}
	each(t, oneFlight, nil, func(t *testing.T, m *memory, c Strategy) {
		if n := all(t, m, c); n != 1 {
			t.Errorf("%d loads, want 1", n)
		}
	})
	for _, on := range []bool{true, false} {
		want := map[bool]int{true: 1, false: readers}[on]
		each(t, caching, func(s *Settings) { s.Flight = on }, func(t *testing.T, m *memory, c Strategy) {
			if n := all(t, m, c); n != want {
				t.Errorf("flight %v: %d loads, want %d", on, n, want)
			}
		})
	}
}

// A hot page expires under load: without flights, all who come while it is loaded load too.
func TestStampede(t *testing.T) {
	const rate = 2000 // requests a second
	for _, on := range []bool{true, false} {
		each(t, []string{"ttl", "aside", "read-through", "write-through", "write-behind"}, func(s *Settings) { s.Flight = on }, func(t *testing.T, m *memory, c Strategy) {
			shown(t, c, 1)
			time.Sleep(1500 * time.Millisecond)
			before := m.loaded()
			var wg sync.WaitGroup
			for range rate { // one second, in whose middle the page expires
				wg.Go(func() { shown(t, c, 1) })
				time.Sleep(time.Second / rate)
			}
			wg.Wait()
			loads := m.loaded() - before
			least := int(rate * m.cost.Seconds() / 2)
			if on && loads != 1 || !on && loads < least {
				t.Errorf("flight %v: %d loads, want 1, or without flights at least %d", on, loads, least)
			}
		})
	}
}

// Who began a load may give up; the others get their answer all the same.
func TestLoadOutlivesWhoBeganIt(t *testing.T) {
	each(t, oneFlight, nil, func(t *testing.T, m *memory, c Strategy) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Summary(ctx, 1); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() { shown(t, c, 1) })
		}
		wg.Wait()
		if m.loaded() != 2 {
			t.Errorf("%d loads, want the one given up and one more", m.loaded())
		}
	})
}

// A load that a write overtook is not kept, and who asks after the write does not wait for it.
func TestLoadOvertakenByAWrite(t *testing.T) {
	each(t, append([]string{"aside"}, neverOld...), func(s *Settings) { s.Lease = true }, func(t *testing.T, m *memory, c Strategy) {
		var wrote sync.WaitGroup
		m.middle = func() {
			wrote.Go(func() { set(t, c, 1, "a") })
			time.Sleep(2 * m.cost)
		}
		var wg sync.WaitGroup
		wg.Go(func() { shown(t, c, 1) })
		time.Sleep(m.cost / 2)
		synctest.Wait()
		wrote.Wait()
		if version, _ := shown(t, c, 1); version != "a" {
			t.Errorf("while the old load goes on: %q, want the new headline", version)
		}
		wg.Wait()
		if version, _ := shown(t, c, 1); version != "a" {
			t.Errorf("after it: %q, want the new headline", version)
		}
	})
}

// A price shows on the category's page: what is kept of it goes, but where time alone decides.
func TestChangedPageGoes(t *testing.T) {
	for name, change := range map[string]func(Strategy){
		"one": func(c Strategy) { c.Changed(1) }, "all": Strategy.AllChanged,
	} {
		t.Run(name, func(t *testing.T) {
			each(t, caching, nil, func(t *testing.T, m *memory, c Strategy) {
				want := timing.Miss
				switch c.(type) {
				case *ttl, *staleWhileRevalidate:
					want = timing.Hit
				}
				shown(t, c, 1)
				change(c)
				if _, found := shown(t, c, 1); found != want {
					t.Errorf("lookup %d, want %d", found, want)
				}
			})
		})
	}
}

func TestNegative(t *testing.T) {
	const nowhere = memoryCategories + 1
	for _, kept := range []time.Duration{0, time.Second} {
		each(t, caching, func(s *Settings) { s.Negative = kept }, func(t *testing.T, m *memory, c Strategy) {
			ask := func() {
				t.Helper()
				var missing *catalogue.NotFoundError
				if s, err := c.Summary(t.Context(), nowhere); !errors.As(err, &missing) {
					t.Errorf("%+v, %v", s, err)
				}
			}
			ask()
			ask()
			if want := map[bool]int{true: 2, false: 1}[kept == 0]; m.loaded() != want {
				t.Errorf("kept for %v: %d loads, want %d", kept, m.loaded(), want)
			}
			before := m.loaded()
			time.Sleep(kept)
			ask()
			if m.loaded() != before+1 {
				t.Errorf("%d loads after its time, want one more than %d", m.loaded(), before)
			}
			var missing *catalogue.NotFoundError
			if err := c.SetHeadline(t.Context(), catalogue.Headline{CategoryID: nowhere}); !errors.As(err, &missing) {
				t.Errorf("a headline for no category: %v", err)
			}
		})
	}
}

// A write that failed, or may have, leaves no page of before it.
func TestWriteInDoubt(t *testing.T) {
	each(t, []string{"aside", "read-through", "write-through", "refresh-ahead"}, nil, func(t *testing.T, m *memory, c Strategy) {
		shown(t, c, 1)
		m.failing, m.inDoubt = 1, true
		if err := c.SetHeadline(t.Context(), catalogue.Headline{CategoryID: 1, Version: "a"}); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		if version, _ := shown(t, c, 1); version != "a" {
			t.Errorf("%q, want what was written all the same", version)
		}
	})
}

// Write-through shows a write without a load, where the page is kept.
func TestWriteThroughKeepsThePage(t *testing.T) {
	each(t, []string{"write-through", "write-behind"}, nil, func(t *testing.T, m *memory, c Strategy) {
		shown(t, c, 1)
		set(t, c, 1, "a")
		if version, found := shown(t, c, 1); version != "a" || found != timing.Hit || m.loaded() != 1 {
			t.Errorf("%q, lookup %d, %d loads", version, found, m.loaded())
		}
	})
}

// A page that was evicted while its write waits is shown with it all the same.
func TestEvictedWhileItsWriteWaits(t *testing.T) {
	each(t, []string{"write-behind"}, func(s *Settings) { s.Size = 1 }, func(t *testing.T, m *memory, c Strategy) {
		shown(t, c, 1)
		set(t, c, 1, "a")
		for i := range int64(20) { // asked for more often than the first
			shown(t, c, 2+i/10)
		}
		c.(*writeBehind).entries.CleanUp()
		if version, found := shown(t, c, 1); version != "a" || found != timing.Miss || m.version(1) != "" {
			t.Errorf("%q, lookup %d, %q in the database: want a miss, and the headline of the queue", version, found, m.version(1))
		}
	})
}

// The queue keeps the last value of a key, in the order of first changes, and is flushed by the batch or after the interval.
func TestQueueIsFlushed(t *testing.T) {
	each(t, []string{"write-behind"}, func(s *Settings) { s.Batch = 3 }, func(t *testing.T, m *memory, c Strategy) {
		began := time.Now()
		set(t, c, 5, "a")
		set(t, c, 2, "b")
		set(t, c, 5, "c")
		if time.Since(began) > 0 {
			t.Errorf("the writes took %v, want no time", time.Since(began))
		}
		time.Sleep(499 * time.Millisecond)
		if batches, _ := m.written(); len(batches) != 0 {
			t.Errorf("%d batches before the interval", len(batches))
		}
		time.Sleep(time.Millisecond + m.cost)
		synctest.Wait()
		for i := range int64(4) {
			set(t, c, 10+i, "d")
		}
		time.Sleep(m.cost)
		synctest.Wait()
		const want = "[[{5 h c} {2 h b}] [{10 h d} {11 h d} {12 h d}]]" // the second was full, and written at once
		batches, _ := m.written()
		if got := fmt.Sprint(batches); got != want {
			t.Errorf("batches %v, want %v", got, want)
		}
	})
}

// A flush that fails is tried again, and nothing of it is lost or overtaken meanwhile.
func TestFlushFailsTwice(t *testing.T) {
	for _, doubt := range []bool{false, true} {
		each(t, []string{"write-behind"}, nil, func(t *testing.T, m *memory, c Strategy) {
			m.failing, m.inDoubt = 2, doubt
			set(t, c, 1, "a")
			set(t, c, 2, "b")
			time.Sleep(600 * time.Millisecond) // the first flush has failed
			set(t, c, 1, "c")
			if version, _ := shown(t, c, 1); version != "c" {
				t.Errorf("%q between the flushes, want the last", version)
			}
			time.Sleep(3 * time.Second)
			synctest.Wait()
			if _, failing := m.written(); m.version(1) != "c" || m.version(2) != "b" || failing != 0 {
				t.Errorf("the database has %q and %q, and %d failures are to come", m.version(1), m.version(2), failing)
			}
		})
	}
}

// A write waits where the queue is full, for as long as its request does.
func TestFullQueue(t *testing.T) {
	each(t, []string{"write-behind"}, func(s *Settings) { s.Queue = 2 }, func(t *testing.T, m *memory, c Strategy) {
		set(t, c, 1, "a")
		set(t, c, 2, "b")
		set(t, c, 2, "c") // takes no room
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := c.SetHeadline(ctx, catalogue.Headline{CategoryID: 3}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a write that gives up: %v", err)
		}
		began := time.Now()
		set(t, c, 3, "d")
		if waited := time.Since(began); waited != 400*time.Millisecond+m.cost {
			t.Errorf("a write waited for %v, want until the flush ended", waited)
		}
		time.Sleep(time.Second)
	})
}

// What waits is written when the service ends.
func TestCloseFlushes(t *testing.T) {
	each(t, []string{"write-behind"}, func(s *Settings) { s.Batch = 2 }, func(t *testing.T, m *memory, c Strategy) {
		for id := range int64(5) {
			set(t, c, id+1, "a")
		}
		m.failing = 1
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
		for id := range int64(5) {
			if m.version(id+1) != "a" {
				t.Errorf("category %d: %q", id+1, m.version(id+1))
			}
		}
		if err := c.SetHeadline(t.Context(), catalogue.Headline{CategoryID: 1}); err == nil {
			t.Error("a write after the end was accepted")
		}
	})
}

// What could not be written by the end of patience is counted.
func TestCloseGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		c, err := Open(m, Defaults("write-behind"))
		if err != nil {
			t.Fatal(err)
		}
		m.failing = 1000
		set(t, c, 1, "a")
		set(t, c, 2, "b")
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		want := "write-behind: 2 headlines could not be written to the database before the end and are lost"
		if err := c.Close(ctx); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	})
}

func TestJitter(t *testing.T) {
	each(t, []string{"read-through"}, func(s *Settings) { s.Jitter = 0.5 }, func(t *testing.T, m *memory, c Strategy) {
		const many = 200
		for id := range int64(many) {
			shown(t, c, id+1)
		}
		gone := func(ids int64) (n int) {
			for id := range ids {
				if _, ok := c.(*readThrough).lookup(t.Context(), id+1); !ok {
					n++
				}
			}
			return n
		}
		time.Sleep(time.Second - many*m.cost)
		if n := gone(many); n != 0 {
			t.Errorf("%d pages are gone after half their time", n)
		}
		time.Sleep(many*m.cost + 200*time.Millisecond)
		if n := gone(many); n == 0 || n == many {
			t.Errorf("%d of %d pages are gone, want a part", n, many)
		}
		time.Sleep(time.Second)
		if n := gone(many); n != many {
			t.Errorf("%d of %d pages are gone after their time", n, many)
		}
	})
}

// Server-Timing keeps what the cache spent apart from the database.
func TestTimeOfAMiss(t *testing.T) {
	each(t, caching, nil, func(t *testing.T, m *memory, c Strategy) {
		for _, want := range []string{"cache;dur=0.000, db;dur=3.000", "cache;dur=0.000"} {
			var r timing.Request
			if _, err := c.Summary(timing.With(t.Context(), &r), 1); err != nil || r.Header() != want {
				t.Errorf("%v, %q: want %q", err, r.Header(), want)
			}
		}
	})
}
