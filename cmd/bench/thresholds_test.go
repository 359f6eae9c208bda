package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestJudgement(t *testing.T) {
	run := func(kind runfile.VerdictKind, passed ...bool) *runfile.Run {
		r := &runfile.Run{Target: runfile.Target{Name: "it"}, Verdict: runfile.Verdict{Kind: kind}}
		for _, p := range passed {
			r.Thresholds = append(r.Thresholds, runfile.ThresholdResult{Text: "p99<1s", Passed: p})
		}
		return r
	}
	open := func(passed ...bool) *runfile.Run {
		r := run(runfile.Valid, passed...)
		r.Thresholds = append(r.Thresholds, runfile.ThresholdResult{Text: "p95<1s", Undecided: true})
		return r
	}
	for _, tc := range []struct {
		runs []*runfile.Run
		want int
		why  string
	}{
		{[]*runfile.Run{run(runfile.Valid)}, exitOK, "nothing is judged"},
		{[]*runfile.Run{run(runfile.GeneratorLimited)}, exitOK, "nothing is judged, whatever the verdict"},
		{[]*runfile.Run{run(runfile.Valid, true, true)}, exitOK, "all passed"},
		{[]*runfile.Run{run(runfile.TargetLimited, true)}, exitOK, "the target's latencies are what is judged"},
		{[]*runfile.Run{run(runfile.Valid, true, false)}, exitThreshold, "one failed"},
		{[]*runfile.Run{run(runfile.Valid, true), run(runfile.Valid, false)}, exitThreshold, "the second target failed"},
		{[]*runfile.Run{run(runfile.GeneratorLimited, true)}, exitOK, "a verdict decides nothing by itself"},
		{[]*runfile.Run{run(runfile.HostLimited, false)}, exitThreshold, "nor does it keep one from failing"},
		{[]*runfile.Run{open(true)}, exitLimited, "one cannot be judged"},
		{[]*runfile.Run{open(false)}, exitThreshold, "one certainly failed"},
		{[]*runfile.Run{open(), run(runfile.Valid, false)}, exitThreshold, "at another target"},
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
		{errors.Join(missed, asUsage(errors.New("wrong"))), exitUsage},
		{errors.Join(missed, asUsage(errors.New("wrong")), errInterrupted), exitInterrupted},
	} {
		if got := codeOf(tc.err); got != tc.want {
			t.Errorf("%v: exit %d, want %d", tc.err, got, tc.want)
		}
	}
}
