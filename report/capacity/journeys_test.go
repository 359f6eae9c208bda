package capacity

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

const ms = time.Millisecond

// journeysRun is a step of 10 s in which 1000 journeys of two steps arrived, of which so many were completed and failed; the rest was
// cut off. They took 40 ms, beside seconds of thinking, of which a request took 20 ms.
func journeysRun(completed, failed int) *runfile.Run {
	of := func(n int, d time.Duration) runfile.Dist {
		return runfile.NewDist(runfile.DetailDigits, slices.Repeat([]time.Duration{d}, n), nil)
	}
	j := runfile.Journey{
		Name: "buy", Arrived: 1000, Completed: uint64(completed), Failed: uint64(failed), Unfinished: uint64(1000 - completed - failed),
		Time: runfile.NewDist(3, slices.Repeat([]time.Duration{40 * ms}, completed), slices.Repeat([]time.Duration{70 * ms}, 1000-completed-failed)),
		Steps: []runfile.JourneyStep{
			{Name: "login", Asked: 1000, SinceArrival: of(1000-failed, 20*ms)},
			{Name: "order", Asked: uint64(1000 - failed), Stopped: uint64(failed), SinceArrival: of(completed, 40*ms)},
		},
	}
	j.TargetTime = j.Time
	times := runfile.NewDist(runfile.TotalDigits, slices.Repeat([]time.Duration{20 * ms}, 1600), nil)
	// Of the steps that fell due in the hold 200 are those of journeys that arrived before it, and as many are asked after it.
	p := runfile.Phase{
		Kind: "step", DurationNS: 10 * time.Second, Journeys: []runfile.Journey{j}, ResponseTime: times, TargetTime: allOf(times),
		Offered: runfile.Rate{Count: 1600, Rate: 160}, Achieved: runfile.Rate{Count: 1600, Rate: 160},
		Requests: runfile.Requests{Due: 1600, Sent: 1600, Succeeded: 1600}, Bytes: runfile.Bytes{In: 160_000},
		Backlog: runfile.Backlog{Start: 10, End: 300},
		Endpoints: []runfile.Endpoint{
			{Name: "buy/login", Class: runfile.ClassOK, Count: uint64(1000 - failed), ResponseTime: of(1000-failed, 20*ms)},
			{Name: "buy/login", Class: runfile.ClassFailed, Count: uint64(failed), ResponseTime: of(failed, 20*ms)},
			{Name: "buy/order", Class: runfile.ClassOK, Count: uint64(completed), ResponseTime: of(completed, 20*ms)},
		},
	}
	r := &runfile.Run{
		Overall: p, Phases: []runfile.Phase{p}, Verdict: runfile.Verdict{Kind: runfile.Valid}, Judging: runfile.JudgingBounds,
		Plan: runfile.PlanRecord{Model: "open", PerJourney: 2},
	}
	for i := range 10 {
		// A backlog that rises with what is asked, second by second, before the load is level.
		r.Intervals = append(r.Intervals, runfile.Interval{StartNS: time.Duration(i) * time.Second, Due: 160, Backlog: uint64(10 + 29*(i+1)), Journeys: &runfile.JourneyCounts{Arrived: 100, Completed: uint64(completed / 10)}})
	}
	return r
}

// What a step counts are journeys, by when they arrived and less what was thought.
func TestAStepCountsJourneys(t *testing.T) {
	racetest.Skip(t)
	step := Step{Rate: 100, Hold: 10 * time.Second}
	slo := objectivesOf(t, "p99{buy}<50ms", "errors{buy}<1%")
	m := measure(step, journeysRun(1000, 0), slo, 0)
	if m.Unit != Journeys || m.Offered != 100 || m.Served != 100 || m.Errors != 0 || m.due != 1000 || !m.Holds {
		t.Errorf("%+v", m)
	}
	if m.Mean.Round(ms) != 40*ms || m.P50.Round(ms) != 40*ms || m.P99.Round(ms) != 40*ms || m.AtLeast || m.Target.P99 != m.P99 || m.BytesOut != 200 || m.took.Count != 1000 {
		t.Errorf("it took %v, P50 %v and P99 %v, target %+v, %v bytes", m.Mean, m.P50, m.P99, m.Target, m.BytesOut)
	}
	if m.throughput() != 80 || m.Growth != 29 {
		t.Errorf("%v journeys' worth of requests were done per second, and the backlog grew by %v, want 80 and 29", m.throughput(), m.Growth)
	}
	grew := journeysRun(1000, 0)
	grew.Overall.Backlog.Grew = true
	if m := measure(step, grew, slo, 0); m.Reason != Behind || !m.late || m.Served != 80 || m.full() {
		t.Errorf("the verdict says that the backlog grew: %+v", m)
	}
	if m := measure(step, journeysRun(900, 0), slo, 0); m.Reason != ServedLess || m.Why != "it served 90 journeys/s of 100 journeys/s" || !m.AtLeast || math.Abs(m.Errors-0.1) > 1e-9 {
		t.Errorf("100 of 1000 were cut off: %+v", m)
	}
	failing := measure(step, journeysRun(950, 50), objectivesOf(t, "errors{buy}<10%"), 0)
	if !failing.Holds || math.Abs(failing.Errors-0.05) > 1e-9 || failing.AtLeast || failing.Served != 95 || failing.totals[0] != (tally{1000, 50}) {
		t.Errorf("50 of 1000 failed: %+v", failing)
	}
	closed := journeysRun(1000, 0)
	closed.Plan.Model = "closed"
	if m := measure(Step{Users: 4, Hold: 10 * time.Second}, closed, slo, 0); m.Served != 80 {
		t.Errorf("of users %v/s was served, want what was done", m.Served)
	}
}

// Objectives are about journeys, steps and requests as thresholds are.
func TestObjectivesOfJourneys(t *testing.T) {
	for text, want := range map[string]struct {
		of    tally
		holds bool
	}{
		"p99{buy}<50ms":         {tally{950, 0}, true},
		"p99{buy}<30ms":         {tally{950, 950}, false},
		"errors{buy}<10%":       {tally{1000, 50}, true},
		"p99{buy/order}<30ms":   {tally{950, 0}, true},
		"errors{buy/order}<10%": {tally{1000, 50}, true}, // those count that a failure before it kept from being asked
		"p99<30ms":              {tally{1600, 0}, true},
		"p99{sell}<30ms":        {tally{}, false},
	} {
		slo := objectivesOf(t, text, "errors{buy}<90%")
		m := measure(Step{Rate: 100, Hold: 10 * time.Second}, journeysRun(950, 50), slo, 0)
		if m.totals[0] != want.of || m.Holds != want.holds {
			t.Errorf("%s: %+v, holds %t (%s), want %+v", text, m.totals[0], m.Holds, m.Why, want)
		}
	}
}

// Journeys that bench disturbed are what an objective is about all the same, and it holds where it does with bench's lag in them.
func TestDisturbedJourneysAreNotTooFew(t *testing.T) {
	for limit, reason := range map[string]Reason{"50ms": "", "39.9ms": Unsure} {
		r := journeysRun(1000, 0)
		few := runfile.NewDist(runfile.TotalDigits, slices.Repeat([]time.Duration{39 * ms}, 3), nil)
		r.Phases[0].Journeys[0].Undisturbed, r.Overall.Journeys[0].Undisturbed = &few, &few
		m := measure(Step{Rate: 100, Hold: 10 * time.Second}, r, objectivesOf(t, "p99{buy}<"+limit), 0)
		if m.Reason != reason || m.Holds != (reason == "") || m.short || m.samples[0] != 1000 || m.totals[0].n != 3 || m.Disturbed != 0.997 || m.Target.P99.Round(ms) != 39*ms {
			t.Errorf("p99{buy}<%s: %s %s, of %v journeys, disturbed %v, target %+v", limit, m.Reason, m.Why, m.samples, m.Disturbed, m.Target)
		}
	}
}

// The phases of a saved run whose journeys are of several steps are steps of journeys.
func TestFromRunOfJourneys(t *testing.T) {
	r := journeysRun(1000, 0)
	r.Overall.Backlog.End = r.Overall.Backlog.Start
	for i := range 2 {
		p := r.Overall
		p.StartNS = time.Duration(i) * p.DurationNS
		r.Phases = append(r.Phases[:i], p)
		r.Plan.Phases = append(r.Plan.Phases, runfile.PhaseRecord{Kind: "step", DurationNS: p.DurationNS, From: 100, To: 100})
	}
	s, err := FromRun(r, objectivesOf(t, "p99{buy}<50ms"))
	if err != nil {
		t.Fatal(err)
	}
	c := Assess(runfile.Target{Name: "shop"}, Resources{}, s)
	if m := c.Steps[1]; c.Unit != Journeys || len(c.Steps) != 2 || m.Rate != 100 || m.Offered != 100 || m.Served != 100 || !m.Holds || c.MaxRate.Rate.Rate != 100 {
		t.Errorf("%+v of %+v", c.MaxRate, m)
	}
}

// How many journeys may break an objective is known of one that is about all that arrive.
func TestBudgetsOfJourneys(t *testing.T) {
	for _, tc := range []struct {
		asked     []string
		objective string
		want      float64
	}{
		{[]string{"buy/login", "buy/pay"}, "p99{buy}<100ms", 0.01 * 50 * 30 * 86400},
		{[]string{"buy/login", "buy/pay", "buyer/home"}, "p99{buy}<100ms", 0},
		{[]string{"buy/login", "buy/pay"}, "p99{buy/pay}<100ms", 0},
		{[]string{"buy/login", "buy/pay"}, "p99<100ms", 0},
		{nil, "p99{buy}<100ms", 0},
	} {
		b := budgetsOf(&Capacity{Unit: Journeys, Asked: tc.asked, Objectives: []string{tc.objective}}, 50)
		if len(b) != 1 || math.Abs(b[0].Requests-tc.want) > 1 || b[0].Outage != 7*time.Hour+12*time.Minute {
			t.Errorf("%s among %v: %+v, want %v", tc.objective, tc.asked, b, tc.want)
		}
	}
}
