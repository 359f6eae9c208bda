package cache

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/targets/catalogue"
)

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
