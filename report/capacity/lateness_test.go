package capacity

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// lateRun is a step of 400 requests of which bench was late with each: the target took so long, and with bench's lag it was more.
func lateRun(target, response time.Duration) *runfile.Run {
	of := func(d time.Duration) runfile.Dist {
		return runfile.NewDist(3, slices.Repeat([]time.Duration{d}, 400), nil)
	}
	p := runfile.Phase{
		Kind: "step", DurationNS: 4 * time.Second, Offered: runfile.Rate{Count: 400, Rate: 100}, Achieved: runfile.Rate{Count: 400, Rate: 100},
		Requests: runfile.Requests{Due: 400, Sent: 400, Succeeded: 400}, ResponseTime: of(response), TargetTime: &runfile.TargetTime{Undisturbed: of(target)},
		Disturbed: 100, Verdict: runfile.Verdict{Kind: runfile.HostLimited},
	}
	return &runfile.Run{Overall: p, Phases: []runfile.Phase{p}, Verdict: p.Verdict, Judging: runfile.JudgingBounds}
}

// A step is spoiled by load that was not driven, and not by lateness: that keeps open only what it could change.
func TestStepsAreJudgedByBounds(t *testing.T) {
	const ms = time.Millisecond
	for _, tc := range []struct {
		name               string
		target, response   time.Duration
		holds, fails, open bool
	}{
		{"holds with the lag in it", 2 * ms, 20 * ms, true, false, false},
		{"misses without it", 40 * ms, 60 * ms, false, true, false},
		{"between the two", 2 * ms, 60 * ms, false, false, true},
	} {
		m := measure(Step{Rate: 100, Hold: 4 * time.Second}, lateRun(tc.target, tc.response), objectivesOf(t, "p99<30ms"), 0)
		if m.spoiled || m.Holds != tc.holds || m.fails != tc.fails || m.Undecided != tc.open || m.short {
			t.Errorf("%s: %+v", tc.name, m)
		}
		if m.Disturbed != 0.25 || m.Target == nil || m.Target.P99 < tc.target || m.Target.P99 > tc.target*101/100 || m.took.P99NS != m.Target.P99 || m.P99 < tc.response {
			t.Errorf("%s: the target took %+v, the response %v", tc.name, m.Target, m.P99)
		}
	}
	undelivered := lateRun(2*ms, 2*ms)
	undelivered.Overall.Requests.Sent, undelivered.Overall.TargetTime.Untold = 394, 6
	if m := measure(Step{Rate: 100}, undelivered, objectivesOf(t, "p99<30ms"), 0); !m.spoiled || m.Holds || m.fails || m.Reason != NotSent || !strings.Contains(m.Why, "did not send") {
		t.Errorf("of 400 requests 6 were not sent though they could have been: %+v", m)
	}
	before := lateRun(2*ms, 2*ms)
	before.Overall.TargetTime, before.Phases[0].TargetTime = nil, nil
	if m := measure(Step{Rate: 100}, before, objectivesOf(t, "p99<30ms"), 0); !m.spoiled || m.Reason != TooLate || !strings.HasPrefix(m.Why, "HOST-LIMITED") {
		t.Errorf("a run of before: %+v", m)
	}
}

// What is only kept open by bench's lateness does not stop the search, and is no rate that holds.
func TestSearchGoesOnWhereLatenessKeepsItOpen(t *testing.T) {
	racetest.Skip(t)
	s := NewSearch(Options{Objectives: objectivesOf(t, "p99<30ms"), Start: 100, Most: 1600})
	for {
		step, done := s.Next()
		if done {
			break
		}
		m := measure(step, lateRun(2*time.Millisecond, 2*time.Millisecond), s.options.Objectives, 0)
		if step.Rate > 400 {
			m = measure(step, lateRun(2*time.Millisecond, 60*time.Millisecond), s.options.Objectives, 0)
		}
		s.add(m)
	}
	if got := s.Result(); got.Outcome != Limited || got.Rate.Rate != 400 || !got.AtLeast {
		t.Errorf("%+v, want at least 400/s: above it bench was too late to tell", got)
	}
}

// Steps that bench's lateness keeps open are no evidence that the edge lies below them.
func TestLatenessMovesNoEdge(t *testing.T) {
	racetest.Skip(t)
	s := NewSearch(Options{Objectives: objectivesOf(t, "p99<30ms"), Start: 100})
	for {
		step, done := s.Next()
		if done {
			break
		}
		target, response := 2*time.Millisecond, 2*time.Millisecond
		switch {
		case step.Rate > 900:
			target, response = 60*time.Millisecond, 60*time.Millisecond
		case step.Rate > 300:
			response = 60 * time.Millisecond
		}
		r := lateRun(target, response)
		r.Overall.Offered.Rate, r.Overall.Achieved.Rate = step.Rate, step.Rate
		s.add(measure(step, r, s.options.Objectives, 0))
	}
	if got := s.Result(); got.Low < 600 || got.High > 1300 {
		t.Errorf("%+v, want it about 900/s, where the target misses", got)
	}
}

// Requests that bench sent late at the end of a step are not missing by the service's doing.
func TestLatenessAtTheEndIsNotTheServices(t *testing.T) {
	r := lateRun(2*time.Millisecond, 2*time.Millisecond)
	r.Overall.Achieved = runfile.Rate{Count: 350, Rate: 87.5}
	r.Overall.Backlog.End = 50
	objectives := objectivesOf(t, "p99<30ms")
	if m := measure(Step{Rate: 100}, r, objectives, 0); !m.late {
		t.Errorf("350 of 400 requests were served, and bench was not late at the end: %+v", m)
	}
	r.Overall.Backlog.End = 0
	r.Disturbances = &runfile.Disturbances{Spans: []runfile.Span{{AtNS: 3500 * time.Millisecond, DurationNS: 500 * time.Millisecond}}}
	if m := measure(Step{Rate: 100}, r, objectives, 0); m.late || !m.Holds {
		t.Errorf("bench was late with the last 50: %+v", m)
	}
}

// What is refused of the burst with which bench catches up is not missing by the service's doing, as far as more of it fails
// than else.
func TestRefusalsOfABurstAreNotTheServices(t *testing.T) {
	r := lateRun(2*time.Millisecond, 2*time.Millisecond)
	values := func(n int) runfile.Dist {
		return runfile.NewDist(3, slices.Repeat([]time.Duration{2 * time.Millisecond}, n), nil)
	}
	p := &r.Overall
	p.Requests.Succeeded, p.Achieved = 340, runfile.Rate{Count: 340, Rate: 85}
	p.TargetTime.Undisturbed, p.TargetTime.Disturbed = values(300), values(40) // of 300 and of 100
	if m := measure(Step{Rate: 100}, r, objectivesOf(t, "p99<30ms"), 0); m.late {
		t.Errorf("none but disturbed requests failed: %+v", m)
	}
	p.TargetTime.Undisturbed, p.TargetTime.Disturbed = values(255), values(85)
	if m := measure(Step{Rate: 100}, r, objectivesOf(t, "p99<30ms"), 0); !m.late {
		t.Errorf("as many of the others failed: %+v", m)
	}
}
