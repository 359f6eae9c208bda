package exchange

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// It gives back what it was given, in order of due time.
func TestLaterIsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Later
		var in []followUp
		for k := range uint64(rapid.IntRange(0, 40).Draw(t, "n")) {
			at := time.Duration(rapid.IntRange(0, 9).Draw(t, "at"))
			l.Push(k, at)
			in = append(in, followUp{at, k})
			if rapid.Bool().Draw(t, "pop") {
				slices.SortFunc(in, compare)
				pop(t, &l, in[0])
				in = in[1:]
			}
		}
		slices.SortFunc(in, compare)
		for _, want := range in {
			pop(t, &l, want)
		}
		if _, _, ok := l.First(); ok || l.Len() != 0 {
			t.Fatalf("%d are left", l.Len())
		}
	})
}

func compare(a, b followUp) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.k, b.k)) }

func pop(t *rapid.T, l *Later, want followUp) {
	if k, at, ok := l.First(); !ok || at != want.at || k != want.k {
		t.Fatalf("first is %d at %v, want %+v", k, at, want)
	}
	l.Pop()
}

// What was due before sending ended is recorded; held up by bench from when a slot was free.
func TestGiveUpRecordsWhatWasDue(t *testing.T) {
	var l Later
	for k, at := range []time.Duration{10, 30, 50, 70} {
		l.Push(uint64(k), at)
	}
	var got []Exchange
	l.GiveUp(&End{At: 100, Stopped: 60, FreeSince: 40}, func(x *Exchange) { got = append(got, *x) })
	if len(got) != 3 || l.Len() != 1 {
		t.Fatalf("%d were due, %d are left: %+v", len(got), l.Len(), got)
	}
	for i, want := range []struct{ wait, lag time.Duration }{{30, 20}, {10, 20}, {0, 10}} {
		if x := &got[i]; x.Outcome != Unsent || x.Wait() != want.wait || x.Lag() != want.lag || x.Response() != 100-x.Intended {
			t.Errorf("%+v: wait %v, lag %v, want %+v", x, x.Wait(), x.Lag(), want)
		}
	}
}
