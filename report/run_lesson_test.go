package report

import (
	"math"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestLesson(t *testing.T) {
	pair := func(cost time.Duration, misses uint64, change func(cached, uncached *runfile.Run)) Margins {
		cached, uncached := told("cached", spikePhases(600), 4*ms, bundled(cost, misses)), told("uncached", spikePhases(600), 4*ms, bundled(cost, 0))
		if change != nil {
			change(cached, uncached)
		}
		return Lesson(cached, uncached)
	}
	for _, tc := range []struct {
		why                       string
		m                         Margins
		uncached, cached, resting float64
		holds                     bool
	}{
		// 600/s × 9 ms = 5.4 processors; 1 % of it; 30/s × 9 ms = 0.27.
		{"it holds", pair(9*ms, 1, nil), 5.4, 0.054, 0.27, true},
		{"three times over is enough", pair(5*ms, 1, nil), 3, 0.03, 0.15, true},
		{"a little less is not", pair(4999*us, 1, nil), 2.9994, 0.029994, 0.14997, false},
		{"three tenths of misses are easy", pair(10*ms, 5, nil), 6, 0.3, 0.3, true},
		{"more misses are not", pair(10*ms, 6, nil), 6, 0.36, 0.3, false},
		{"nor is more of a baseline", pair(10100*us, 1, nil), 6.06, 0.0606, 0.303, false},
		{"two processors do twice as much", pair(9*ms, 1, func(_, u *runfile.Run) { u.Environment.TargetCPUs = []int{0, 1} }),
			2.7, 0.027, 0.135, false},
		{"a calm in which a request costs more", pair(9*ms, 1, func(_, u *runfile.Run) {
			dear := 2 * *u.Phases[1].CPU.Target
			u.Phases[1].CPU.Target = &dear
		}), 5.4, 0.054, 0.54, false},
		{"a target that is not pinned has all of them", pair(9*ms, 1, func(_, u *runfile.Run) {
			u.Environment.TargetCPUs, u.Environment.Processors = nil, 4
		}), 1.35, 0.0135, 0.0675, false},
	} {
		near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9 }
		if !tc.m.Known() || !near(tc.m.Uncached(), tc.uncached) || !near(tc.m.Cached(), tc.cached) || !near(tc.m.Resting(), tc.resting) {
			t.Errorf("%s: %+v brings %v, %v and %v, want %v, %v and %v", tc.why, tc.m, tc.m.Uncached(), tc.m.Cached(), tc.m.Resting(), tc.uncached, tc.cached, tc.resting)
		}
		if tc.m.Holds() != tc.holds || (tc.m.Missed(testCaller) == "") != tc.holds {
			t.Errorf("%s: %+v: holds %v, missed %q", tc.why, tc.m, tc.m.Holds(), tc.m.Missed(testCaller))
		}
	}
	for unknown, change := range map[string]func(c, u *runfile.Run){
		"a spike":                                   func(c, _ *runfile.Run) { c.Phases = c.Phases[:2] },
		"a baseline of the uncached target":         func(_, u *runfile.Run) { u.Phases[1].Achieved.Count = 0 },
		"the processor time of the uncached target": func(_, u *runfile.Run) { u.Phases[1].CPU.Target = nil },
		"the number of the target's processors":     func(_, u *runfile.Run) { u.Environment.TargetCPUs, u.Environment.Processors = nil, 0 },
		"the hit ratio of the cached target":        func(c, _ *runfile.Run) { c.Phases[2].Cache = runfile.Cache{} },
		"the cost of a request":                     func(_, u *runfile.Run) { u.Plan.Phases, u.Phases[2].Offered.Rate = nil, math.Inf(1) },
	} {
		if m := pair(9*ms, 1, change); m.Unknown != unknown || m.Holds() || m.Missed(testCaller) != "" || m.Uncached() != 0 {
			t.Errorf("without %s: %+v", unknown, m)
		}
	}
	if m := Lesson(nil, nil); m.Known() {
		t.Errorf("nothing is known of no runs: %+v", m)
	}
}

// The lesson is of the services, whatever they have been called.
func TestLessonOfNamedServices(t *testing.T) {
	pair := func() []*runfile.Run {
		return []*runfile.Run{told("uncached", spikePhases(600), 4*ms, bundled(9*ms, 0)), told("cached", spikePhases(600), 4*ms, bundled(9*ms, 1))}
	}
	want, ok := lessonOf(subjectsOf(pair()), testPair)
	if !ok {
		t.Fatal("the bundled pair has no lesson")
	}
	named := pair()
	for i, name := range []string{"cached", "uncached"} { // the one as the other
		named[i].Target.Name, named[i].Target.Service, named[i].Target.Named = name, named[i].Target.Name, true
	}
	if got, ok := lessonOf(subjectsOf(named), testPair); !ok || got != want {
		t.Errorf("named: %+v, %v, want %+v", got, ok, want)
	}
}

// Which services are a pair is told by the caller: none are so by their names alone.
func TestLessonOfAnotherPair(t *testing.T) {
	runs := []*runfile.Run{told("quick", spikePhases(600), 4*ms, bundled(9*ms, 1)), told("slow", spikePhases(600), 4*ms, bundled(9*ms, 0))}
	for pair, want := range map[CachePair]bool{{}: false, testPair: false, {Cached: "quick", Uncached: "slow"}: true, {Cached: "quick", Uncached: "other"}: false} {
		if _, ok := lessonOf(subjectsOf(runs), pair); ok != want {
			t.Errorf("with the pair %+v there is a lesson: %v", pair, ok)
		}
	}
}

// TestAdviceHelps follows what Missed says to try, again and again: the lesson must hold in the end. From a tenth of
// misses on no rate helps, and Missed says something else.
func TestAdviceHelps(t *testing.T) {
	advice := regexp.MustCompile(`try --(peak|rate) ([0-9]+)/s`)
	for cost := 200 * us; cost < 250*ms; cost = cost * 5 / 4 {
		for _, misses := range []float64{0, 0.01, 0.05, 0.09} {
			m := Margins{Cost: cost, CalmCost: cost, Processors: 2, Peak: 600, Baseline: 30, MissRatio: misses}
			for range 3 {
				if try := advice.FindStringSubmatch(m.Missed(testCaller)); try != nil {
					rate, err := strconv.ParseFloat(try[2], 64)
					if err != nil {
						t.Fatal(err)
					}
					*map[string]*float64{"peak": &m.Peak, "rate": &m.Baseline}[try[1]] = rate
				}
			}
			if !m.Holds() {
				t.Errorf("%+v after following the advice, which now is %q", m, m.Missed(testCaller))
			}
		}
	}
}
