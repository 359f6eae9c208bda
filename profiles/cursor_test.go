package profiles

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRandomAccessIsTheCursorsSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, s := anySchedule(t)
		at := arrivals(s)
		if len(at) == 0 {
			t.Skip("a Poisson schedule without arrivals")
		}
		for range 10 {
			k := rapid.IntRange(0, len(at)-1).Draw(t, "k")
			if got := s.At(uint64(k)); got != at[k] {
				t.Fatalf("At(%d) = %d, the cursor says %d", k, got, at[k])
			}
		}
		c := s.Cursor()
		for range 10 { // forwards and backwards, to the end and beyond it
			k := rapid.IntRange(0, len(at)+2000).Draw(t, "seek")
			c.Seek(uint64(k))
			for ; k < len(at) && rapid.Bool().Draw(t, "on"); k++ {
				if got, due, ok := c.Next(); !ok || got != uint64(k) || due != at[k] {
					t.Fatalf("Next() after Seek = %d, %d, %v, want %d, %d", got, due, ok, k, at[k])
				}
			}
			if k >= len(at) {
				if got, due, ok := c.Next(); ok || got != s.Total() || due != s.Duration() {
					t.Fatalf("Next() at the end = %d, %v, %v, want %d, %v, false", got, due, ok, s.Total(), s.Duration())
				}
			}
		}
	})
}

// Every arrival on either side of a checkpoint, where a sequence is taken up.
func TestCheckpointsDoNotShow(t *testing.T) {
	p := steady(10_000, time.Second)
	p.Arrivals = Poisson
	s := mustSchedule(t, p, 3)
	at := arrivals(s)
	for k := range at {
		if m := k % checkpointEvery; m > 2 && m < checkpointEvery-2 {
			continue
		}
		if got := s.At(uint64(k)); got != at[k] {
			t.Errorf("At(%d) = %d, the cursor says %d", k, got, at[k])
		}
		if before, with := s.Count(at[k]), s.Count(at[k]+1); before > uint64(k) || with <= uint64(k) {
			t.Errorf("Count(At(%d)) = %d and 1 ns later %d, want at most and more than %d", k, before, with, k)
		}
	}
}

// A checkpoint is the cursor's own state, to the last bit.
func TestCheckpointsAreTheCursorsState(t *testing.T) {
	for _, p := range poissonProfiles {
		s := mustSchedule(t, p, 5)
		c := s.Cursor()
		for j, want := range s.checkpoints {
			for c.k < uint64(j)*checkpointEvery {
				c.Next()
			}
			if c.drawn != want {
				t.Errorf("%s: before arrival %d the cursor is at %+v, the checkpoint at %+v", p.Name, c.k, c.drawn, want)
			}
		}
	}
}

// The arrival before may have been rounded up past this one, too rarely to wait for it: so it is put there.
func TestTimeNeverGoesBack(t *testing.T) {
	s := mustSchedule(t, poissonProfiles[0], 5)
	c := s.Cursor()
	c.Seek(100)
	c.drawn.last = s.At(100) + 1
	if _, at, _ := c.Next(); at != s.At(100)+1 {
		t.Errorf("Next() = %d after an arrival at %d", at, s.At(100)+1)
	}
}

// N loops that take k ≡ i mod N send exactly the single run's arrivals.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, s := anySchedule(t)
		n := rapid.Uint64Range(1, 7).Draw(t, "loops")
		at, seen := arrivals(s), 0
		for i := range n {
			c := s.Cursor()
			for k := i; k < s.Total(); k += n {
				c.Seek(k)
				if got, due, _ := c.Next(); got != k || due != at[k] {
					t.Fatalf("loop %d of %d sends %d at %d, want %d at %d", i, n, got, due, k, at[k])
				}
				seen++
			}
		}
		if seen != len(at) {
			t.Fatalf("%d loops send %d arrivals, want %d", n, seen, len(at))
		}
	})
}

func TestHotPathDoesNotAllocate(t *testing.T) {
	for _, kind := range []Arrivals{Even, Poisson} {
		p := shouldered
		p.Arrivals = kind
		s := mustSchedule(t, p, 1)
		c, sink := s.Cursor(), time.Duration(0)
		for what, f := range map[string]func(){
			"Next":    func() { _, at, _ := c.Next(); sink += at },
			"Seek":    func() { c.Seek(5000) },
			"At":      func() { sink += s.At(4000) },
			"Count":   func() { sink += time.Duration(s.Count(12 * time.Second)) },
			"PhaseAt": func() { sink += time.Duration(s.PhaseAt(12 * time.Second)) },
		} {
			if n := testing.AllocsPerRun(100, f); n != 0 {
				t.Errorf("%s of a schedule with %s arrivals allocates %v times, want 0", what, kind, n)
			}
		}
	}
}

func benchSchedule(b *testing.B, kind Arrivals) *Schedule {
	p := Profile{Name: "bench", Arrivals: kind, Phases: []Phase{
		{"up", Ramp, 30 * time.Second, 0, 20_000, 0, 0}, {"hold", Hold, 30 * time.Second, 20_000, 20_000, 0, 0},
		{"down", Ramp, 30 * time.Second, 20_000, 0, 0, 0},
	}}
	return mustSchedule(b, p, 1)
}

func BenchmarkNext(b *testing.B) {
	for _, kind := range []Arrivals{Even, Poisson} {
		b.Run(fmt.Sprintf("arrivals=%s", kind), func(b *testing.B) {
			s := benchSchedule(b, kind)
			c, last := s.Cursor(), time.Duration(0)
			for b.Loop() {
				_, at, ok := c.Next()
				if !ok {
					c, last = s.Cursor(), 0
					continue
				}
				if at < last {
					b.Fatalf("%v after %v", at, last)
				}
				last = at
			}
		})
	}
}

func BenchmarkAt(b *testing.B) {
	for _, kind := range []Arrivals{Even, Poisson} {
		b.Run(fmt.Sprintf("arrivals=%s", kind), func(b *testing.B) {
			s := benchSchedule(b, kind)
			k := uint64(0)
			for b.Loop() {
				if at := s.At(k); at >= s.Duration() {
					b.Fatalf("At(%d) = %v", k, at)
				}
				k = (k + 7919) % s.Total()
			}
		})
	}
}

func BenchmarkCount(b *testing.B) {
	for _, kind := range []Arrivals{Even, Poisson} {
		b.Run(fmt.Sprintf("arrivals=%s", kind), func(b *testing.B) {
			s := benchSchedule(b, kind)
			x := time.Duration(0)
			for b.Loop() {
				if n := s.Count(x); n > s.Total() {
					b.Fatalf("Count(%v) = %d of %d", x, n, s.Total())
				}
				x = (x + 7919*time.Microsecond) % s.Duration()
			}
		})
	}
}

func BenchmarkNewSchedule(b *testing.B) {
	for _, kind := range []Arrivals{Even, Poisson} {
		b.Run(fmt.Sprintf("arrivals=%s/n=1200000", kind), func(b *testing.B) {
			for b.Loop() {
				if s := benchSchedule(b, kind); s.Total() < 1_190_000 || s.Total() > 1_210_000 {
					b.Fatal(s.Total())
				}
			}
		})
	}
}
