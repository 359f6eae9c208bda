package loadgen

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// oneToThree is a think time.
var oneToThree = profiles.Think{Law: profiles.UniformThink, Mean: 2 * time.Second, Low: time.Second, High: 3 * time.Second}

// healthy holds a run to what it is at a service without trouble: every journey came to its end, or was declined, and no figure is a
// bound.
func healthy(t *testing.T, run *runfile.Run, declined uint64) {
	t.Helper()
	accountedFor(t, run)
	j := &run.Overall.Journeys[0]
	if j.Unfinished+j.Unstarted > 0 || j.Failed != declined || j.Time.Censored != nil || len(j.Time.AtLeast) > 0 || run.Verdict.Kind != runfile.Valid {
		t.Errorf("%s; bounds %q; %s: %q", endsOf(j), j.Time.AtLeast, run.Verdict.Kind, run.Verdict.Evidence)
	}
	for _, s := range j.Steps {
		if len(s.SinceArrival.AtLeast) > 0 {
			t.Errorf("step %s: bounds %q", s.Name, s.SinceArrival.AtLeast)
		}
	}
	for i := range run.Thresholds {
		if r := &run.Thresholds[i]; !r.Passed || r.Undecided || r.AtLeast {
			t.Errorf("%s: %s", r.Text, r.Sentence)
		}
	}
}

// A healthy service has no journey cut off, whatever they think, and its load is no backlog while it comes up.
func TestJourneysAtAHealthyService(t *testing.T) {
	racetest.Skip(t)
	p := stepsOf(3, oneToThree, 50, 20*time.Second)
	p.Thresholds = thresholds(t, "p95{buy}<200ms", "errors{buy}<2.5%", "p99{buy/ba}<100ms")
	run := fakeJourneys(t, p, journeyServer{service: 20 * ms})
	run.Judge(p.Thresholds)
	healthy(t, run, 0)
	if lag := run.Overall.Journeys[0].LagAtAnswers; lag != nil {
		t.Errorf("lag at answers %+v, though everybody thinks", lag)
	}
	if got := run.Overall.Journeys[0].Time; math.Abs(float64(got.P95NS-60*ms)) > float64(ms) {
		t.Errorf("P95 %v", got.P95NS)
	}

	// Those that are declined are in no distribution, and the others' are what they were.
	declined := fakeJourneys(t, p, journeyServer{service: 20 * ms, status: func(k uint64, part int) int {
		if k%50 == 0 && part == 1 {
			return 409
		}
		return 200
	}})
	declined.Judge(p.Thresholds)
	healthy(t, declined, 20)
	if a, b := run.Overall.Journeys[0].Time, declined.Overall.Journeys[0].Time; b.Count != a.Count-20 || a.P50NS != b.P50NS || a.P99NS != b.P99NS {
		t.Errorf("%+v, and with some declined %+v", a, b)
	}
	if share := *declined.Thresholds[1].Actual; share != 0.02 {
		t.Errorf("errors{buy} %v", share)
	}

	slow := stepsOf(5, profiles.Think{Mean: 2 * time.Second}, 100, 30*time.Second)
	slow.Limits.Connections = 1000
	healthy(t, fakeJourneys(t, slow, journeyServer{service: 300 * ms}), 0)
}

// simulated returns, for each journey of a plan, its time, for each step the times since the arrival, and for each journey when its steps
// are due, at a server of a fixed service that is frozen for a while: worked out without anything of what drives and records.
func simulated(t *testing.T, p Plan, service time.Duration, freeze [2]time.Duration) (times []time.Duration, since, due [][]time.Duration) {
	t.Helper()
	j := compiled(t, p)
	schedule, err := j.schedule()
	if err != nil {
		t.Fatal(err)
	}
	steps := j.mix.Journeys[0].Steps
	since = make([][]time.Duration, len(steps))
	for k := range schedule.Total() {
		at := schedule.At(k)
		due = append(due, nil)
		var sum time.Duration
		for i := range steps {
			if i > 0 {
				at += steps[i].Think(k, 0)
			}
			due[k] = append(due[k], at)
			over := at + service
			switch {
			case at >= freeze[0] && at < freeze[1]:
				over = freeze[1] + service
			case at < freeze[0] && over > freeze[0]:
				over += freeze[1] - freeze[0]
			}
			sum += over - at
			since[i] = append(since[i], sum)
			at = over
		}
		times = append(times, sum)
	}
	return times, since, due
}

// near holds P50, P95 and P99 of a distribution to those of a list, within a share.
func near(t *testing.T, what string, d *runfile.Dist, list []time.Duration, within float64) {
	t.Helper()
	slices.Sort(list)
	for q, got := range map[float64]time.Duration{0.5: d.P50NS, 0.95: d.P95NS, 0.99: d.P99NS} {
		want := list[int(math.Ceil(q*float64(len(list))))-1]
		if math.Abs(float64(got-want)) > within*float64(want) {
			t.Errorf("%s: P%v is %v, and by simulation %v", what, 100*q, got, want)
		}
	}
	if int(d.Count) != len(list) {
		t.Errorf("%s: %d of %d", what, d.Count, len(list))
	}
}

// What a stall does to journeys is in their times and in their steps' times since the arrival, as a simulation of the same seed has it.
func TestJourneysUnderAStall(t *testing.T) {
	p := stepsOf(3, oneToThree, 50, 20*time.Second)
	p.Limits.Connections = 1000
	freeze := [2]time.Duration{8 * time.Second, 10 * time.Second}
	run := fakeJourneys(t, p, journeyServer{service: 20 * ms, freeze: freeze})
	accountedFor(t, run)
	times, since, _ := simulated(t, p, 20*ms, freeze)
	j := &run.Overall.Journeys[0]
	near(t, "journey time", &j.Time, times, 0.05)
	for i := range j.Steps {
		near(t, "step "+j.Steps[i].Name, &j.Steps[i].SinceArrival, since[i], 0.05)
	}
}

// Steps that are asked together after a stall are part of its event.
func TestJourneysAskTogetherAfterAStall(t *testing.T) {
	p := stepsOf(3, profiles.Think{Mean: 500 * ms}, 50, 10*time.Second)
	run := fakeJourneys(t, p, journeyServer{service: 20 * ms, freeze: [2]time.Duration{4 * time.Second, 6 * time.Second}})
	i := slices.IndexFunc(run.Events, func(e runfile.Event) bool { return e.Kind == runfile.EventStall })
	if i < 0 || !strings.Contains(run.Events[i].Text, "then journeys asked together: up to 248/s for 1 s, 150/s before") || run.Intervals[7].Sent != 248 {
		t.Errorf("%+v, and then %d/s, %d/s", run.Events, run.Intervals[6].Sent, run.Intervals[7].Sent)
	}
}

// What bench does late leaves out steps, not journeys. A limit on journey time passes with lag in it, is missed only if the journeys
// without a disturbed step miss it, and between the two cannot be judged.
func TestJourneysOfALateBench(t *testing.T) {
	p := stepsOf(3, oneToThree, 50, 20*time.Second)
	p.Thresholds = thresholds(t, "p99{buy}<1s", "p99{buy}<200ms", "p99{buy}<50ms")
	late := [2]time.Duration{8 * time.Second, 8500 * time.Millisecond}
	run := fakeJourneys(t, p, journeyServer{service: 20 * ms, lag: func(_ uint64, due time.Duration) time.Duration {
		if due < late[0] || due >= late[1] {
			return 0
		}
		return late[1] - due
	}})
	accountedFor(t, run)
	run.Judge(p.Thresholds)
	for i, want := range []struct{ passed, undecided bool }{{true, false}, {false, true}, {false, false}} {
		if r := &run.Thresholds[i]; r.Passed != want.passed || r.Undecided != want.undecided {
			t.Errorf("%s: passed %v, undecided %v: %s", r.Text, r.Passed, r.Undecided, r.Sentence)
		}
	}
	j := &run.Overall.Journeys[0]
	if j.Time.Count != 1000 || j.TargetTime.Count != 1000 || j.Undisturbed == nil || j.Undisturbed.Count > 1000-75 || j.Undisturbed.Count < 300 {
		t.Errorf("%d journeys, %d with a target time, %+v undisturbed", j.Time.Count, j.TargetTime.Count, j.Undisturbed)
	}
	if j.Undisturbed != nil && j.Undisturbed.P99NS > 61*ms || j.Time.P99NS < 300*ms {
		t.Errorf("P99 %v, undisturbed %v", j.Time.P99NS, j.Undisturbed.P99NS)
	}
}

// Of a hundred steps of a journey a stall meets one: the requests' P99 does not show it, the journeys' P97 does.
func TestJourneysShowWhatNoStepDoes(t *testing.T) {
	racetest.Skip(t)
	p := stepsOf(100, profiles.Think{}, 10, 60*time.Second)
	run := fakeJourneys(t, p, journeyServer{service: 10 * ms, freeze: [2]time.Duration{30 * time.Second, 32 * time.Second}})
	accountedFor(t, run)
	j := &run.Overall.Journeys[0]
	if d := j.LagAtAnswers; d == nil || d.Count != j.Completed*99 || d.MaxNS != 0 {
		t.Errorf("of steps due at an answer the lag is %+v", d)
	}
	if p99 := run.Overall.ResponseTime.P99NS; p99 > 11*ms {
		t.Errorf("the requests' P99 is %v", p99)
	}
	if p97 := j.Time.Quantile(0.97); p97.Value < 2*time.Second { // which a report tells, as it is more than twice the steps' sum
		t.Errorf("journeys' P97 is %v", p97)
	}
}

// notesOf returns what a run notes, in one text.
func notesOf(run *runfile.Run) string { return strings.Join(run.Environment.Notes, "; ") }

// Until the first journeys have come to their last steps the load comes up. A run says until when, and a warm-up of that length has it
// level from the start.
func TestJourneysComeUp(t *testing.T) {
	racetest.Skip(t)
	p := stepsOf(3, oneToThree, 50, 20*time.Second)
	run := fakeJourneys(t, p, journeyServer{service: 20 * ms})
	const note = "the load was level from 5.00 s on"
	if got := notesOf(run); !strings.Contains(got, note) || !strings.Contains(got, "with a warm-up of 5s it is from the start") {
		t.Errorf("notes %q", got)
	}
	p.Profile.Phases = slices.Insert(p.Profile.Phases, 0, profiles.Phase{Name: "warm-up", Kind: profiles.Warmup, Duration: 5 * time.Second, From: 50, To: 50})
	run = fakeJourneys(t, p, journeyServer{service: 20 * ms})
	if got := notesOf(run); strings.Contains(got, "level") {
		t.Errorf("with a warm-up: notes %q", got)
	}
	for _, s := range run.Intervals[5:24] {
		if s.Due < 135 || s.Due > 165 {
			t.Errorf("at %v %d steps were due", s.StartNS, s.Due)
		}
	}
	p = stepsOf(3, oneToThree, 50, 3*time.Second)
	if got := notesOf(fakeJourneys(t, p, journeyServer{service: 20 * ms})); !strings.Contains(got, "the load was never level") {
		t.Errorf("in 3 s: notes %q", got)
	}
}

// drawnJourneys is a plan of a few seconds, and how long a service takes for each step of it.
func drawnJourneys(n uint64) (Plan, time.Duration) {
	draw := profiles.NewStream(n, "journeys")
	between := func(k uint64, from, to float64) float64 { return from + (to-from)*draw.Float64(k) }
	think := profiles.Think{}
	if mean := time.Duration(between(0, 0, 3)) * time.Second; mean > 0 {
		think = profiles.Think{Law: profiles.UniformThink, Mean: mean, Low: mean / 2, High: 3 * mean / 2}
	}
	rate, length := between(1, 20, 120), time.Duration(between(2, 1, 9))*time.Second
	p := stepsOf(int(between(3, 1, 7)), think, rate, length)
	if draw.Float64(4) < 0.5 {
		p.Profile.Arrivals = profiles.Poisson
	}
	if draw.Float64(5) < 0.5 {
		p.Profile.Phases = []profiles.Phase{
			{Name: "baseline", Kind: profiles.Baseline, Duration: length, From: rate, To: rate},
			{Name: "spike", Kind: profiles.Spike, Duration: length, From: 5 * rate, To: 5 * rate},
			{Name: "recovery", Kind: profiles.Recovery, Duration: length, From: rate, To: rate},
		}
	}
	return p, time.Duration(between(6, 5, 400)) * ms
}

// A service that only has more and more journeys in progress is not behind, however long the phases are, and one that takes fewer steps
// than are due is.
func TestJourneysBacklogIsATime(t *testing.T) {
	racetest.Skip(t)
	services, overloads := uint64(40), uint64(10)
	if testing.Short() {
		services, overloads = 5, 3
	}
	for n := range services {
		p, service := drawnJourneys(n)
		if run := fakeJourneys(t, p, journeyServer{service: service}); run.Verdict.Kind != runfile.Valid {
			t.Errorf("%d: %d steps of %v, %+v: %s: %q", n, len(p.Journeys[0].Steps), service, p.Profile.Phases, run.Verdict.Kind, run.Verdict.Evidence)
		}
	}
	for n := range overloads {
		p, _ := drawnJourneys(n)
		p.Profile.Phases = p.Profile.Phases[:1]
		phase := &p.Profile.Phases[0]
		phase.Duration += 6 * time.Second
		if run := fakeJourneys(t, p, journeyServer{service: time.Duration(1.5e9 / phase.From), workers: 1}); run.Verdict.Kind != runfile.TargetLimited {
			t.Errorf("%d: %d steps at %v, %s: %q", n, len(p.Journeys[0].Steps), phase.From, run.Verdict.Kind, run.Verdict.Evidence)
		}
	}
}

// What is due after the arrivals have ended is a phase of its own: it is never judged, but in journey times.
func TestTheTailOfJourneysIsNotJudged(t *testing.T) {
	p := stepsOf(3, oneToThree, 50, 20*time.Second)
	run := fakeJourneys(t, p, journeyServer{service: 20 * ms, freeze: [2]time.Duration{20100 * ms, 22 * time.Second}})
	accountedFor(t, run)
	if run.Verdict.Kind != runfile.Valid || run.Overall.ResponseTime.MaxNS > 21*ms {
		t.Errorf("%s: %q; max %v", run.Verdict.Kind, run.Verdict.Evidence, run.Overall.ResponseTime.MaxNS)
	}
	if j := &run.Overall.Journeys[0]; run.Tail == nil || run.Tail.ResponseTime.MaxNS < 1900*ms || j.Time.MaxNS < 1900*ms || j.Completed != 1000 {
		t.Errorf("tail %+v; %s, max %v", run.Tail, endsOf(j), j.Time.MaxNS)
	}
}

// A spike is over with its arrivals; what its journeys still ask for is load of the recovery.
func TestJourneysOfASpike(t *testing.T) {
	p := stepsOf(3, oneToThree, 50, 0)
	p.Profile.Phases = []profiles.Phase{
		{Name: "baseline", Kind: profiles.Baseline, Duration: 10 * time.Second, From: 50, To: 50},
		{Name: "spike", Kind: profiles.Spike, Duration: 3 * time.Second, From: 500, To: 500},
		{Name: "recovery", Kind: profiles.Recovery, Duration: 10 * time.Second, From: 50, To: 50},
	}
	run := fakeJourneys(t, p, journeyServer{service: 20 * ms})
	healthy(t, run, 0)
	spike := &run.Phases[1]
	if r := spike.Recovery; r == nil || r.State != runfile.Recovered || r.AfterNS != 3*time.Second {
		t.Errorf("recovery %+v", r)
	}
	later := uint64(0)
	_, _, due := simulated(t, p, 20*ms, [2]time.Duration{})
	for k, steps := range due {
		for _, at := range steps {
			if at >= 13*time.Second && k >= 500 && k < 2000 {
				later++
			}
		}
	}
	if got := spike.Journeys[0].DueLater; got != later || later < 1000 {
		t.Errorf("%d steps of its journeys were due later, and by simulation %d", got, later)
	}
}
