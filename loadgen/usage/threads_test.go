package usage

import (
	"testing"
	"time"
)

func TestThreadTotalsNeverFall(t *testing.T) {
	totals := newThreadTotals()
	look := func(threads map[int]schedule) schedule {
		for tid, s := range threads {
			totals.see(tid, s)
		}
		return totals.total()
	}
	for _, tc := range []struct {
		threads  map[int]schedule
		delay    time.Duration
		switches uint64
		why      string
	}{
		{map[int]schedule{1: {100, 10}, 2: {50, 5}}, 150, 15, "the first look"},
		{map[int]schedule{1: {110, 11}, 2: {50, 5}}, 160, 16, "one thread went on"},
		{map[int]schedule{1: {120, 12}}, 170, 17, "a thread ended: what it counted stays"},
		{map[int]schedule{1: {120, 12}, 3: {7, 1}}, 177, 18, "a new one"},
		{map[int]schedule{1: {3, 1}, 3: {7, 1}}, 180, 19, "another thread got the number of an ended one"},
		{map[int]schedule{1: {3, 1}, 3: {7, 1}}, 180, 19, "nothing happened"},
		{map[int]schedule{}, 180, 19, "all ended"},
		{map[int]schedule{4: {1, 1}}, 181, 20, "one more"},
	} {
		if got := look(tc.threads); got.delay != tc.delay || got.switches != tc.switches {
			t.Errorf("%s: total %+v, want %d ns and %d switches", tc.why, got, tc.delay, tc.switches)
		}
	}
	totals.see(5, schedule{1000, 1000})
	totals.abandon()
	if got := look(map[int]schedule{4: {2, 2}}); got != (schedule{182, 21}) {
		t.Errorf("after an abandoned look: total %+v, want {182 21}", got)
	}
}
