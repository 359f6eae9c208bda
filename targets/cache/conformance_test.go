package cache

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

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

// A pause between a load and its set ends with the request, and what was loaded is kept all the same.
func TestPauseEndsWithTheRequest(t *testing.T) {
	each(t, []string{"ttl", "aside"}, func(s *Settings) { s.Pause = time.Second }, func(t *testing.T, m *memory, c Strategy) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		began := time.Now()
		if _, err := c.Summary(ctx, 1); err != nil || time.Since(began) != 10*time.Millisecond {
			t.Errorf("%v after %v, want the page when the request gives up", err, time.Since(began))
		}
		if _, found := shown(t, c, 1); found != timing.Hit {
			t.Errorf("lookup %d, want a hit", found)
		}
	})
}

// A load that a write overtook is not kept, and who asks after the write does not wait for it.
func TestLoadOvertakenByAWrite(t *testing.T) {
	each(t, append([]string{"aside"}, neverOld...), func(s *Settings) { s.Lease = true }, func(t *testing.T, m *memory, c Strategy) {
		var wrote sync.WaitGroup
		m.meanwhile(func() {
			wrote.Go(func() { set(t, c, 1, "a") })
			time.Sleep(2 * m.cost)
		})
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
