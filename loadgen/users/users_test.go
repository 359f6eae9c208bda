package users

import (
	"testing"
	"time"
)

// Who goes on does not begin anew, and does so when nobody else asks any more.
func TestWhoGoesOnBeginsNothingElse(t *testing.T) {
	w := New(Config{Count: 2, Length: 100, Think: func(uint64) time.Duration { return 10 }, Present: func(_ int, at time.Duration) time.Duration { return at }})
	first, second := w.Ask(), w.Ask()
	w.GoOn(first, 7, 120)
	w.Over(first, 7, 90)
	w.Over(second, 8, 50)
	if k, ok := w.Follows(); ok || w.Due() != 60 {
		t.Errorf("number %d follows, %v, at %d", k, ok, w.Due())
	}
	w.Close()
	if k, ok := w.Follows(); !ok || k != 7 || w.Due() != 120 || w.Ask() != first {
		t.Errorf("number %d follows, %v, at %d", k, ok, w.Due())
	}
	w.Over(first, 7, 130)
	if w.Due() != Never {
		t.Errorf("somebody begins at %d, after the end", w.Due())
	}
}

// The first to ask is the one who has thought first, whoever was answered first.
func TestWhoHasThoughtAsksFirst(t *testing.T) {
	thinks := []time.Duration{50, 10, 30, 20, 40}
	w := New(Config{
		First: 1, Step: 2, Count: 5, Length: 200,
		Think:   func(k uint64) time.Duration { return thinks[k%5] },
		Present: func(u int, at time.Duration) time.Duration { return max(at, time.Duration(u)) },
	})
	var last time.Duration
	asked := map[int]int{}
	for k := uint64(0); w.Due() != Never; k++ {
		at := w.Due()
		if at < last || at >= 200 {
			t.Fatalf("request %d is asked at %d, after one at %d", k, at, last)
		}
		last = at
		u := w.Ask()
		if asked[u]++; u%2 != 1 || u > 9 {
			t.Fatalf("user %d of 1, 3, … 9", u)
		}
		w.Over(u, k, at+5)
	}
	if len(asked) != 5 || last < 150 {
		t.Errorf("%v asked, the last at %d", asked, last)
	}
}
