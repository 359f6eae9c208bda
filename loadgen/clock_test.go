package loadgen

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestWallClockSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var set time.Duration
		c := newWallClock(func() time.Time { return time.Now().Add(set) }, time.Now())
		for _, tc := range []struct {
			by   time.Duration
			want string // "": no event
			why  string
		}{
			{0, "", "nothing happened"},
			{time.Hour, "forward by 1h0m0s", "summer time, set by hand"},
			{0, "", "it is told once"},
			{-2 * time.Hour, "back by 2h0m0s", ""},
			{499 * time.Millisecond, "", "slewed"},
			{time.Millisecond, "forward by 500ms", "slewing adds up"},
		} {
			time.Sleep(time.Second)
			set += tc.by
			e, was := c.step()
			if was != (tc.want != "") || !strings.Contains(e.Text, tc.want) {
				t.Errorf("set by %v: %q, want %q (%s)", tc.by, e.Text, tc.want, tc.why)
			}
			if was && (e.Kind != runfile.EventClock || e.AtNS != time.Since(c.epoch)) {
				t.Errorf("set by %v: %+v", tc.by, e)
			}
		}
	})
}

// The clock is set forward by an hour while requests are on their way: it is said, and no figure has anything of it.
func TestClockSetDuringTheRun(t *testing.T) {
	t.Parallel()
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) }))
	defer s.Close()
	wall := func() time.Time {
		if got.Load() > 5 {
			return time.Now().Add(time.Hour)
		}
		return time.Now()
	}
	before := time.Now()
	run, err := compiled(t, steady(s.URL, 1500*ms)).drive(t.Context(), Options{}, wall)
	if err != nil {
		t.Fatal(err)
	}
	if events := ofKind(run, runfile.EventClock); len(events) != 1 || !strings.Contains(events[0].Text, "the clock was set forward by 1h0m0s during the run") {
		t.Errorf("events %+v", run.Events)
	}
	if at := run.Started.Sub(before); at < 0 || at > time.Minute {
		t.Errorf("started %v after the test", at)
	}
	for _, d := range []runfile.Dist{run.Overall.ResponseTime, run.Overall.ServiceTime, run.Overall.Wait, run.Overall.Lag} {
		if d.MaxNS > time.Minute {
			t.Errorf("a duration of %v", d.MaxNS)
		}
	}
}
