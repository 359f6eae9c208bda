package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
	"github.com/seed-5a006608/bench/targets/timing"
)

// A write that failed, or may have, leaves no page of before it.
func TestWriteInDoubt(t *testing.T) {
	each(t, []string{"aside", "read-through", "write-through", "refresh-ahead"}, nil, func(t *testing.T, m *memory, c Strategy) {
		shown(t, c, 1)
		m.fail(1, true)
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
			m.fail(2, doubt)
			set(t, c, 1, "a")
			set(t, c, 2, "b")
			time.Sleep(600 * time.Millisecond) // the first flush has failed
			set(t, c, 1, "c")
			if version, _ := shown(t, c, 1); version != "c" {
				t.Errorf("%q between the flushes, want the last", version)
			}
			if version, _ := shown(t, c, 2); version != "b" {
				t.Errorf("%q of a page that is being flushed, want what waits", version)
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
		m.fail(1, false)
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
		m.fail(1000, false)
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

// Writes of one key take turns in write-through, those of two do not.
func TestWritesOfAKeyTakeTurns(t *testing.T) {
	each(t, []string{"write-through"}, nil, func(t *testing.T, m *memory, c Strategy) {
		for second, want := range map[int64]time.Duration{1: 2 * m.cost, 2: m.cost} {
			began := time.Now()
			var wg sync.WaitGroup
			for _, id := range []int64{1, second} {
				wg.Go(func() { set(t, c, id, "a") })
			}
			wg.Wait()
			if took := time.Since(began); took != want {
				t.Errorf("writes of 1 and %d took %v, want %v", second, took, want)
			}
		}
	})
}

// Of two writes whose order nobody knows neither is shown from memory.
func TestUpdateOvertakenByAWrite(t *testing.T) {
	each(t, []string{"write-through"}, nil, func(t *testing.T, m *memory, c Strategy) {
		p := c.(*writeThrough).pages
		lease := p.lease(1)
		p.wrote(1)
		shown(t, c, 1)
		p.update(catalogue.Headline{CategoryID: 1, Version: "a"}, lease)
		if version, found := shown(t, c, 1); version == "a" || found != timing.Miss {
			t.Errorf("%q, lookup %d: want another load", version, found)
		}
	})
}

// Who finds a page missing just before its load ends has no other begin.
func TestLoadThatHasJustEnded(t *testing.T) {
	each(t, []string{"read-through"}, nil, func(t *testing.T, m *memory, c Strategy) {
		shown(t, c, 1)
		if s, err := c.(*readThrough).load(t.Context(), 1, page{}); err != nil || s.Category.ID != 1 || m.loaded() != 1 {
			t.Errorf("%+v, %v after %d loads, want the page that is kept", s, err, m.loaded())
		}
	})
}

// watched is a database that tells how long its longest transactions took, each with what it took to try it again.
type watched struct {
	*memory
	began time.Time // of the batch that is not written yet
	most  atomic.Int64
}

func (w *watched) longest() time.Duration { return time.Duration(w.most.Load()) }

func (w *watched) SetHeadlines(ctx context.Context, list []catalogue.Headline) error {
	if w.began.IsZero() {
		w.began = time.Now()
	}
	err := w.memory.SetHeadlines(ctx, list)
	if err == nil {
		w.most.Store(max(w.most.Load(), int64(time.Since(w.began))))
		w.began = time.Time{}
	}
	return err
}

// Whenever the process is killed, no more headlines are lost than are written in the interval and the longest flush, and one batch;
// and none that was written longer ago than that.
func TestKillLosesNoMoreThanTheQueueMayHold(t *testing.T) {
	for _, tc := range []struct {
		what            string
		every, cost     time.Duration // between two writes, and of a transaction
		batch, failures int
	}{
		{"batches fill", time.Millisecond, 90 * time.Millisecond, 100, 0},
		{"the interval ends first", 20 * time.Millisecond, 90 * time.Millisecond, 100, 0},
		{"flushes fail", 2 * time.Millisecond, 10 * time.Millisecond, 50, 2},
	} {
		t.Run(tc.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &watched{memory: newMemory()}
				m.cost = tc.cost
				s := Defaults("write-behind")
				s.Batch = tc.batch
				c, err := Open(m, s)
				if err != nil {
					t.Fatal(err)
				}
				m.fail(tc.failures, false)
				acknowledged, most := map[int64]string{}, 0
				gone := func() (n int) {
					for id, version := range acknowledged {
						if m.version(id) != version {
							n++
						}
					}
					return n
				}
				for i := range 2000 {
					id, version := int64(i*7919%memoryCategories)+1, fmt.Sprint(i)
					set(t, c, id, version)
					acknowledged[id] = version
					most = max(most, gone())
					time.Sleep(tc.every)
				}
				time.Sleep(s.Interval + m.longest())
				synctest.Wait()
				if n := gone(); n > 0 {
					t.Errorf("%d are not in the database so long after the last write", n)
				}
				if bound := int((s.Interval+m.longest())/tc.every) + s.Batch; most > bound || most == 0 {
					t.Errorf("a kill loses up to %d, want at most %d", most, bound)
				} else {
					t.Logf("up to %d of at most %d, the longest flush took %v", most, bound, m.longest())
				}
				if err := c.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
