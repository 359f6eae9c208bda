package loadgen

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"pgregory.net/rapid"
)

// abortPlan is a warm-up of 2 s, a hold of 13 s and a spike of 5 s, all at 100/s, aborted on a condition.
func abortPlan(t testing.TB, condition string, grace time.Duration) Plan {
	t.Helper()
	c, err := runfile.ParseCondition(condition)
	if err != nil {
		t.Fatal(err)
	}
	return Plan{
		Target: runfile.Target{Name: "fake", URL: "http://fake/"},
		Profile: profiles.Profile{Name: "abort", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "early", Kind: profiles.Warmup, Duration: 2 * time.Second, From: 100, To: 100},
			{Name: "calm", Kind: profiles.Hold, Duration: 13 * time.Second, From: 100, To: 100},
			{Name: "peak", Kind: profiles.Spike, Duration: 5 * time.Second, From: 100, To: 100},
		}},
		Requests: []request.Request{{URL: "http://fake/"}},
		Seed:     1,
		Limits:   Limits{Timeout: 5 * time.Second},
		Abort:    Abort{On: []runfile.Threshold{c}, Grace: grace},
	}.withDefaults()
}

// driveAborted drives a plan in virtual time. As the fake engine works out a run before it records it, one that is aborted
// is driven a second time and cut where the watch, which looks a moment after the full second, would have ended it.
func driveAborted(t testing.TB, p Plan, server fakeServer) *runfile.Run {
	t.Helper()
	for {
		r, err := newRecording(p)
		if err != nil {
			t.Fatal(err)
		}
		end, _ := fakeEngine(r, server)
		if !r.aborted || server.cut > 0 {
			return r.finish(end, runfile.Resources{})
		}
		server.cut = r.events[0].AtNS + settle
	}
}

func TestAbort(t *testing.T) {
	racetest.Skip(t)
	const rate = 100 // requests/s: request k is due at k/100 s
	second := func(k uint64) float64 { return float64(k) / rate }
	quick := func(uint64) time.Duration { return time.Millisecond }
	failing := func(from, to float64) func(uint64) bool {
		return func(k uint64) bool { return second(k) >= from && second(k) < to }
	}
	slow := func(from, to float64) func(uint64) time.Duration {
		return func(k uint64) time.Duration {
			if second(k) >= from && second(k) < to {
				return 500 * time.Millisecond
			}
			return time.Millisecond
		}
	}
	silent := [2]time.Duration{10 * time.Second, time.Hour}
	for _, tc := range []struct {
		condition string
		server    fakeServer
		at        time.Duration // 0: not aborted
		says      string
		why       string
	}{
		{"errors>5%", fakeServer{service: quick, fails: failing(0, 20)}, 6 * time.Second,
			"errors>5%: errors is 100 % (101 of 101 requests), above 5 %, from 5 s to 6 s", "the first second after the grace"},
		{"errors>5%", fakeServer{service: quick, fails: failing(0, 5)}, 0, "", "a cold start is forgiven"},
		{"errors>5%", fakeServer{service: quick, fails: failing(0, 5.1)}, 6 * time.Second, "(10 of 101 requests)", "what comes after it is not"},
		{"errors>5%", fakeServer{service: quick, fails: failing(10, 20)}, 11 * time.Second,
			"errors is 16.8 % (101 of 601 requests), above 5 %, from 5 s to 11 s", "over all seconds so far: 1 of 6"},
		{"errors>5%", fakeServer{service: quick, fails: failing(10, 10.25)}, 0, "", "25 of 600 are less than 5 %"},
		{"errors@spike>5%", fakeServer{service: quick, fails: failing(10, 15)}, 0, "", "another phase"},
		{"errors@peak>5%", fakeServer{service: quick, fails: failing(10, 20)}, 16 * time.Second, "from 15 s to 16 s", "a phase by its name"},
		{"errors>0", fakeServer{service: quick, fails: failing(12.5, 12.51)}, 13 * time.Second, "(1 of 801 requests), above 0 %", "one is enough where none may be"},
		{"p50>100ms", fakeServer{service: slow(10, 20)}, 16 * time.Second, "p50 is 501 ms", "550 slow answers have come, and 500 quick ones"},
		{"p99>400ms", fakeServer{service: slow(8.2, 8.29)}, 0, "", "nine slow answers are too few for a P99"},
		{"p99>400ms", fakeServer{service: slow(8.2, 8.31)}, 9 * time.Second, "p99 is 501 ms", "eleven are not"},
		{"max>400ms", fakeServer{service: slow(8.2, 8.21)}, 9 * time.Second, "max is 501 ms", "of the maximum one is enough"},
		{"service:max>400ms", fakeServer{service: slow(8.2, 8.21)}, 9 * time.Second, "service:max is 501 ms", "the service time too"},
		{"p99>2s", fakeServer{service: quick, freeze: silent}, 14 * time.Second, "p99 is at least 3.0",
			"of 800 requests the 100 of the first silent second are known to be older than 3 s"},
		{"service:p99>2s", fakeServer{service: quick, freeze: silent}, 16 * time.Second, "service:p99 is at least 5.0",
			"a service time is known when it ends: the time-outs of 10 s to 11 s come at 15 s to 16 s"},
		{"rate<50/s", fakeServer{service: quick, freeze: silent}, 15 * time.Second, "rate is 49.5/s, below 50.0/s", "495 in the 10 s from 5.05 s on"},
		{"rate<99/s", fakeServer{service: quick}, 0, "", "100/s all the time"},
		{"p50<500us", fakeServer{service: quick}, 0, "", "an upper limit that is not met"},
		{"p50<5ms", fakeServer{service: quick}, 6 * time.Second, "p50 is 1.0", "an upper limit that is met: too good to be true"},
	} {
		run := driveAborted(t, abortPlan(t, tc.condition, 5*time.Second), tc.server)
		e := run.Abort()
		if tc.at == 0 {
			if e != nil || run.Interrupted {
				t.Errorf("%s: aborted: %+v (%s)", tc.condition, e, tc.why)
			}
			continue
		}
		if e == nil || e.AtNS != tc.at || !strings.Contains(e.Text, tc.says) {
			t.Errorf("%s: %+v, want %q at %v (%s)", tc.condition, e, tc.says, tc.at, tc.why)
			continue
		}
		if q := run.Requests; !run.Interrupted || q.Due != uint64((tc.at+settle)*rate/time.Second) || q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent {
			t.Errorf("%s: interrupted %v, requests %+v", tc.condition, run.Interrupted, q)
		}
	}
}

// At 1/s it takes ten requests, due from 5 s to 14 s, to tell; that there are fewer than 2/s shows in five.
func TestAbortTakesTenRequests(t *testing.T) {
	for condition, want := range map[string]time.Duration{"errors>5%": 14 * time.Second, "rate<2/s": 10 * time.Second, "rate<1/s": 15 * time.Second} {
		p := abortPlan(t, condition, 5*time.Second)
		for i := range p.Profile.Phases {
			p.Profile.Phases[i].From, p.Profile.Phases[i].To = 1, 1
		}
		run := driveAborted(t, p, fakeServer{service: func(uint64) time.Duration { return time.Millisecond }, fails: func(uint64) bool { return true }})
		if e := run.Abort(); e == nil || e.AtNS != want {
			t.Errorf("%s: %+v, want an end at %v", condition, e, want)
		}
	}
}

// Once nothing more is sent, by interrupt or because the profile is over, there is nothing to abort.
func TestAbortEndsWithTheSending(t *testing.T) {
	for name, server := range map[string]fakeServer{
		"interrupted": {cut: 10500 * time.Millisecond, fails: func(k uint64) bool { return k > 1000 }},
		"over":        {fails: func(k uint64) bool { return k > 1900 }},
	} {
		server.service = func(uint64) time.Duration { return 700 * time.Millisecond }
		r, err := newRecording(abortPlan(t, "errors>2%", 5*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		end, _ := fakeEngine(r, server)
		run := r.finish(end, runfile.Resources{})
		if share := float64(run.Requests.Failed) / float64(run.Requests.Due); run.Abort() != nil || share < 0.02 {
			t.Errorf("%s: %+v, %v failed", name, run.Abort(), share)
		}
	}
}

// A service of 300 requests/s under 400/s, aborted because it falls behind: what came free while it was still answering was not
// to be used, so none of it is lag, and the verdict is the target's.
func TestAfterACutThereIsNoLag(t *testing.T) {
	p := abortPlan(t, "p99>2s", 3*time.Second)
	p.Profile.Phases = []profiles.Phase{{Name: "load", Kind: profiles.Hold, Duration: 30 * time.Second, From: 400, To: 400}}
	run := driveAborted(t, p, fakeServer{workers: 3, service: func(uint64) time.Duration { return 10 * time.Millisecond }})
	if run.Abort() == nil || run.Requests.Unsent == 0 {
		t.Fatalf("aborted %v, requests %+v", run.Abort(), run.Requests)
	}
	if run.Verdict.Kind != runfile.TargetLimited || run.Overall.Lag.MaxNS > 0 {
		t.Errorf("%s %q, lag up to %v", run.Verdict.Kind, run.Verdict.Evidence, run.Overall.Lag.MaxNS)
	}
}

// A cut does not hide that bench was late before it.
func TestLagUntilTheCutIsLag(t *testing.T) {
	p := abortPlan(t, "errors>5%", 0)
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	end, _ := fakeEngine(r, fakeServer{
		cut: 5 * time.Second, service: func(uint64) time.Duration { return time.Millisecond },
		lag: func(_ uint64, due time.Duration) time.Duration {
			return max(0, 10*time.Second-due) * time.Duration(due/(3*time.Second))
		},
	})
	if run := r.finish(end, runfile.Resources{}); run.Verdict.Kind != runfile.GeneratorLimited || run.Overall.Lag.MaxNS < 1990*time.Millisecond || run.Overall.Lag.MaxNS > 2010*time.Millisecond {
		t.Errorf("%s %q, lag up to %v, want the 2 s before the cut", run.Verdict.Kind, run.Verdict.Evidence, run.Overall.Lag.MaxNS)
	}
}

// An aborted run passes nothing, and its file says so when it is read again.
func TestAbortedRunPassesNothing(t *testing.T) {
	p := abortPlan(t, "errors>5%", 0)
	run := driveAborted(t, p, fakeServer{service: func(uint64) time.Duration { return time.Millisecond }, fails: func(k uint64) bool { return k%2 == 0 }})
	pass, err := runfile.ParseThreshold("p99<10s")
	if err != nil {
		t.Fatal(err)
	}
	run.Judge([]runfile.Threshold{pass})
	var file bytes.Buffer
	if err := runfile.Encode(&file, []*runfile.Run{run}); err != nil {
		t.Fatal(err)
	}
	again, err := runfile.Decode("run.json", &file)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*runfile.Run{run, again.Runs[0]} {
		if got := r.Thresholds[0]; got.Passed || !strings.HasPrefix(got.Sentence, "the run was aborted, and such a run passes nothing: p99 is") {
			t.Errorf("%+v", got)
		}
		if r.Abort() == nil || !slices.Equal(r.Plan.AbortOn, []string{"errors>5%"}) {
			t.Errorf("abort %+v, plan %+v", r.Abort(), r.Plan)
		}
	}
	run.Interrupted = false // ended in the very last moment
	if got := pass.Judge(run); got.Passed {
		t.Errorf("%+v", got)
	}
}

func TestConditionsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"errors=5%":         `condition "errors=5%": its operator must be <, <=, > or >=, and not =`,
		"errors{GET /}>5%":  "leave out {GET /}",
		"wait:p99>1s":       "wait is not judged while a run goes on",
		"lag:p99>1s":        "lag is not judged while a run goes on",
		"p99@recovery>1s":   `the profile has no phase "recovery", by name or kind: it has early, calm, peak`,
		"p99@early>1s":      "it would never be judged: the run has no whole second for it after the grace of 10s",
		"p99@warmup<=1s":    "it would never be judged",
		"errors>5% or more": "its limit must be a share",
	} {
		c, err := runfile.ParseCondition(text)
		if err == nil {
			p := abortPlan(t, "errors>5%", 10*time.Second)
			p.Abort.On[0] = c
			err = p.Check()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
	for grace, want := range map[time.Duration]string{-1: "must not be below 0", 19 * time.Second: "never be judged", 18 * time.Second: ""} {
		err := abortPlan(t, "errors>5%", grace).Check()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("a grace of %v: %v", grace, err)
		}
	}
	if got := [...]time.Duration{DefaultGrace(time.Hour), DefaultGrace(8 * time.Second), DefaultGrace(2 * time.Second)}; got != [...]time.Duration{10 * time.Second, 2 * time.Second, 0} {
		t.Errorf("default graces %v", got)
	}
}

// What a condition has counted when all is over is what the run's seconds say, and no request without an answer was ever
// taken for older than it was.
func TestConditionsAgreeWithTheRun(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{
			Target: runfile.Target{Name: "fake", URL: "http://fake/"}, Profile: anyProfile().Draw(t, "profile"),
			Requests: []request.Request{{URL: "http://fake/"}}, Seed: rapid.Uint64().Draw(t, "seed"),
			Limits: Limits{Connections: rapid.IntRange(1, 40).Draw(t, "connections"), Timeout: time.Second, Drain: time.Second},
			Abort:  Abort{Grace: time.Duration(rapid.IntRange(0, 1500).Draw(t, "grace ms")) * time.Millisecond},
		}.withDefaults()
		p.Profile = p.Profile.Until(3 * time.Second)     // the seconds are what takes time
		c, err := runfile.ParseCondition("errors<=100%") // never ends the run by itself: see below
		if err != nil {
			t.Fatal(err)
		}
		p.Abort.On = []runfile.Threshold{c}
		r, err := newRecording(p)
		if err != nil {
			t.Skip("nothing to judge:", err)
		}
		r.aborted = true // so that it goes on
		mean := rapid.Float64Range(0.1, 60).Draw(t, "service ms")
		draws := profiles.NewStream(p.Seed, "fake")
		from := time.Duration(rapid.IntRange(0, 2500).Draw(t, "freeze")) * time.Millisecond
		claims := map[time.Duration][]waiting{}
		end, samples := fakeEngine(r, fakeServer{
			workers: rapid.IntRange(0, 20).Draw(t, "workers"),
			service: func(k uint64) time.Duration { return time.Duration(draws.Exp(k) * mean * 1e6) },
			freeze:  [2]time.Duration{from, from + 1500*time.Millisecond},
			fails:   func(k uint64) bool { return draws.Float64At(k, 1) < 0.1 },
			ticked:  func(now time.Duration) { claims[now] = r.timeline.outstanding(now, r.shards) },
		})
		for now, claim := range claims {
			checkOutstanding(t, now, claim, samples)
		}
		run := r.finish(end, runfile.Resources{})
		condition := r.conditions[0]
		var due, succeeded uint64
		for i, s := range run.Intervals {
			if condition.about(i) {
				due, succeeded = due+s.OK+s.Failed, succeeded+s.OK
			}
		}
		if condition.Due != due || condition.Succeeded != succeeded || condition.OK.Count() != succeeded {
			t.Fatalf("the condition counted %d and %d (%d), the seconds say %d and %d", condition.Due, condition.Succeeded, condition.OK.Count(), due, succeeded)
		}
	})
}

// checkOutstanding compares the ages of requests without an answer, oldest first, with the true ones.
func checkOutstanding(t *rapid.T, now time.Duration, claim []waiting, samples []sample) {
	var claimed, ages []time.Duration
	for _, w := range claim {
		for range w.count {
			claimed = append(claimed, w.age)
		}
	}
	for _, x := range samples {
		if x.Intended < now && (x.End >= now || !x.Over()) {
			ages = append(ages, now-x.Intended)
		}
	}
	oldest := func(a, b time.Duration) int { return cmp.Compare(b, a) }
	slices.SortFunc(claimed, oldest)
	slices.SortFunc(ages, oldest)
	for i, age := range claimed {
		if i < len(ages) && age > ages[i] {
			t.Fatalf("at %v: request %d is said to be %v old, and is %v", now, i, age, ages[i])
		}
	}
}
