package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/spf13/pflag"
)

// judgeOptions are the flags that judge runs.
type judgeOptions struct {
	thresholds []string
	strict     bool
}

func (o *judgeOptions) addFlags(f *pflag.FlagSet) {
	f.StringArrayVar(&o.thresholds, "threshold", nil, "an objective, such as p99<200ms, errors<1%, rate>=990/s, p95@spike<1s (repeatable); exit 99 if it is missed")
	f.BoolVar(&o.strict, "strict-samples", false, "fail a threshold that rests on too few samples, instead of marking it")
}

// check refuses outputs and flags about thresholds in a run without thresholds. A JUnit file would hold nothing, which a pipeline
// would take for a pass.
func (o *judgeOptions) check(thresholds []runfile.Threshold, outs outputs[[]*runfile.Run]) error {
	switch {
	case len(thresholds) > 0:
		return nil
	case o.strict:
		return errors.New("--strict-samples is about thresholds: give one with --threshold")
	case slices.ContainsFunc(outs, func(out output[[]*runfile.Run]) bool { return out.kind == "junit" }):
		return errors.New("-o junit: its cases are thresholds: give one with --threshold")
	}
	return nil
}

// judgement returns an error with its exit code where runs that were judged did not pass, or one was aborted, and nil where
// all is well. A threshold that certainly fails goes before those that cannot be judged.
func judgement(runs []*runfile.Run) error {
	if r := aborted(runs); r != nil {
		return exitError{exitThreshold, fmt.Errorf("the run at %s was aborted on %s", r.Target.Name, r.Abort().Text)}
	}
	if slices.ContainsFunc(runs, missesThreshold) {
		return exitError{exitThreshold, errors.New(report.Failed(runs))}
	}
	if slices.ContainsFunc(runs, cannotTell) {
		return exitError{exitLimited, errors.New(report.Undecided(runs))}
	}
	return nil
}

// missesThreshold reports whether a run certainly fails one that it was judged by.
func missesThreshold(r *runfile.Run) bool {
	return slices.ContainsFunc(r.Thresholds, func(t runfile.ThresholdResult) bool { return !t.Passed && !t.Undecided })
}

// cannotTell reports whether of a run one that it was judged by cannot be judged.
func cannotTell(r *runfile.Run) bool {
	return slices.ContainsFunc(r.Thresholds, func(t runfile.ThresholdResult) bool { return t.Undecided })
}
