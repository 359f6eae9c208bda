package compare

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What the first quads foretell is known after the third, of the highest percentile that is judged, and stays.
func TestForesightComesFromTheFirstQuads(t *testing.T) {
	for _, tc := range []struct {
		scatter float64 // of rounds
		enough  bool
	}{{0.02, true}, {0.6, false}} {
		random := rand.New(rand.NewPCG(3, 1))
		o := tailOptions(1, 540)
		trial, err := NewTrial(o)
		if err != nil {
			t.Fatal(err)
		}
		var first *Foresight
		for n := 1; ; n++ {
			_, done := trial.Next()
			if done {
				break
			}
			r := answer(time.Millisecond)
			r.Overall.ResponseTime.P99NS = time.Duration(3e6 * math.Exp(tc.scatter*random.NormFloat64()))
			trial.Add(r)
			if f := trial.Foresight(); (f != nil) != (n >= 16) {
				t.Fatalf("after %d rounds: %+v", n, f)
			} else if first == nil {
				first = f
			} else if f != first {
				t.Fatal("what is foretold changes")
			}
		}
		f := trial.Result().Foresight
		if f != first || f.Metric.Key != "p99" || f.Pairs != 40 || f.Enough() != tc.enough || f.Found <= 0.1 || f.Held <= 0 ||
			f.Found-0.1 <= f.Held/2 {
			t.Errorf("scatter %v: %+v", tc.scatter, f)
		}
	}
	trial, _ := play(t, Options{Arms: []string{"a", "b"}, Quads: 6, Criteria: []Criterion{{Metric: P99}}}, func(Step) *runfile.Run { return answer(time.Millisecond) })
	if trial.Result().Foresight != nil {
		t.Error("a comparison without margins foretells something")
	}
}

// A gate that was spoiled has no verdict of anything, and the worst verdict of several is that of all.
func TestASpoiledResultHasNoVerdict(t *testing.T) {
	r := Result{Gate: true, Comparisons: []Comparison{{
		Outcome: Regression, Mixed: true, Errors: Errors{Outcome: Regression}, Rows: []Row{{Judged: true, Outcome: Regression}, {}},
		Objectives: []Objective{{B: Held{Outcome: Missed}}},
	}}}
	r.Spoil("why")
	c := r.Comparisons[0]
	if r.Outcome() != Inconclusive || c.Outcome != Inconclusive || c.Mixed || c.Errors.Outcome != Inconclusive || c.Rows[0].Outcome != Inconclusive ||
		c.Rows[1].Outcome != "" || c.Objectives[0].B.Outcome != Inconclusive || r.Why != "why" {
		t.Errorf("%+v", r)
	}
	for _, tc := range []struct{ rows, want []Outcome }{
		{[]Outcome{Pass, Regression, CannotTell}, []Outcome{Regression}},
		{[]Outcome{Pass, CannotTell, Inconclusive}, []Outcome{CannotTell}},
		{[]Outcome{Pass, Pass}, []Outcome{Pass}},
	} {
		c := Comparison{Errors: Errors{Outcome: Pass}}
		for _, o := range tc.rows {
			c.Rows = append(c.Rows, Row{Judged: true, Outcome: o})
		}
		if c.conclude(true); c.Outcome != tc.want[0] {
			t.Errorf("%v: %s, want %s", tc.rows, c.Outcome, tc.want[0])
		}
	}
	mixed := Comparison{Rows: []Row{{Judged: true, Outcome: Worse}, {Judged: true, Outcome: Better}}}
	if mixed.conclude(false); mixed.Outcome != Mixed || !mixed.Mixed {
		t.Errorf("%+v", mixed)
	}
}
