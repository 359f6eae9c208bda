package loadgen

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLatenessCountsEachMillisecondOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l, a, b lateness
		marked := map[int]bool{}
		for i := range rapid.IntRange(0, 8).Draw(t, "spans") {
			from := rapid.IntRange(0, 5000).Draw(t, "from")
			to := from + rapid.IntRange(1, 3000).Draw(t, "length")
			half := &a
			if i%2 == 1 {
				half = &b
			}
			half.mark(time.Duration(from)*time.Millisecond, time.Duration(to)*time.Millisecond)
			for ms := from; ms < to; ms++ {
				marked[ms] = true
			}
		}
		l.add(&a)
		l.add(&b)
		from := rapid.IntRange(0, 9000).Draw(t, "window")
		to := from + rapid.IntRange(1, 9000).Draw(t, "width")
		want := 0
		for ms := from; ms < to; ms++ {
			if marked[ms] {
				want++
			}
		}
		got := l.within(time.Duration(from)*time.Millisecond, time.Duration(to)*time.Millisecond)
		if got != time.Duration(want)*time.Millisecond {
			t.Fatalf("late for %v in [%d, %d) ms, want %d ms", got, from, to, want)
		}
	})
}

func TestLatenessOfPartsOfAMillisecond(t *testing.T) {
	var l lateness
	l.mark(1500*time.Microsecond, 3200*time.Microsecond) // touches the milliseconds 1, 2 and 3
	if got := l.within(0, time.Second); got != 3*time.Millisecond {
		t.Errorf("late for %v, want 3ms", got)
	}
}
