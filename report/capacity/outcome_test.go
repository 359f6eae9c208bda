package capacity

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// ended drives a search with a service that answers each step by a rule, and returns its result.
func ended(t *testing.T, o Options, rule func(Step) Measurement) (*Search, MaxRate) {
	t.Helper()
	s := NewSearch(o)
	for range 60 {
		step, done := s.Next()
		if done {
			return s, s.Result()
		}
		m := rule(step)
		m.Step, m.Offered = step, step.Rate
		m.fails = !m.Holds && !m.spoiled
		s.add(m)
	}
	t.Fatal("the search does not end")
	return nil, MaxRate{}
}

func TestSearchOutcomes(t *testing.T) {
	slo := objectivesOf(t, "max<1s") // no share: a step holds or does not
	cliff := func(at float64) func(Step) Measurement {
		return func(s Step) Measurement {
			return Measurement{Holds: s.Rate <= at, Served: min(s.Rate, at), late: s.Rate > at}
		}
	}
	spoiledAbove := func(at float64) func(Step) Measurement {
		return func(s Step) Measurement {
			return Measurement{Holds: s.Rate <= at, Served: s.Rate, spoiled: s.Rate > at}
		}
	}
	for _, tc := range []struct {
		name      string
		o         Options
		rule      func(Step) Measurement
		outcome   Outcome
		low, high float64 // between which Rate lies
		atLeast   bool
	}{
		{"a cliff", Options{}, cliff(333), Found, 325, 340, false},
		{"a cliff below the start", Options{Start: 1000}, cliff(333), Found, 325, 340, false},
		{"met nowhere", Options{}, cliff(0), Nowhere, 0, 0, false},
		{"met everywhere up to the most", Options{Most: 500}, cliff(1e9), Everywhere, 500, 500, true},
		{"met everywhere for the budget", Options{Budget: 30 * time.Second}, cliff(1e12), OutOfTime, 320, 1e9, true},
		{"bench is too late above 200/s", Options{}, spoiledAbove(200), Limited, 160, 200, true},
		{"bench is always too late", Options{}, spoiledAbove(0), Limited, 0, 0, false},
		{"bench is too late for a few requests", Options{Start: 20}, func(s Step) Measurement {
			m := cliff(333)(s)
			if m.spoiled = s.Rate < 60; m.spoiled {
				m.Holds, m.late = false, false
			}
			return m
		}, Found, 325, 340, false},
	} {
		tc.o.Objectives = slo
		s, got := ended(t, tc.o, tc.rule)
		if got.Outcome != tc.outcome || got.Rate.Rate < tc.low || got.Rate.Rate > tc.high || got.AtLeast != tc.atLeast {
			t.Errorf("%s: %+v in %d steps, want %s between %v and %v", tc.name, got, len(s.steps), tc.outcome, tc.low, tc.high)
		}
	}
}

func TestSearchTakesTheStaircaseFirst(t *testing.T) {
	s := NewSearch(Options{Objectives: objectivesOf(t, "p99<1s"), Users: []int{1, 2, 4}})
	for _, users := range []int{1, 2, 4} {
		step, done := s.Next()
		if done || step.Users != users || step.Rate != 0 {
			t.Fatalf("step %+v, want %d users", step, users)
		}
		s.add(Measurement{Step: step, Served: 160 * float64(users), Holds: true})
	}
	if step, _ := s.Next(); step.Rate != 40 || step.Users != 0 {
		t.Errorf("step %+v, want a sixteenth of the 640/s that 4 users reached", step)
	}
}

// A run is counted as a simulated step is.
func TestMeasureCountsARun(t *testing.T) {
	slo := objectivesOf(t, "p90<10ms", "errors<5%")
	var fast, all []time.Duration
	for range 95 {
		fast = append(fast, 5*time.Millisecond)
	}
	all = append(append(all, fast...), 20*time.Millisecond, 20*time.Millisecond)
	dist := runfile.NewDist(3, all, []time.Duration{time.Second})
	run := func(achieved, due, backlog uint64) *runfile.Run {
		phase := runfile.Phase{
			Name: "step", Kind: "step", StartNS: time.Second, DurationNS: 2 * time.Second,
			Offered: runfile.Rate{Count: due, Rate: float64(due) / 2}, Achieved: runfile.Rate{Count: achieved, Rate: float64(achieved) / 2},
			Requests:     runfile.Requests{Due: due, Succeeded: 97, Failed: 1, Unfinished: due - 98},
			ResponseTime: dist, Backlog: runfile.Backlog{End: backlog},
		}
		return &runfile.Run{
			Overall: phase, Phases: []runfile.Phase{{Name: "warm-up", Kind: "warmup", DurationNS: time.Second}, phase},
			Verdict: runfile.Verdict{Kind: runfile.Valid},
			Intervals: []runfile.Interval{
				{StartNS: 0, Due: 500, Failed: 500},
				{StartNS: time.Second, Due: 49, OK: 49, Finished: 48, ResponseTime: runfile.NewDist(2, fast[:49], nil)},
				{StartNS: 2 * time.Second, Due: 51, OK: 48, Finished: 49, ResponseTime: runfile.NewDist(2, all[49:], []time.Duration{time.Second})},
			},
		}
	}
	m := measure(Step{Rate: 50}, run(97, 100, 2), slo, 0)
	if !m.Holds || len(m.totals) != 2 || m.totals[0].n != 98 || math.Abs(m.totals[0].x-3) > 1e-9 || m.totals[1] != (tally{100, 3}) {
		t.Errorf("%+v, want 3 of 98 over 10 ms and 3 of 100 failed", m)
	}
	if len(m.seconds[0]) != 2 || m.seconds[1][0] != (tally{49, 0}) || math.Abs(m.seconds[0][1].x-3) > 1e-9 {
		t.Errorf("by second %v", m.seconds)
	}
	if m = measure(Step{Rate: 50}, run(70, 300, 200), slo, 0); m.Holds || !m.late || m.Reason != Behind || !strings.Contains(m.Why, "backlog grows by 100 requests/s") {
		t.Errorf("a backlog of 200 after 2 s: %v %q", m.Holds, m.Why)
	}
	spoiled := run(97, 100, 2)
	spoiled.Verdict.Kind = runfile.HostLimited
	if m = measure(Step{Rate: 50}, spoiled, slo, 0); m.Holds || m.fails || !strings.HasPrefix(m.Why, "HOST-LIMITED") {
		t.Errorf("a spoiled step %v %v %q", m.Holds, m.fails, m.Why)
	}
}

func TestParseObjectives(t *testing.T) {
	for _, tc := range []struct {
		texts []string
		want  string
	}{
		{nil, "give one, such as p99<100ms"},
		{[]string{"p99=100ms"}, "and not ="},
		{[]string{"rate>=500/s"}, "finds the rate itself"},
		{[]string{"p99@spike<1s"}, "leave out @spike"},
		{[]string{"p99>1s"}, "an upper limit"},
	} {
		if _, err := ParseObjectives(tc.texts); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: %v, want %q", tc.texts, err, tc.want)
		}
	}
}
