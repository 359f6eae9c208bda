package users

import (
	"testing"
	"time"
)

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
