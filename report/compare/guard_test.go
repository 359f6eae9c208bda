package compare

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// timed is a round of 2,000 requests with target times of a P50, of which a share was disturbed and took so much.
func timed(p50 time.Duration, disturbed float64, took time.Duration) *runfile.Run {
	const due = 2000
	values, late := make([]time.Duration, due-int(disturbed*due)), make([]time.Duration, int(disturbed*due))
	for i := range values {
		values[i] = time.Duration(float64(p50) * (0.5 + float64(i)/float64(len(values))))
	}
	for i := range late {
		late[i] = took
	}
	r := answer(p50)
	r.Requests.Due = due
	r.Overall.Requests.Due, r.Overall.Disturbed = due, uint64(len(late))
	r.Overall.TargetTime = &runfile.TargetTime{Undisturbed: runfile.NewDist(3, values, nil), Disturbed: runfile.NewDist(3, late, nil)}
	r.Overall.ResponseTime = runfile.Dist{Count: due, P50NS: time.Hour, P95NS: time.Hour, P99NS: time.Hour} // never looked at
	return r
}

func TestTargetTimeOfUndisturbedRequestsIsCompared(t *testing.T) {
	calm, late := timed(time.Millisecond, 0, 0), timed(time.Millisecond, 0.1, time.Second)
	late.Verdict.Kind = runfile.HostLimited // says whom to believe, and decides nothing here
	trial, _ := play(t, gateOptions(), func(s Step) *runfile.Run {
		if s.Round%2 == 0 {
			return late
		}
		return calm
	})
	r := trial.Result()
	row, _ := r.Comparisons[0].Row("p99")
	if r.Outcome() != Pass || r.ByResponse || r.Rerun != 0 || row.A > 2e6 {
		t.Errorf("%s: %+v", r.Outcome(), row)
	}
	if trial, _ = play(t, gateOptions(), func(Step) *runfile.Run { return answer(time.Millisecond) }); !trial.Result().ByResponse {
		t.Error("rounds without target time are not said to be compared by response")
	}
}

// Where bench is late beside one side alone, what is left flatters it and all of it blames it: a verdict takes both.
func TestTheGuardAsksForBoth(t *testing.T) {
	racetest.Skip(t)
	const ms = time.Millisecond
	for _, tc := range []struct {
		why    string
		a, b   *runfile.Run
		gate   bool
		want   Outcome
		fired  bool
		beside bool // B more often
	}{
		{"alike", timed(ms, 0.05, 9*ms), timed(ms, 0.05, 9*ms), true, Pass, false, false},
		{"B late, and its late requests are slow", timed(ms, 0, 0), timed(ms, 0.1, 9*ms), true, CannotTell, true, true},
		{"B late, and its late requests are no slower", timed(ms, 0, 0), timed(ms, 0.1, ms), true, Pass, true, true},
		{"B late, and slow in the rest as well", timed(ms, 0, 0), timed(2*ms, 0.1, 9*ms), true, Regression, true, true},
		{"both late too often", timed(ms, 0.4, 9*ms), timed(ms, 0.4, 9*ms), true, Pass, true, false},
		{"both late too often, B's requests slower", timed(ms, 0.4, 9*ms), timed(ms, 0.4, 20*ms), true, CannotTell, true, false},
		{"faster in the rest alone", timed(2*ms, 0, 0), timed(ms, 0.2, 9*ms), false, CannotTell, true, true},
		{"faster in both", timed(2*ms, 0, 0), timed(ms, 0.1, ms), false, Better, true, true},
	} {
		o := gateOptions()
		if !tc.gate {
			o.Gate, o.Criteria = false, []Criterion{{Metric: P99}}
		}
		trial, _ := play(t, o, func(s Step) *runfile.Run { return []*runfile.Run{tc.a, tc.b}[s.Arm] })
		r := trial.Result()
		g := r.Comparisons[0].Guard
		if r.Outcome() != tc.want || g.Fired() != tc.fired || tc.fired && g.Differs && g.MoreBesideB() != tc.beside {
			row, _ := r.Comparisons[0].Row("p99")
			t.Errorf("%s: %s, guard %+v, P99 %+v", tc.why, r.Outcome(), g, row)
		}
	}
}

func TestOnlyRoundsThatAreNoEvidenceAreRunAgain(t *testing.T) {
	racetest.Skip(t)
	for _, tc := range []struct {
		why    string
		change func(*runfile.Run)
		want   bool
	}{
		{"nothing", func(*runfile.Run) {}, false},
		{"its verdict", func(r *runfile.Run) { r.Verdict.Kind = runfile.GeneratorLimited }, false},
		{"half disturbed", func(r *runfile.Run) { r.Overall.Disturbed = 1000 }, false},
		{"more than half", func(r *runfile.Run) { r.Overall.Disturbed = 1001 }, true},
		{"1 % untold", func(r *runfile.Run) { r.Overall.TargetTime.Untold = 20 }, false},
		{"more than 1 % untold", func(r *runfile.Run) { r.Overall.TargetTime.Untold = 21 }, true},
		{"ended early", func(r *runfile.Run) { r.Interrupted = true }, true},
		{"out of ports", func(r *runfile.Run) { r.Errors = []runfile.ErrorCount{{Kind: runfile.OutOfPorts, Count: 1}} }, true},
		{"its verdict, before target time", func(r *runfile.Run) { r.Overall.TargetTime, r.Verdict.Kind = nil, runfile.HostLimited }, true},
	} {
		good := timed(time.Millisecond, 0, 0)
		changed := *good
		own := *good.Overall.TargetTime
		changed.Overall.TargetTime = &own
		tc.change(&changed)
		if got := Spoiled(&changed) != ""; got != tc.want {
			t.Errorf("%s: spoiled %v", tc.why, got)
		}
		n := 0
		trial, _ := play(t, gateOptions(), func(s Step) *runfile.Run {
			if n++; n == 10 {
				return &changed
			}
			return good
		})
		if got := trial.Result().Rerun == 1; got != tc.want {
			t.Errorf("%s: %+v", tc.why, trial.Result().Rerun)
		}
	}
}

// The rule is that of all arms together in the dropped quad, the same in every round that counts.
func TestTheDroppedQuadSaysWhatADisturbanceIs(t *testing.T) {
	trial, err := NewTrial(gateOptions())
	if err != nil {
		t.Fatal(err)
	}
	fast, slow := timed(10*time.Millisecond, 0, 0), timed(40*time.Millisecond, 0, 0)
	fast.Stamps, slow.Stamps = &runfile.Stamps{}, &runfile.Stamps{}
	var rules []runfile.DisturbanceRule
	for range 9 {
		step, _ := trial.Next()
		rules = append(rules, trial.Rule())
		trial.Add([]*runfile.Run{fast, slow}[step.Arm])
	}
	if i := slices.IndexFunc(rules, func(r runfile.DisturbanceRule) bool { return r != runfile.DisturbanceRule{} }); i != 4 {
		t.Fatalf("%+v", rules)
	}
	near := func(got, want time.Duration) bool { return max(got-want, want-got) < want/50 }
	// The faster reach from 5 to 15 ms and the slower from 20 to 60 ms: half lie below 15 … 20 ms, and 95 % below 56 ms.
	r := rules[4]
	if r.Bound < 1400*time.Microsecond || r.Bound > 2*time.Millisecond || !near(r.Window, 50*time.Millisecond) || rules[8] != r {
		t.Errorf("%+v", rules)
	}
	trial.dropped.unstamped = true
	if r = trial.Rule(); !near(r.Window, 56*time.Millisecond) {
		t.Errorf("without stamps: %+v", r)
	}
}

func TestRunsOfTwoKindsAreNotCompared(t *testing.T) {
	old, now := answer(time.Millisecond), timed(time.Millisecond, 0, 0)
	if SameTime(old, old) != nil || SameTime(now, now) != nil || SameTime(old, now) == nil || SameTime(now, old) == nil {
		t.Error("only runs of which some have target time and some have none are refused")
	}
}
