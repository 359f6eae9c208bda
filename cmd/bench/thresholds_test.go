package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/seed-5a006608/bench/loadgen"
)

func TestJudgement(t *testing.T) {
	run := func(kind loadgen.VerdictKind, passed ...bool) *loadgen.Run {
		r := &loadgen.Run{Target: loadgen.Target{Name: "it"}, Verdict: loadgen.Verdict{Kind: kind}}
		for _, p := range passed {
			r.Thresholds = append(r.Thresholds, loadgen.ThresholdResult{Text: "p99<1s", Passed: p})
		}
		return r
	}
	open := func(passed ...bool) *loadgen.Run {
		r := run(loadgen.Valid, passed...)
		r.Thresholds = append(r.Thresholds, loadgen.ThresholdResult{Text: "p95<1s", Undecided: true})
		return r
	}
	for _, tc := range []struct {
		runs []*loadgen.Run
		want int
		why  string
	}{
		{[]*loadgen.Run{run(loadgen.Valid)}, exitOK, "nothing is judged"},
		{[]*loadgen.Run{run(loadgen.GeneratorLimited)}, exitOK, "nothing is judged, whatever the verdict"},
		{[]*loadgen.Run{run(loadgen.Valid, true, true)}, exitOK, "all passed"},
		{[]*loadgen.Run{run(loadgen.TargetLimited, true)}, exitOK, "the target's latencies are what is judged"},
		{[]*loadgen.Run{run(loadgen.Valid, true, false)}, exitThreshold, "one failed"},
		{[]*loadgen.Run{run(loadgen.Valid, true), run(loadgen.Valid, false)}, exitThreshold, "the second target failed"},
		{[]*loadgen.Run{run(loadgen.GeneratorLimited, true)}, exitOK, "a verdict decides nothing by itself"},
		{[]*loadgen.Run{run(loadgen.HostLimited, false)}, exitThreshold, "nor does it keep one from failing"},
		{[]*loadgen.Run{open(true)}, exitLimited, "one cannot be judged"},
		{[]*loadgen.Run{open(false)}, exitThreshold, "one certainly failed"},
		{[]*loadgen.Run{open(), run(loadgen.Valid, false)}, exitThreshold, "at another target"},
	} {
		if got := codeOf(judgement(tc.runs)); got != tc.want {
			t.Errorf("exit %d, want %d (%s)", got, tc.want, tc.why)
		}
	}
}

// Several at once: 130, 1 or 2, then 5, then 99.
func TestExitCodesGoBeforeEachOther(t *testing.T) {
	missed := exitError{exitThreshold, errors.New("a threshold failed")}
	for _, tc := range []struct {
		err  error
		want int
	}{
		{fmt.Errorf("after all: %w", missed), exitThreshold},
		{exitError{exitLimited, missed}, exitLimited},
		{errors.Join(missed, usage(errors.New("wrong"))), exitUsage},
		{errors.Join(missed, usage(errors.New("wrong")), errInterrupted), exitInterrupted},
	} {
		if got := codeOf(tc.err); got != tc.want {
			t.Errorf("%v: exit %d, want %d", tc.err, got, tc.want)
		}
	}
}
