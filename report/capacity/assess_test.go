package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

var drivenAt = map[string][]Measurement{} // by rates; acted out once for all tests

// loaded drives a queue with 4 workers of 8 ms at the rates, and says what its processor did where it was seen.
func loaded(t *testing.T, perRequest float64, rates ...float64) *Search {
	t.Helper()
	s := NewSearch(Options{Objectives: objectivesOf(t, "p99<100ms")})
	key := fmt.Sprint(rates)
	if drivenAt[key] == nil {
		r := rand.New(rand.NewPCG(2, 2))
		tg := target{name: "M/M/4", workers: 4, service: func(r *rand.Rand) float64 { return 0.008 * r.ExpFloat64() }}
		for _, rate := range rates {
			drivenAt[key] = append(drivenAt[key], tg.drive(r, Step{Rate: rate, WarmUp: time.Second, Hold: 8 * time.Second}, 0, s.options.Objectives))
		}
	}
	for _, m := range drivenAt[key] {
		if perRequest > 0 {
			busy := perRequest * m.Served
			m.CPU = &busy
		}
		s.add(m)
	}
	return s
}

func TestAssessPredictsSaturation(t *testing.T) {
	racetest.Skip(t)
	// Nothing is seen but response times.
	c := Assess(runfile.Target{Name: "reference"}, Resources{}, loaded(t, 0, 30, 60, 120, 180, 240, 300))
	if c.Predicted == nil || math.Abs(c.Predicted.Rate.Rate/500-1) > 0.15 || !strings.HasPrefix(c.Predicted.Method, "M/M/c") {
		t.Errorf("by response times %+v, want 500/s; %v", c.Predicted, c.Notes)
	}
	if !c.MaxRate.AtLeast || c.MaxRate.Outcome != Everywhere || c.MaxRate.Rate.Rate != 300 {
		t.Errorf("nothing failed, yet %+v", c.MaxRate)
	}
	// A processor that is full at 400/s is full before the workers are.
	c = Assess(runfile.Target{Name: "service"}, Resources{Processors: 1}, loaded(t, 1.0/400, 30, 60, 120, 180, 240))
	if c.Predicted == nil || math.Abs(c.Predicted.Rate.Rate/400-1) > 0.02 || !strings.HasPrefix(c.Predicted.Method, "utilisation law") {
		t.Errorf("by the processor %+v, want 400/s", c.Predicted)
	}
	if len(c.Expected) != 3 || !(c.Expected[0].P99 < c.Expected[2].P99) {
		t.Errorf("expected %+v, want a P99 that rises with the use", c.Expected)
	}
}

func TestAssessNamesTheLimit(t *testing.T) {
	racetest.Skip(t)
	for _, tc := range []struct {
		perRequest float64
		processors int
		want       string
	}{
		{0, 0, "4 workers that take"},
		{1.0 / 440, 1, "Its processor limits it: 2.27 ms a request"},
		{1.0 / 4400, 1, "Its processor does not limit it, as only 1"},
	} {
		c := Assess(runfile.Target{}, Resources{Processors: tc.processors}, loaded(t, tc.perRequest, 30, 60, 120, 240, 360, 430, 600))
		if !strings.Contains(c.Limit, tc.want) {
			t.Errorf("%v s a request: %q, want %q", tc.perRequest, c.Limit, tc.want)
		}
		if c.Saturation == nil || math.Abs(c.Saturation.Rate/500-1) > 0.05 {
			t.Errorf("saturation %+v, want 500/s as served of 600/s", c.Saturation)
		}
	}
}

func TestFromRunRefusesWhatIsNoStaircase(t *testing.T) {
	run := func(phases ...runfile.PhaseRecord) *runfile.Run {
		r := &runfile.Run{Plan: runfile.PlanRecord{Phases: phases, Model: "open"}}
		at := time.Duration(0)
		for _, p := range phases {
			r.Phases = append(r.Phases, runfile.Phase{Name: p.Name, Kind: p.Kind, StartNS: at, DurationNS: p.DurationNS})
			at += p.DurationNS
		}
		return r
	}
	slo := objectivesOf(t, "p99<100ms")
	step := runfile.PhaseRecord{Kind: "step", DurationNS: 5 * time.Second, From: 100, To: 100}
	ramp := runfile.PhaseRecord{Kind: "ramp", DurationNS: 5 * time.Second, From: 100, To: 200}
	warm := runfile.PhaseRecord{Kind: "warmup", DurationNS: 5 * time.Second, From: 100, To: 100}
	for name, r := range map[string]*runfile.Run{"one step": run(step), "a ramp": run(ramp, ramp), "a warm-up": run(warm, step), "nothing": run()} {
		if _, err := FromRun(r, slo); err == nil || !strings.Contains(err.Error(), "at least two") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s, err := FromRun(run(warm, step, step), slo); err != nil || len(s.Steps()) != 2 {
		t.Errorf("two steps: %v", err)
	}
}

// A run in which bench was late throughout tells nothing, and one where it was late at the higher rates a lower bound.
func TestFromRunOfALateGenerator(t *testing.T) {
	run := func(verdicts ...runfile.VerdictKind) *runfile.Run {
		r := &runfile.Run{Plan: runfile.PlanRecord{Model: "open"}}
		for i, v := range verdicts {
			rate := float64(100 * (i + 1))
			fast := make([]time.Duration, int(5*rate))
			for k := range fast {
				fast[k] = time.Millisecond
			}
			n := uint64(len(fast))
			start := time.Duration(i) * 5 * time.Second
			r.Plan.Phases = append(r.Plan.Phases, runfile.PhaseRecord{Kind: "step", DurationNS: 5 * time.Second, From: rate, To: rate})
			r.Phases = append(r.Phases, runfile.Phase{
				Kind: "step", StartNS: start, DurationNS: 5 * time.Second, Verdict: runfile.Verdict{Kind: v},
				Offered: runfile.Rate{Count: n, Rate: rate}, Achieved: runfile.Rate{Count: n, Rate: rate},
				Requests: runfile.Requests{Due: n, Succeeded: n}, ResponseTime: runfile.NewDist(3, fast, nil),
			})
		}
		return r
	}
	for _, tc := range []struct {
		verdicts []runfile.VerdictKind
		outcome  Outcome
		rate     float64
	}{
		{[]runfile.VerdictKind{runfile.GeneratorLimited, runfile.GeneratorLimited, runfile.HostLimited}, Limited, 0},
		{[]runfile.VerdictKind{runfile.Valid, runfile.Valid, runfile.GeneratorLimited}, Limited, 200},
		{[]runfile.VerdictKind{runfile.Valid, runfile.Valid, runfile.Valid}, Everywhere, 300},
	} {
		s, err := FromRun(run(tc.verdicts...), objectivesOf(t, "p99<100ms"))
		if err != nil {
			t.Fatal(err)
		}
		c := Assess(runfile.Target{Name: "service"}, Resources{}, s)
		if m := c.MaxRate; m.Outcome != tc.outcome || m.Rate.Rate != tc.rate || m.AtLeast != (tc.rate > 0) {
			t.Errorf("%v: %+v, want %s of %v/s", tc.verdicts, m, tc.outcome, tc.rate)
		}
		if _, err := MakePlan(Inputs{Demand: 5, Use: 0.7, Spike: 1, Survive: LoseInstance}, c); (err == nil) != (tc.rate > 0) {
			t.Errorf("%v: the plan: %v", tc.verdicts, err)
		}
	}
}
