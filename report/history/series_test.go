package history

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// runAt is a run of that day with a P50, and twice and three times of it as P95 and P99.
func runAt(day int, target string, p50 time.Duration) *runfile.Run {
	r := &runfile.Run{
		Target:  runfile.Target{Name: target},
		Plan:    runfile.PlanRecord{Profile: "spike", Connections: 256},
		Started: time.Date(2026, 11, day, 12, 0, 0, 0, time.UTC),
		Verdict: runfile.Verdict{Kind: runfile.Valid},
	}
	r.Overall.ResponseTime = runfile.Dist{Count: 1000, P50NS: p50, P95NS: 2 * p50, P99NS: 3 * p50}
	return r
}

func TestSeriesAreOfOnePlanTargetAndMachine(t *testing.T) {
	var c Collector
	c.Add("b.json", runAt(2, "cached", 2*time.Millisecond))
	c.Add("a.json", runAt(1, "cached", time.Millisecond))
	c.Add("u.json", runAt(3, "uncached", time.Millisecond))
	other := runAt(1, "cached", time.Millisecond)
	other.Started = other.Started.Add(time.Hour)
	other.Environment.Kernel = "7.0"
	c.Add("k.json", other)
	h := c.History()

	var got []string
	for _, s := range h.Series {
		text := s.Target.Name + ":"
		for _, p := range s.Points {
			text += " " + p.Source
		}
		got = append(got, text)
	}
	want := []string{"cached: a.json b.json", "uncached: u.json", "cached: k.json"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v: several runs first, then the newest, and within a series the oldest", got, want)
	}
	if d := h.Series[2].Differs; len(d) != 1 || !strings.HasPrefix(d[0], "kernel: ") {
		t.Errorf("what keeps them apart: %v, want the kernel", d)
	}
	if v := h.Series[0].Points[0].Values; v != [3]time.Duration{time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond} {
		t.Errorf("the values are %v", v)
	}

	// A bench that measures otherwise begins a series, as one that was held to a part of its processors does.
	limit := 2.0
	for i, change := range []func(*runfile.Run){
		func(r *runfile.Run) { r.Environment.Generation = 2 },
		func(r *runfile.Run) { r.Environment.Quota = &limit },
		func(r *runfile.Run) { r.Plan.Engine, r.Plan.Wire = runfile.EngineWire, &runfile.WireRecord{Loops: 2} },
	} {
		var apart Collector
		apart.Add("a.json", runAt(2, "cached", time.Millisecond))
		r := runAt(1, "cached", time.Millisecond)
		if change(r); i == 2 {
			apart.series[0].Plan.Engine = runfile.EngineWire
		}
		apart.Add("b.json", r)
		want := []string{"measuring generation: 1 and 2", "control group's limit: not written down (save it again) and 2 processors", "loops: not written down (save it again) and 2"}[i]
		if h := apart.History(); len(h.Series) != 2 || !strings.HasPrefix(strings.Join(h.Series[1].Differs, "; "), want) {
			t.Errorf("%d series, apart in %q, want %q", len(h.Series), h.Series[len(h.Series)-1].Differs, want)
		}
	}

	// What was saved since the target's own time is measured is a series of its own, whatever its verdict is.
	since := runAt(2, "uncached", time.Millisecond)
	since.Started = since.Started.Add(time.Hour)
	since.Verdict.Kind = runfile.HostLimited
	since.Overall.TargetTime = &runfile.TargetTime{Undisturbed: runfile.Dist{Count: 900, P50NS: 900, P95NS: 901, P99NS: 902}}
	c.Add("s.json", since)
	h = c.History()
	last := h.Series[len(h.Series)-2]
	if last.Points[0].Values[0] != 900 && h.Series[len(h.Series)-1].Points[0].Values[0] != 900 {
		t.Errorf("no series of target times: %+v", h.Series)
	}
	if len(h.Series) != 4 {
		t.Errorf("%d series, want 4", len(h.Series))
	}

	c.Force, c.series, c.seen = true, nil, nil
	c.Add("a.json", runAt(1, "cached", time.Millisecond))
	c.Add("k.json", other)
	h = c.History()
	if len(h.Series) != 1 || len(h.Series[0].Points[1].Differs) != 1 || h.Series[0].Points[0].Differs != nil {
		t.Errorf("forced into one series: %+v", h.Series)
	}
}

// A port that bench chose keeps no runs apart, in old files as in new ones; one that was typed does, until the target is named.
func TestSeriesByThePortThatWasTyped(t *testing.T) {
	at := func(hour int, target runfile.Target) *runfile.Run {
		r := runAt(1, "", time.Millisecond)
		r.Target, r.Started = target, r.Started.Add(time.Duration(hour)*time.Hour)
		return r
	}
	var c Collector
	for i, target := range []runfile.Target{
		{URL: "http://127.0.0.1:40001", Bundled: true},
		{URL: "http://127.0.0.1:40002", Bundled: true},
		{Name: "127.0.0.1:8080", URL: "http://127.0.0.1:8080"},
		{Name: "127.0.0.1:8081", URL: "http://127.0.0.1:8081"},
		{Name: "shop", URL: "http://127.0.0.1:8080", Named: true},
		{Name: "shop", URL: "http://127.0.0.1:8081", Named: true},
	} {
		c.Add("run.json", at(i, target))
	}
	points := map[string]int{}
	for _, s := range c.History().Series {
		points[s.Target.Series()] += len(s.Points)
	}
	if want := map[string]int{"http://127.0.0.1": 2, "127.0.0.1:8080": 1, "127.0.0.1:8081": 1, "shop": 2}; !reflect.DeepEqual(points, want) {
		t.Errorf("points by series: %v, want %v", points, want)
	}
}

func TestWhatIsNoPointIsLeftOut(t *testing.T) {
	spoil := map[string]func(*runfile.Run){
		"was interrupted": func(r *runfile.Run) { r.Interrupted = true },
		"is no evidence: GENERATOR-LIMITED: late": func(r *runfile.Run) {
			r.Verdict = runfile.Verdict{Kind: runfile.GeneratorLimited, Evidence: []string{"late"}}
		},
		"is no evidence: bench did not send 20 of 1000 requests that it could have sent": func(r *runfile.Run) {
			r.Overall.TargetTime, r.Overall.Requests.Due = &runfile.TargetTime{Untold: 20}, 1000
		},
		"has no response time": func(r *runfile.Run) { r.Overall.ResponseTime = runfile.Dist{} },
		"was aborted":          func(r *runfile.Run) { r.Events = []runfile.Event{{Kind: runfile.EventAbort}} },
	}
	for why, how := range spoil {
		var c Collector
		r := runAt(1, "cached", time.Millisecond)
		how(r)
		c.Add("x.json", r)
		if h := c.History(); len(h.Series) != 0 || !reflect.DeepEqual(h.LeftOut, []LeftOut{{"x.json", "cached", why}}) {
			t.Errorf("%s: %+v", why, h)
		}
	}
	var c Collector
	c.Add("x.json", runAt(1, "cached", time.Millisecond))
	c.Add("copy.json", runAt(1, "cached", time.Millisecond))
	c.Skip("damaged.json", "is cut off")
	h := c.History()
	if len(h.Series[0].Points) != 1 || len(h.LeftOut) != 2 || h.LeftOut[0].Source != "copy.json" || h.LeftOut[1].Why != "is cut off" {
		t.Errorf("a copy and a damaged file: %+v", h)
	}
}

func TestSeriesHasTheChangesOfEachPercentile(t *testing.T) {
	var c Collector
	for day := 1; day <= 20; day++ {
		p50 := time.Millisecond + time.Duration(day%3)*10*time.Microsecond
		r := runAt(day, "cached", p50)
		if day > 12 {
			r.Overall.ResponseTime.P99NS *= 2
		}
		c.Add("x.json", r)
	}
	s := c.History().Series[0]
	if s.Changes[0] != nil || s.Changes[1] != nil || len(s.Changes[2]) != 1 || s.Changes[2][0].Index != 12 {
		t.Errorf("changes: %+v, want one, of P99 at the 13th run", s.Changes)
	}
}
