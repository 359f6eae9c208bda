package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// firstGate is a gate against a baseline that does not exist yet. With --or-save the new version becomes it.
func (o *compareOptions) firstGate(ctx context.Context, none noBaseline, names []string, outs outputs[*report.Compared], s streams) error {
	path, err := baselinePath(none.name)
	if err != nil {
		return asUsage(err)
	}
	if len(names) > 0 && isSaved(names[0]) {
		if o.gate.orSave {
			return asUsage(fmt.Errorf("--or-save drives the new version, and %s holds saved runs: %w", names[0], none))
		}
		return unread(none)
	}
	a, err := o.oneArm(names, side{o.b, "--b", o.bCmd, "--b-cmd"})
	if err != nil {
		return asUsage(err)
	}
	if !o.gate.orSave {
		return unread(none)
	}
	if near := none.near(); near != "" {
		return asUsage(fmt.Errorf("--or-save saves none whose name is a slip away from another's: %w", none))
	}
	return o.saveFirst(ctx, a, none.name, path, names, outs, s)
}

// saveFirst saves a baseline of the new version, and judges nothing.
func (o *compareOptions) saveFirst(ctx context.Context, a *rig.Target, name, path string, names []string, outs outputs[*report.Compared], s streams) error {
	criteria, err := o.gate.criteria()
	if err != nil {
		return asUsage(err)
	}
	a.Label = o.newName()
	first := baselineSaveOptions{compareOptions: *o, runs: defaultBaselineRuns}
	first.gate = nil
	if !o.given.Changed("max-time") {
		first.maxTime = defaultBaselineTime
	}
	if err := first.check(); err != nil {
		return asUsage(err)
	}
	if err := beforeDriving(&o.driveOptions, outs, s.err); err != nil {
		return err
	}
	began := time.Now()
	b, err := first.save(ctx, a, name, path, s.err)
	if err != nil {
		return err
	}
	found := firstFound(b, a.Label, path)
	found.Started, found.Took, found.Repeat = began, time.Since(began), o.repeat(names)
	n := len(b.Runs)
	for short := range slices.Chunk(b.Floor.BelowRuns(criteria, n, n), 1) { // a note each
		found.Notes = append(found.Notes, "the next gate will refuse its margins: "+report.RunsRefusal(b, short, n, n))
	}
	return o.conclude(found, outs, s)
}

// firstFound is the result of a gate that had no baseline and saved one.
func firstFound(b *compare.Baseline, label, path string) *report.Compared {
	r := b.Runs[0]
	return &report.Compared{
		Result: compare.Result{Gate: true}, Baseline: report.Against(b), FirstBaseline: path, Seed: r.Seed, Restarted: b.Floor.Fresh,
		Arms: []report.ComparedArm{{Name: label, Target: r.Target, Rate: b.Rate(), Environment: r.Environment}},
	}
}
