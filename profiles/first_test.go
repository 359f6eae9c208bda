package profiles

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The first n arrivals are those of the whole schedule, in the phases that they had, and all lie before the end.
func TestFirstArrivalsAreThoseOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile().Draw(t, "profile")
		whole, err := NewSchedule(p, rapid.Uint64().Draw(t, "seed"))
		if err != nil {
			t.Fatal(err)
		}
		n := rapid.Uint64Range(1, whole.Total()+2).Draw(t, "n")
		first := whole.First(n)
		if want := min(n, whole.Total()); first.Total() != want {
			t.Fatalf("%d arrivals, want %d", first.Total(), want)
		}
		a, b := first.Cursor(), whole.Cursor()
		var last time.Duration
		for range first.Total() {
			k, at, ok := a.Next()
			wantK, wantAt, _ := b.Next()
			if !ok || k != wantK || at != wantAt || first.At(k) != at || at >= first.Duration() {
				t.Fatalf("arrival %d is due at %v (At %v) of %v, want %d at %v", k, at, first.At(k), first.Duration(), wantK, wantAt)
			}
			last = at
		}
		if _, _, ok := a.Next(); ok {
			t.Fatal("there are more")
		}
		if got := first.Count(last + 1); got != first.Total() {
			t.Fatalf("Count after the last one is %d, want %d", got, first.Total())
		}
		spans, all := first.Spans(), whole.Spans()
		var counted uint64
		for i, s := range spans {
			counted += s.Count
			if whole := i < len(spans)-1; s.Start != all[i].Start || s.First != all[i].First || whole && s != all[i] || s.End <= s.Start {
				t.Fatalf("phase %d is %+v, and was %+v", i, s, all[i])
			}
		}
		if counted != first.Total() || spans[len(spans)-1].End != first.Duration() {
			t.Fatalf("spans %+v of %d arrivals in %v", spans, first.Total(), first.Duration())
		}
		cut := p.Until(first.Duration())
		if cut.Duration() != first.Duration() || len(cut.Phases) != len(spans) {
			t.Fatalf("the profile until %v is %+v", first.Duration(), cut)
		}
	})
}

func TestFirstEndsWhereTheNextWouldHaveBeen(t *testing.T) {
	p := Profile{Name: "x", Arrivals: Even, Phases: []Phase{
		{"a", Hold, 10 * time.Second, 100, 100, 0, 0}, {"pause", Hold, 5 * time.Second, 0, 0, 0, 0}, {"b", Ramp, 10 * time.Second, 0, 100, 0, 0},
	}}
	s, err := NewSchedule(p, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		n      uint64
		end    time.Duration
		phases int
		why    string
	}{
		{1, 10 * time.Millisecond, 1, "the next one would have been due then"},
		{100, time.Second, 1, "100 at 100/s"},
		{1000, 10 * time.Second, 1, "the next one is due after a pause, which is not waited for"},
		{1001, 15*time.Second + 447213595, 3, "N(t) = 5t² = 1, t = 0.447 s, of the ramp"},
		{1500, 25 * time.Second, 3, "all of it"},
	} {
		first := s.First(tc.n)
		if got := first.Duration(); (got-tc.end).Abs() > 1 || len(first.Spans()) != tc.phases {
			t.Errorf("the first %d end at %v in phase %d, want %v in %d: %s", tc.n, got, len(first.Spans()), tc.end, tc.phases, tc.why)
		}
	}
	if got := p.Until(17500 * time.Millisecond).Phases[2]; got != (Phase{"b", Ramp, 2500 * time.Millisecond, 0, 25, 0, 0}) {
		t.Errorf("a quarter of the ramp is %+v", got)
	}
}
