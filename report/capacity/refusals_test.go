package capacity

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// limiter answers 200/s at once and refuses the rest at once.
var limiter = target{name: "limiter", workers: 64, service: func(*rand.Rand) float64 { return 0.0003 }, limit: 200}

// What a limiter refuses is not served, however fast it does so.
func TestRefusalsAreNotServed(t *testing.T) {
	racetest.Skip(t)
	searches := 3
	if testing.Short() {
		searches = 1
	}
	for i := range searches {
		s, _ := limiter.searched(t, rand.New(rand.NewPCG(uint64(i), 31)), Options{Objectives: objectivesOf(t, "p99<100ms", "errors<1%"), Start: 13})
		c := Assess(runfile.Target{Name: "limiter"}, Resources{}, s)
		if c.Saturation == nil || math.Abs(c.Saturation.Rate/200-1) > 0.03 || c.Saturation.Low > 200 || c.Saturation.High < 200 {
			t.Errorf("search %d: saturation %+v, want the 200/s that are answered", i, c.Saturation)
		}
		for _, m := range s.Steps() {
			if sum := 0.0; len(m.served) > 0 {
				for _, n := range m.served {
					sum += n
				}
				if math.Abs(sum/float64(len(m.served))-m.Served) > 0.02*m.Served {
					t.Errorf("search %d: at %v/s its seconds served %v, and %v/s were", i, m.Rate, m.served, m.Served)
				}
			}
		}
	}
}

// Failures that end long after they were due say nothing of the second in which they were: each is taken to have served its
// share.
func TestServedBySecondOfTimeouts(t *testing.T) {
	second := time.Second
	run := func(ok, finished, failed [4]uint64) *runfile.Run {
		r := &runfile.Run{Overall: runfile.Phase{DurationNS: 4 * second}}
		for i := range 4 {
			r.Intervals = append(r.Intervals, runfile.Interval{StartNS: time.Duration(i) * second, Finished: finished[i], Failed: failed[i]})
			r.Overall.Achieved.Count += ok[i]
		}
		r.Overall.Achieved.Rate = float64(r.Overall.Achieved.Count) / 4
		return r
	}
	for _, tc := range []struct {
		name string
		r    *runfile.Run
		want []float64
	}{
		{"refused at once", run([4]uint64{90, 100, 110, 100}, [4]uint64{130, 150, 140, 120}, [4]uint64{40, 50, 30, 20}), []float64{90, 100, 110, 100}},
		{"given up on after 2 s", run([4]uint64{100, 100, 100, 100}, [4]uint64{100, 100, 200, 200}, [4]uint64{100, 100, 100, 100}), []float64{200. / 3, 200. / 3, 400. / 3, 400. / 3}},
		{"nothing served", run([4]uint64{}, [4]uint64{100, 100, 100, 100}, [4]uint64{100, 100, 100, 100}), []float64{0, 0, 0, 0}},
	} {
		got := servedBySecond(tc.r, 0)
		if !slices.EqualFunc(got, tc.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }) {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// Of thirty endpoints a first step holds hardly a request of each: it is lengthened, and does not fail for want of any.
func TestNoSampleIsNoFailure(t *testing.T) {
	racetest.Skip(t)
	q := MMC{4, 125}
	service := target{name: "30 endpoints", workers: 4, service: func(r *rand.Rand) float64 { return r.ExpFloat64() / 125 }, kinds: 30}
	s, _ := service.searched(t, rand.New(rand.NewPCG(1, 33)), Options{Objectives: objectivesOf(t, "p99{GET /7}<80ms"), Start: 5})
	got, truth := s.Result(), q.RateWithin(0.99, 80*time.Millisecond)
	if got.Outcome != Found && got.Outcome != Unconfirmed || got.Rate.Rate < 0.8*truth || got.Rate.Rate > 1.2*truth {
		t.Errorf("%+v, want about %.0f/s: %+v", got, truth, s.Steps())
	}
	steps := s.Steps()
	if first := steps[0]; !first.Undecided || first.fails || first.Reason != TooFew || !strings.Contains(first.Why, "too few to tell") {
		t.Errorf("the first step, of %v requests: %+v", first.samples, first)
	}
	if again := steps[1]; again.Rate != steps[0].Rate || again.Hold <= steps[0].Hold {
		t.Errorf("after too few requests %v/s is held for %v, want %v/s for longer", again.Rate, again.Hold, steps[0].Rate)
	}

	// One that is never asked is told of at no rate, and that is no failure.
	s, _ = service.searched(t, rand.New(rand.NewPCG(1, 34)), Options{Objectives: objectivesOf(t, "p99{GET /checkout}<80ms"), Start: 5, Most: 40})
	if got := s.Result(); got.Outcome != Undecided || got.Rate.Rate != 0 {
		t.Errorf("of an endpoint that no request was of: %+v", got)
	}
	if m := s.Steps()[0]; m.fails || !m.Undecided {
		t.Errorf("%+v", m)
	}
}

// An endpoint that breaks its objective is found however few of the requests are its own, and so are its failures.
func TestAnEndpointsObjectiveIsAShare(t *testing.T) {
	slow, broken := time.Second, runfile.NewDist(2, []time.Duration{time.Millisecond, time.Millisecond}, []time.Duration{2 * time.Second})
	fast := runfile.NewDist(2, slices.Repeat([]time.Duration{5 * time.Millisecond}, 30), nil)
	of := func(list ...runfile.Endpoint) *runfile.Run {
		p := runfile.Phase{DurationNS: 4 * time.Second, Requests: runfile.Requests{Due: 100, Succeeded: 100}, Endpoints: list}
		return &runfile.Run{Overall: p, Phases: []runfile.Phase{{Kind: "warmup", Endpoints: list}, p}}
	}
	ok := func(name string, d runfile.Dist) runfile.Endpoint {
		return runfile.Endpoint{Name: name, Class: runfile.ClassOK, Count: d.Count, ResponseTime: d, ServiceTime: d}
	}
	failed := runfile.Endpoint{Name: "GET /a", Class: runfile.ClassFailed, Count: 2, ResponseTime: broken}
	for _, tc := range []struct {
		text string
		r    *runfile.Run
		want tally
	}{
		{"p99{GET /a}<10ms", of(ok("GET /a", fast), ok("GET /b", runfile.NewDist(2, []time.Duration{slow}, nil))), tally{30, 0}},
		{"p99{GET /b}<10ms", of(ok("GET /a", fast), ok("GET /b", runfile.NewDist(2, []time.Duration{slow}, nil))), tally{1, 1}},
		{"service:p99{GET /a}<1ms", of(ok("GET /a", fast)), tally{30, 30}},
		{"p99{GET /a}<10ms", of(ok("GET /a", fast), failed), tally{31, 1}}, // of the failures one was never answered
		{"p99{GET /a}<10ms", of(failed), tally{1, 1}},
		{"errors{GET /a}<1%", of(ok("GET /a", fast), failed), tally{33, 3}},
		{"errors{GET /c}<1%", of(ok("GET /a", fast)), tally{}},
	} {
		if got := samplesOf(objectivesOf(t, tc.text)[0], tc.r); got != tc.want {
			t.Errorf("%s: %+v, want %+v", tc.text, got, tc.want)
		}
	}
}

// What bench's own processors limited tells nothing of the service: more users are not driven, and no law is made of it.
func TestClosedStepsThatBenchLimitedAreSpoiled(t *testing.T) {
	run := func(users int, cpu time.Duration) Measurement {
		p := runfile.Phase{
			DurationNS: 1500 * time.Millisecond, Requests: runfile.Requests{Due: 150, Succeeded: 150}, CPU: runfile.CPU{Generator: &cpu},
			Achieved: runfile.Rate{Count: 150, Rate: 100 * float64(users)}, ResponseTime: runfile.NewDist(3, slices.Repeat([]time.Duration{time.Millisecond}, 150), nil),
		}
		r := &runfile.Run{Overall: p, Phases: []runfile.Phase{p}, Verdict: runfile.Verdict{Kind: runfile.TargetLimited}}
		r.Environment.GeneratorCPUs, r.Plan.Engine = []int{2, 3}, runfile.EngineHTTP
		return measure(Step{Purpose: Staircase, Users: users, Hold: 1500 * time.Millisecond}, r, objectivesOf(t, "p99<1s"), 1)
	}
	if m := run(4, 2800*time.Millisecond); m.spoiled || m.Generator == nil || math.Abs(*m.Generator-2.8/3) > 1e-9 {
		t.Errorf("with 93 %% of two processors used: %+v", m)
	}
	if m := run(4, 2900*time.Millisecond); !m.spoiled || m.Holds || m.fails || m.Reason != OwnProcessors || !strings.Contains(m.Why, "97 % of its own processors") {
		t.Errorf("with 97 %% of two processors used: %+v", m)
	}
	s := NewSearch(Options{Objectives: objectivesOf(t, "p99<1s"), Users: StaircaseUsers(0)})
	for users := 1; users <= 16; users *= 2 {
		step, _ := s.Next()
		if step.Users != users {
			t.Fatalf("step %+v, want %d users", step, users)
		}
		cpu := time.Second
		if users == 16 {
			cpu = 3 * time.Second
		}
		s.add(run(users, cpu))
	}
	if step, _ := s.Next(); step.Users != 0 || step.Rate != 50 {
		t.Errorf("after bench was the limit with 16 users: %+v, want an open step at a sixteenth of what 8 users reached", step)
	}
	if c := Assess(runfile.Target{}, Resources{}, s); c.USL == nil || len(c.USL.Points) != 4 {
		t.Errorf("the law is of %+v, want the steps of 1 to 8 users", c.USL)
	}
}

// A pause spoils one step: it is driven again, and not for ever.
func TestSpoiledClosedStepIsDrivenAgain(t *testing.T) {
	s := NewSearch(Options{Objectives: objectivesOf(t, "p99<1s"), Users: []int{1, 2, 4}})
	var users []int
	for {
		step, _ := s.Next()
		if step.Users == 0 {
			break
		}
		if users = append(users, step.Users); len(users) > 20 {
			t.Fatalf("%v: it does not end", users)
		}
		s.add(Measurement{Step: step, Served: 100, spoiled: step.Users == 2})
	}
	if !slices.Equal(users, []int{1, 2, 2, 4}) {
		t.Errorf("%v users", users)
	}
}

// A step's backlog rises by the test of a run's verdict.
func TestBacklogOfAStepRisesAsThatOfARun(t *testing.T) {
	for _, tc := range []struct {
		backlog [5]uint64 // before and at the end of each second
		late    bool
	}{
		{[5]uint64{20, 60, 100, 140, 180}, true},  // p 1/120
		{[5]uint64{61, 60, 100, 140, 181}, false}, // p 5/120: more than a hundredth
	} {
		p := runfile.Phase{
			StartNS: time.Second, DurationNS: 4 * time.Second, Offered: runfile.Rate{Rate: 100}, Achieved: runfile.Rate{Count: 400, Rate: 100},
			Requests: runfile.Requests{Due: 400, Succeeded: 400}, Backlog: runfile.Backlog{Start: tc.backlog[0], End: tc.backlog[4]},
			ResponseTime: runfile.NewDist(3, slices.Repeat([]time.Duration{time.Millisecond}, 400), nil),
		}
		r := &runfile.Run{Overall: p, Phases: []runfile.Phase{{Kind: "warmup", DurationNS: time.Second}, p}, Verdict: runfile.Verdict{Kind: runfile.Valid}}
		for i, n := range tc.backlog {
			r.Intervals = append(r.Intervals, runfile.Interval{StartNS: time.Duration(i) * time.Second, Due: 100, OK: 100, Finished: 100, Backlog: n})
		}
		if m := measure(Step{Rate: 100, Hold: 4 * time.Second}, r, objectivesOf(t, "p99<1s"), 0); m.late != tc.late {
			t.Errorf("a backlog of %v: late %v (%s)", tc.backlog, m.late, m.Why)
		}
	}
}
