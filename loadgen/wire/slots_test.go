package wire

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Slots are a multiset of instants of which the earliest is taken; the slow twin sorts it each time.
func TestSlotsAreTakenTheLongestFreeFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "slots")
		s, twin := newSlots(n), make([]time.Duration, n)
		var now time.Duration
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if s.n > 0 && (s.n == n || rapid.Bool().Draw(t, "take")) {
				if got := s.take(); got != twin[0] {
					t.Fatalf("took %v, want %v", got, twin[0])
				}
				twin = twin[1:]
			} else {
				// Answers are read in another order than they came in.
				now += time.Duration(rapid.IntRange(0, 10).Draw(t, "later"))
				at := now - time.Duration(rapid.IntRange(0, 5).Draw(t, "earlier"))
				s.release(at)
				twin = append(twin, at)
				slices.Sort(twin)
			}
			want := time.Duration(-1)
			if len(twin) > 0 {
				want = twin[0]
			}
			if s.since() != want || s.n != len(twin) {
				t.Fatalf("%d free since %v, want %d since %v", s.n, s.since(), len(twin), want)
			}
		}
	})
}
