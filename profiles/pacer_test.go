package profiles

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
	"pgregory.net/rapid"
)

var _ vegeta.Pacer = (*Pacer)(nil)

func TestPace(t *testing.T) {
	s := mustSchedule(t, steady(10, time.Second), 0)
	p := NewPacer(s)
	for _, tc := range []struct {
		elapsed time.Duration
		hits    uint64
		wait    time.Duration
		stop    bool
		why     string
	}{
		{0, 0, 0, false, "the first arrival is due at once"},
		{30 * time.Millisecond, 1, 70 * time.Millisecond, false, "due at 100 ms"},
		{30 * time.Millisecond, 1, 70 * time.Millisecond, false, "asking twice changes nothing"},
		{250 * time.Millisecond, 2, 0, false, "50 ms late: at once"},
		{250 * time.Millisecond, 9, 650 * time.Millisecond, false, "hits may jump ahead"},
		{950 * time.Millisecond, 10, 0, true, "ten arrivals are all"},
		{5 * time.Second, 4, 0, false, "what is late is still sent after the end, and hits may jump back"},
		{0, 1 << 63, 0, true, "far beyond the end"},
	} {
		if wait, stop := p.Pace(tc.elapsed, tc.hits); wait != tc.wait || stop != tc.stop {
			t.Errorf("Pace(%v, %d) = %v, %v, want %v, %v (%s)", tc.elapsed, tc.hits, wait, stop, tc.wait, tc.stop, tc.why)
		}
	}
	if got := p.Rate(500 * time.Millisecond); got != 10 {
		t.Errorf("Rate = %v, want 10", got)
	}
	if got, want := p.String(), "10 even arrivals in 1s, 1 phases"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// vegeta's own attack, on a virtual clock against a server that takes no time, hits exactly by the schedule.
func TestVegetaKeepsTheSchedule(t *testing.T) {
	ok := roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
	})
	for _, kind := range []Arrivals{Even, Poisson} {
		p := Profile{Name: "attack", Arrivals: kind, Phases: []Phase{
			{"up", Ramp, 2 * time.Second, 0, 200, 0, 0}, {"pause", Hold, time.Second, 0, 0, 0, 0}, {"down", Ramp, 2 * time.Second, 200, 0, 0, 0},
		}}
		s := mustSchedule(t, p, 1)
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			target := vegeta.NewStaticTargeter(vegeta.Target{Method: "GET", URL: "http://virtual/"})
			attacker := vegeta.NewAttacker(vegeta.Client(&http.Client{Transport: ok}))
			seen := uint64(0)
			for r := range attacker.Attack(target, NewPacer(s), 0, "") {
				if r.Error != "" {
					t.Fatal(r.Error)
				}
				if got, want := r.Timestamp.Sub(began), s.At(r.Seq); got != want {
					t.Errorf("%s: hit %d came at %v, want %v", kind, r.Seq, got, want)
				}
				seen++
			}
			if seen != s.Total() {
				t.Errorf("%s: %d hits, want %d", kind, seen, s.Total())
			}
		})
	}
}

// Whatever the clock says, an arrival is waited for until it is due and no longer.
func TestPaceWaitsUntilDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, s := anySchedule(t)
		p := NewPacer(s)
		for range 20 {
			k := rapid.Uint64Range(0, s.Total()+3).Draw(t, "hits")
			elapsed := time.Duration(rapid.Int64Range(0, int64(s.Duration())).Draw(t, "elapsed"))
			wait, stop := p.Pace(elapsed, k)
			if stop != (k >= s.Total()) || !stop && wait != max(s.At(k)-elapsed, 0) {
				t.Fatalf("Pace(%v, %d) = %v, %v; the arrival is due at %v of %d", elapsed, k, wait, stop, s.At(k), s.Total())
			}
		}
	})
}
