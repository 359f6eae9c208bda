package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The critical values of Mann and Whitney's U, two-sided at 5 %, as printed in the tables of Siegel, Nonparametric Statistics.
func TestRankSumLimitIsThePublishedOne(t *testing.T) {
	for _, tc := range []struct{ m, n, want int }{
		{3, 5, 0}, {4, 4, 0}, {5, 5, 2}, {6, 6, 5}, {5, 9, 7}, {8, 8, 13}, {10, 10, 23}, {20, 20, 127},
	} {
		for _, size := range [][2]int{{tc.m, tc.n}, {tc.n, tc.m}} {
			if got, ok := limit(rankSumCDF(size[0], size[1]), 0.025); got != tc.want || !ok {
				t.Errorf("%v: %d, want %d", size, got, tc.want)
			}
		}
	}
	if _, ok := limit(rankSumCDF(3, 3), 0.025); ok {
		t.Error("three and three decide at 5 %")
	}
}

// The permeability of membranes of Hollander and Wolfe, Nonparametric Statistical Methods, example 4.1: 0.305, as R's
// wilcox.test(x, y, conf.int = TRUE) has it.
func TestShiftIsThePublishedOne(t *testing.T) {
	x := []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	y := []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	if got := newShift(y, x).center(); math.Abs(got-0.305) > 1e-9 {
		t.Errorf("%v, want 0.305", got)
	}
}

// runsOf are runs of one side, each of a fresh start, of which a start's own speed and its luck scatter.
func runsOf(n int, truth float64, random *rand.Rand) []*runfile.Run {
	var list []*runfile.Run
	for range n {
		at := func(s float64) time.Duration {
			return time.Duration(1e6 * truth * math.Exp(s*random.NormFloat64()+s/2*student4(random)/math.Sqrt2))
		}
		r := answer(at(0.015))
		r.Overall.ResponseTime.P95NS, r.Overall.ResponseTime.P99NS = 2*at(0.03), 3*at(0.05)
		list = append(list, r)
	}
	return list
}

// Gates of eight runs a side keep the promises of the others.
func TestRunsSimulation(t *testing.T) {
	const gates = 600
	for _, tc := range []struct {
		truth     float64
		most      int // regressions
		least     int
		mayPass   bool
		whichever string
	}{
		{1, gates / 100, 0, true, "identical"},
		{1.3, gates, gates * 95 / 100, false, "slower by 30 %"},
	} {
		regressions, passes := 0, 0
		for seed := range uint64(gates) {
			random := rand.New(rand.NewPCG(seed, 9))
			r := Runs("old", "new", runsOf(8, 1, random), runsOf(8, tc.truth, random), gateOptions())
			switch r.Outcome() {
			case Regression:
				regressions++
			case Pass:
				passes++
			}
		}
		if regressions > tc.most || regressions < tc.least || passes > 0 != tc.mayPass {
			t.Errorf("%s: %d regressions, %d passes of %d", tc.whichever, regressions, passes, gates)
		}
	}
}

func TestFewRunsAreShownAndNotJudged(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for n := 1; n <= MinRuns; n++ {
		r := Runs("old", "new", runsOf(n, 1, random), runsOf(8, 3, random), gateOptions())
		row, ok := r.Comparisons[0].Row("p50")
		if row.Judged != (n == MinRuns) || !ok || row.Change.Center < 2.5 || (r.Outcome() == Regression) != (n == MinRuns) {
			t.Errorf("%d runs: %s, %+v", n, r.Outcome(), row)
		}
	}
}

// What changed by default since a run was saved is named with its flag: the key that an old file lacks means what was so then.
func TestDifferencesOfUsersNameTheFlag(t *testing.T) {
	old := runfile.PlanRecord{Model: "closed", VUs: 20, ThinkNS: time.Second}
	for want, change := range map[string]func(*runfile.PlanRecord){
		"": func(*runfile.PlanRecord) {},
		"start of the users: together and spread": func(p *runfile.PlanRecord) { p.Start = runfile.Spread },
		"think time: 1s and exp:1s":               func(p *runfile.PlanRecord) { p.Think = "exp:1s" },
		"think time: 1s and 2s":                   func(p *runfile.PlanRecord) { p.ThinkNS = 2 * time.Second },
		"the users and lengths of the phases":     func(p *runfile.PlanRecord) { p.Phases = []runfile.PhaseRecord{{FromVUs: 1, ToVUs: 20}} },
	} {
		p := old
		change(&p)
		if list := old.Differences(&p); strings.Join(list, "; ") != want {
			t.Errorf("%q, want %q", list, want)
		}
	}
}

// A plan without a header case is one of before, or without a name that it matters to: it is like another such one.
func TestHeaderCaseDiffers(t *testing.T) {
	a, b := answer(time.Millisecond), answer(time.Millisecond)
	b.Plan.HeaderCase = runfile.HeadersKept
	for want, pair := range map[string][2]*runfile.Run{
		"header names: canonical and kept (header case canonical, with the same headers, makes them alike)": {a, b},
		"header names: kept and canonical (header case kept, with the same headers, makes them alike)":      {b, a},
	} {
		if list := Differences(pair[0], pair[1]); len(list) != 1 || list[0] != want {
			t.Errorf("%q, want %q", list, want)
		}
	}
	if list := Differences(b, b); list != nil {
		t.Errorf("%q", list)
	}
}

func TestDifferencesAreNamed(t *testing.T) {
	a, b := answer(time.Millisecond), answer(time.Millisecond)
	if list := Differences(a, b); list != nil {
		t.Errorf("none differ: %q", list)
	}
	a.Plan.Profile, b.Plan.Profile = "spike", "soak"
	a.Plan.Phases, b.Plan.Phases = []runfile.PhaseRecord{{To: 10}}, []runfile.PhaseRecord{{To: 20}}
	a.Environment.CPU, b.Environment.CPU = "this", "that"
	a.Plan.DrainNS, b.Plan.DrainNS = time.Second, 2*time.Second
	a.Plan.Engine, b.Plan.Engine = runfile.EngineWire, runfile.EngineWire
	a.Plan.Wire, b.Plan.Wire = &runfile.WireRecord{Loops: 1, SpinNS: runfile.DefaultSpin}, &runfile.WireRecord{Loops: 2}
	want := []string{"profile: spike and soak", "drain: 1s and 2s", "loops: 1 and 2", fmt.Sprintf("spin: %v and 0s", runfile.DefaultSpin),
		"the offered rates and lengths of the phases", "processor: this and that"}
	if list := Differences(a, b); !slices.Equal(list, want) {
		t.Errorf("%q, want %q", list, want)
	}
}

// Runs whose requests follow each other otherwise, or are counted otherwise, are not compared; the flag that makes them alike is named.
func TestOtherSequencesAreNamedWithTheirFlag(t *testing.T) {
	before, now := answer(time.Millisecond), answer(time.Millisecond)
	now.Plan.Order, now.Plan.Lines, now.Plan.Grouping = runfile.Sequential, 10, runfile.GroupByPattern
	now.Plan.Endpoints = []runfile.EndpointRecord{{Name: "GET /item/{n}"}}
	want := []string{"order of the requests: random and sequential (order random makes them alike)", "grouping of the endpoints: never and pattern (grouping never makes them alike)"}
	if list := Differences(before, now); !slices.Equal(list, want) {
		t.Errorf("%q, want %q", list, want)
	}
	longer := *now
	longer.Plan.Lines, longer.Plan.Endpoints = 11, nil
	if list := Differences(now, &longer); !slices.Equal(list, []string{"requests of the sequence: 10 and 11", "the endpoints"}) {
		t.Errorf("%q", list)
	}
}
