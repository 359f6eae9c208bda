package loadgen

import (
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// What is told of a second while it is revised: the open requests are counted exactly, no figure is above what it comes to in the
// end, and one that is no lower bound is that.
func TestLatestSecondsAgreeWithTheSamples(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{
			Target: runfile.Target{Name: "fake", URL: "http://fake/"}, Profile: anyProfile().Draw(t, "profile"),
			Requests: []request.Request{{URL: "http://fake/"}}, Seed: rapid.Uint64().Draw(t, "seed"),
			Limits: Limits{Connections: rapid.IntRange(1, 40).Draw(t, "connections"), Timeout: 10 * time.Second, Drain: 10 * time.Second},
		}.withDefaults()
		p.Profile = p.Profile.Until(4 * time.Second)
		r, err := newRecording(p)
		if err != nil {
			t.Skip("a profile of no arrivals:", err)
		}
		draws := profiles.NewStream(p.Seed, "fake")
		mean := rapid.Float64Range(0.1, 60).Draw(t, "service ms")
		from := time.Duration(rapid.IntRange(0, 2500).Draw(t, "freeze")) * time.Millisecond
		claims := map[time.Duration][]runfile.ProgressSecond{}
		_, samples := fakeEngine(r, fakeServer{
			workers: rapid.IntRange(0, 20).Draw(t, "workers"),
			service: func(k uint64) time.Duration { return time.Duration(draws.Exp(k) * mean * 1e6) },
			freeze:  [2]time.Duration{from, from + 1500*time.Millisecond},
			ticked: func(now time.Duration) {
				claims[now+settle] = r.timeline.latest(r.shards, now+settle, r.layout.length, runfile.ProgressSeconds)
			},
		})
		for now, claim := range claims {
			for i, got := range claim {
				checkSecond(t, now, i, got, samples)
			}
		}
	})
}

func checkSecond(t *rapid.T, now time.Duration, i int, got runfile.ProgressSecond, samples []sample) {
	var open, due uint64
	var final twin
	for _, x := range samples {
		if int(x.Intended/time.Second) != i {
			continue
		}
		due++
		final.values = append(final.values, x.Response())
		if x.Outcome != exchange.Succeeded {
			final.bounds = append(final.bounds, x.Response())
		}
		if x.End >= now || !x.Over() {
			open++
		}
	}
	if got.Open < open || got.Due < due { // requests that were never sent are in no sample
		t.Fatalf("at %v second %d has %d of %d open, it is told that %d of %d are", now, i, open, due, got.Open, got.Due)
	}
	if got.Open-open != got.Due-due {
		t.Fatalf("at %v second %d has %d of %d open, it is told that %d of %d are", now, i, open, due, got.Open, got.Due)
	}
	if got.Samples != due || got.Due != due || due == 0 {
		return
	}
	for q, figure := range map[float64]runfile.Figure{0.50: got.P50, 0.95: got.P95, 0.99: got.P99} {
		want, _ := final.quantile(q)
		low, high := want-want/50, want+want/50 // two digits
		if figure.Value > high || !figure.AtLeast && figure.Value < low {
			t.Fatalf("at %v, of second %d: quantile %v is told as %+v, and comes to %v", now, i, q, figure, want)
		}
	}
}

// A service that stops answering shows in the figures of the last second at once, and in those of the seconds before as their
// requests grow old.
func TestLatestSecondsOfAServiceThatHangs(t *testing.T) {
	p := abortPlan(t, "p99>1h", 0)
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	var seen [][]runfile.ProgressSecond
	fakeEngine(r, fakeServer{
		service: func(uint64) time.Duration { return time.Millisecond },
		freeze:  [2]time.Duration{2 * time.Second, time.Hour},
		ticked: func(now time.Duration) {
			seen = append(seen, r.timeline.latest(r.shards, now, r.layout.length, 3))
		},
	})
	at := func(now, second int) runfile.ProgressSecond { return seen[now-1][min(now, 3)-1-(now-1-second)] }
	if s := at(2, 1); s.P50 != (runfile.Figure{Value: s.P50.Value}) || s.P50.Value > 2*time.Millisecond {
		t.Errorf("before it hangs: %+v", s)
	}
	for _, tc := range []struct {
		now, second int
		least       time.Duration
	}{{3, 2, 400 * time.Millisecond}, {4, 2, 1400 * time.Millisecond}, {4, 3, 400 * time.Millisecond}} {
		if s := at(tc.now, tc.second); !s.P50.AtLeast || s.P50.Value < tc.least || s.P50.Value > tc.least+200*time.Millisecond || s.Open == 0 {
			t.Errorf("second %d at %d s: %+v, want at least %v", tc.second, tc.now, s, tc.least)
		}
	}
}

// The limits are those of the last second's phase, and the conditions tell what they have judged, however few requests that is.
func TestProgressTellsOfLimitsAndConditions(t *testing.T) {
	p := abortPlan(t, "p99>1h", 2*time.Second)
	p.Thresholds = thresholds(t, "p99@calm<1ms", "p99@peak<1ms", "p50<1m", "errors<1%", "rate>1/s", "p99.9<1ms", "service:p99<1ms")
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	w := watch{recording: r}
	told := map[int]runfile.Progress{}
	fakeEngine(r, fakeServer{
		service: func(uint64) time.Duration { return 5 * time.Millisecond },
		ticked: func(now time.Duration) {
			p := runfile.Progress{Achieved: 100, Seconds: r.timeline.latest(r.shards, now, r.layout.length, runfile.ProgressSeconds)}
			w.tellLimits(&p, now-time.Second)
			told[int(now/time.Second)] = p
		},
	})
	if early := told[2]; len(early.Limits) != 0 || len(early.Conditions) != 1 || early.Conditions[0].Actual != nil {
		t.Errorf("in the warm-up: limits %+v, conditions %+v", early.Limits, early.Conditions)
	}
	crossed := map[string]bool{}
	for _, l := range told[10].Limits {
		crossed[l.Text] = l.Crossed
	}
	if want := map[string]bool{"p99@calm<1ms": true, "p50<1m": false, "errors<1%": false, "rate>1/s": false}; !maps.Equal(crossed, want) {
		t.Errorf("limits %v, want %v", crossed, want)
	}
	c := told[10].Conditions[0]
	if c.Actual == nil || c.Holds || time.Duration(*c.Actual).Round(time.Millisecond) != 5*time.Millisecond {
		t.Errorf("condition %+v", c)
	}
}

// While journeys go on after the profile a progress tells of their tail, which no limit is about; without one, or interrupted, the
// last phase stays.
func TestProgressTellsOfTheTail(t *testing.T) {
	think := func(think time.Duration) *recording {
		p := steady("http://fake", time.Second)
		p.Requests, p.Thresholds = nil, thresholds(t, "p99<1ns", "rate{j}>1/s")
		step := func(name string, think time.Duration) request.Step {
			return request.Step{Request: request.Request{Name: name, URL: "http://fake/"}, Think: profiles.Think{Mean: think}}
		}
		p.Journeys = []request.Journey{{Name: "j", Steps: []request.Step{step("a", 0), step("b", think)}}}
		r, err := newRecording(p.withDefaults())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, tc := range []struct {
		think, now, cut time.Duration
		phase           string
		left            time.Duration
		over            bool
	}{
		{2 * time.Second, 999 * time.Millisecond, time.Second, "load", time.Millisecond, false},
		{2 * time.Second, time.Second, time.Second, runfile.TailName, 2 * time.Second, false},
		{2 * time.Second, 5 * time.Second, time.Second, runfile.TailName, -2 * time.Second, true},
		{2 * time.Second, time.Second, time.Second / 2, "load", 0, true},
		{0, time.Second, time.Second, "load", 0, true},
	} {
		w := watch{recording: think(tc.think)}
		w.layout.interrupt(tc.cut)
		p := runfile.Progress{Seconds: []runfile.ProgressSecond{{Due: 1, Samples: 1}}}
		span := w.tellPhase(&p, tc.now)
		if p.Phase != tc.phase || (span.End-tc.now-tc.left).Abs() > 20*time.Millisecond || tc.now >= w.layout.lastDue() != tc.over {
			t.Errorf("at %v: phase %s until %v, the last is due at %v", tc.now, p.Phase, span.End, w.layout.lastDue())
		}
		if w.tellLimits(&p, tc.now); len(p.Limits) > 1 || p.Phase == runfile.TailName && len(p.Limits) > 0 {
			t.Errorf("at %v: limits %+v", tc.now, p.Limits)
		}
	}
}

// Nothing came to an end, so there is neither a duration nor a share of failures; but there is a rate.
func TestRateEndsARunThatHangsFromTheStart(t *testing.T) {
	never := fakeServer{service: func(uint64) time.Duration { return time.Hour }}
	p := abortPlan(t, "rate<50/s", 0)
	p.Limits.Timeout = time.Minute
	if run := driveAborted(t, p, never); run.Abort() == nil {
		t.Error("a run without an answer was not aborted on its rate")
	}
}
