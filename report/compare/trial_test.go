package compare

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// answer is a run of that P50, of which everything else follows.
func answer(p50 time.Duration) *runfile.Run {
	return &runfile.Run{
		Verdict: runfile.Verdict{Kind: runfile.Valid},
		Overall: runfile.Phase{
			DurationNS: 2 * time.Second, Requests: runfile.Requests{Succeeded: 2000},
			ResponseTime: runfile.Dist{Count: 2000, P50NS: p50, P95NS: 2 * p50, P99NS: 3 * p50, P999NS: 4 * p50, MeanNS: p50},
		},
		Requests: runfile.Requests{Due: 2000, Succeeded: 2000},
	}
}

var gateCriteria = []Criterion{{Metric: P50, Margin: 0.05}, {Metric: P95, Margin: 0.10}, {Metric: P99, Margin: 0.10}, {Metric: Goodput, Margin: 0.05}}

func gateOptions() Options {
	return Options{Arms: []string{"old", "new"}, Quads: 20, Seed: 1, Criteria: gateCriteria, Gate: true, ErrorMargin: 0.001}
}

// play answers the trial until it is done.
func play(t testing.TB, o Options, answer func(Step) *runfile.Run) (*Trial, []Step) {
	t.Helper()
	trial, err := NewTrial(o)
	if err != nil {
		t.Fatal(err)
	}
	var steps []Step
	for len(steps) < 1000 {
		step, done := trial.Next()
		if done {
			return trial, steps
		}
		steps = append(steps, step)
		trial.Add(answer(step))
	}
	t.Fatal("the trial does not end")
	return nil, nil
}

func TestTrialVisitsTheArmsInBalance(t *testing.T) {
	for arms := 2; arms <= 4; arms++ {
		o := gateOptions()
		o.Arms, o.Seed = []string{"a", "b", "c", "d"}[:arms], 5
		_, steps := play(t, o, func(Step) *runfile.Run { return answer(time.Millisecond) })
		firsts := map[int]int{}
		for quad := range slices.Chunk(steps, 2*arms) {
			seeds := [2]uint64{quad[0].Seed, quad[arms].Seed}
			if seeds[0] == seeds[1] {
				t.Errorf("both pairs of a quad send the same requests")
			}
			for i, s := range quad {
				if mirror := quad[len(quad)-1-i]; s.Arm != mirror.Arm || s.Seed != seeds[i/arms] || s.Quad != quad[0].Quad || s.Round != i {
					t.Fatalf("round %d of %d arms: %+v, mirrored by %+v", i, arms, s, mirror)
				}
			}
			firsts[quad[0].Arm]++
		}
		if len(firsts) != arms {
			t.Errorf("of %d arms only %v ever begin", arms, firsts)
		}
	}
}

func TestTrialDecides(t *testing.T) {
	for _, tc := range []struct {
		name  string
		slow  float64
		want  Outcome
		rows  Outcome
		quads int
	}{
		{"the same", 1, Pass, Pass, 7},
		{"a fifth slower", 1.2, Regression, Regression, 7},
		{"a third faster", 0.7, Pass, Pass, 7},
	} {
		n := 0
		trial, _ := play(t, gateOptions(), func(s Step) *runfile.Run {
			n++
			p50 := float64(time.Millisecond) * (1 + 0.002*float64(n*37%11)) // some scatter
			if s.Arm == 1 {
				p50 *= tc.slow
			}
			if s.Quad == 0 {
				p50 *= 50 // cold
			}
			return answer(time.Duration(p50))
		})
		r := trial.Result()
		row, ok := r.Comparisons[0].Row("p50")
		if r.Outcome() != tc.want || row.Outcome != tc.rows || r.Quads != tc.quads || !ok || row.Improved != (tc.slow < 1) {
			t.Errorf("%s: %s after %d quads; %+v", tc.name, r.Outcome(), r.Quads, row)
		}
		if row.Change.Low > tc.slow || row.Change.High < tc.slow {
			t.Errorf("%s: %v is outside of %+v", tc.name, tc.slow, row.Change)
		}
	}
}

func TestSpoiledQuadsAreRunAgain(t *testing.T) {
	spoiled := func() *runfile.Run {
		r := answer(time.Hour)
		r.Verdict.Kind = runfile.HostLimited
		return r
	}
	var again []Step
	trial, steps := play(t, gateOptions(), func(s Step) *runfile.Run {
		if s.Quad == 3 {
			if again = append(again, s); len(again) == 3 {
				return spoiled()
			}
		}
		return answer(time.Millisecond)
	})
	if r := trial.Result(); r.Rerun != 1 || r.Spoiled || r.Outcome() != Pass || len(steps) != 4*9 {
		t.Errorf("%d rounds, %+v", len(steps), r)
	}
	if !slices.Equal(again[:4], again[4:]) {
		t.Errorf("run again are other rounds: %+v", again)
	}

	trial, steps = play(t, gateOptions(), func(s Step) *runfile.Run { return spoiled() })
	if r := trial.Result(); !r.Spoiled || r.Outcome() != Inconclusive || len(steps) != 4+6*4 {
		t.Errorf("a machine that is always late: %d rounds, %+v", len(steps), r)
	}
}

func TestLowerBoundsDecideOneWayOnly(t *testing.T) {
	for _, tc := range []struct {
		bounded int // the arm with lower bounds
		slow    float64
		want    Outcome
		why     string
	}{
		{1, 1, Inconclusive, "new may be any slower than it shows"},
		{1, 2, Regression, "new is at least so slow"},
		{0, 2, Inconclusive, "old may be as slow"},
		{0, 1, Pass, "new is at most as slow"},
	} {
		trial, _ := play(t, gateOptions(), func(s Step) *runfile.Run {
			p50 := time.Millisecond
			if s.Arm == 1 {
				p50 = time.Duration(tc.slow * float64(p50))
			}
			r := answer(p50)
			if s.Arm == tc.bounded {
				r.Overall.ResponseTime.AtLeast = []string{"p99_ns"}
			}
			return r
		})
		if row, _ := trial.Result().Comparisons[0].Row("p99"); row.Outcome != tc.want {
			t.Errorf("%s: %s, want %s", tc.why, row.Outcome, tc.want)
		}
	}
}

// How a percentile is judged follows from what is planned, and no round changes it.
func TestTheEstimatorIsChosenByWhatIsPlanned(t *testing.T) {
	three := runfile.NewDist(3, []time.Duration{time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond}, nil)
	one := runfile.NewDist(3, []time.Duration{time.Millisecond}, nil)
	for _, tc := range []struct {
		planned  [2]float64
		p95, p99 Estimator
	}{
		{[2]float64{540, 540}, ByPairs, ByPairs},
		{[2]float64{500, 540}, ByPairs, ByPairs},
		{[2]float64{499, 540}, ByPairs, ByTop},
		{[2]float64{540, 100}, ByPairs, ByTop},
		{[2]float64{87.5, 540}, ByTop, ByTop},
		{[2]float64{87, 540}, ByTop, ByNone},
		{[2]float64{17, 17}, ByNone, ByNone},
	} {
		o := gateOptions()
		o.Planned = tc.planned[:]
		n := 0
		trial, _ := play(t, o, func(s Step) *runfile.Run {
			r := answer(time.Millisecond)
			r.Overall.ResponseTime = three
			if n++; n > 30 { // a pause leaves fewer
				r.Overall.ResponseTime = one
			}
			return r
		})
		for key, want := range map[string]Estimator{"p50": ByPairs, "p95": tc.p95, "p99": tc.p99} {
			if row, _ := trial.Result().Comparisons[0].Row(key); key != "p50" && row.By != want || row.Thin != (row.By == ByNone) || row.Judged == row.Thin {
				t.Errorf("%v planned: %s by %q, judged %v, want by %q", tc.planned, key, row.By, row.Judged, want)
			}
		}
	}
}

func TestThinPercentilesAreNotJudged(t *testing.T) {
	o := gateOptions()
	o.Planned = []float64{80, 80}
	trial, _ := play(t, o, func(s Step) *runfile.Run {
		r := answer(time.Millisecond)
		r.Overall.ResponseTime.Count = 80
		if s.Arm == 1 {
			r.Overall.ResponseTime.P99NS *= 100
		}
		return r
	})
	r := trial.Result()
	p99, _ := r.Comparisons[0].Row("p99")
	if p99.Judged || !p99.Thin || !p99.Unjudged() || p99.Outcome != "" {
		t.Errorf("%s: P99 %+v", r.Outcome(), p99)
	}
}

func TestFailuresFailTheGate(t *testing.T) {
	trial, _ := play(t, gateOptions(), func(s Step) *runfile.Run {
		r := answer(time.Millisecond)
		if s.Arm == 1 {
			r.Requests = runfile.Requests{Due: 2000, Succeeded: 1980, Failed: 15, Unfinished: 5}
		}
		return r
	})
	r := trial.Result()
	if e := r.Comparisons[0].Errors; r.Outcome() != Regression || e.Outcome != Regression || e.B.Failed*100 != e.B.Due {
		t.Errorf("%s: %+v", r.Outcome(), e)
	}
	all := func(s Step) *runfile.Run {
		r := answer(time.Millisecond)
		if s.Arm == 1 {
			r.Requests = runfile.Requests{Due: 2000, Failed: 2000}
			r.Overall.ResponseTime, r.Overall.Requests = runfile.Dist{}, runfile.Requests{}
		}
		return r
	}
	if trial, _ = play(t, gateOptions(), all); trial.Result().Outcome() != Regression {
		t.Errorf("every request fails: %+v", trial.Result())
	}
}

func TestUnusableOptionsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"one arm":        func(o *Options) { o.Arms = o.Arms[:1] },
		"five quads":     func(o *Options) { o.Quads = 5 },
		"no margin":      func(o *Options) { o.Criteria = []Criterion{{Metric: P50, Margin: 0}} },
		"a whole margin": func(o *Options) { o.Criteria = []Criterion{{Metric: P50, Margin: 1}} },
	} {
		o := gateOptions()
		change(&o)
		if _, err := NewTrial(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestRowsKeepTheRoundsInTimeOrder(t *testing.T) {
	n := 0
	trial, steps := play(t, gateOptions(), func(s Step) *runfile.Run {
		n++
		return answer(10*time.Millisecond + time.Duration(n)*time.Microsecond)
	})
	for _, row := range trial.Result().Comparisons[0].Rows {
		if row.Metric.Key != P50.Key {
			continue
		}
		if len(row.RoundsA) != len(row.RoundsB) || 2*len(row.RoundsA) > len(steps) || len(row.RoundsA) < 2 {
			t.Fatalf("%d and %d rounds of %d steps", len(row.RoundsA), len(row.RoundsB), len(steps))
		}
		if !slices.IsSorted(row.RoundsA) || !slices.IsSorted(row.RoundsB) {
			t.Errorf("the rounds are out of order: %v, %v", row.RoundsA, row.RoundsB)
		}
		return
	}
	t.Error("no row of P50")
}
