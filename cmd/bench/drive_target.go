package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/report/live"
)

// driveAll drives the subjects one after the other, never two at once. It returns the runs that there are with the
// first error, and stops there or when it is interrupted.
func (o *driveOptions) driveAll(ctx context.Context, subjects []*rig.Target, stderr io.Writer) ([]*runfile.Run, error) {
	var runs []*runfile.Run
	for _, s := range subjects {
		if ctx.Err() != nil {
			return runs, errInterrupted
		}
		run, err := o.drive(ctx, s, stderr)
		if run != nil {
			runs = append(runs, run)
		}
		if err != nil {
			return runs, err
		}
	}
	return runs, nil
}

// drive starts a bundled target, or takes a URL as it is, and drives the plan at it.
func (o *driveOptions) drive(ctx context.Context, t *rig.Target, stderr io.Writer) (run *runfile.Run, err error) {
	down, err := o.bringUp(ctx, t, stderr)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, down()) }()
	shown := o.watch(t, nil, stderr)
	// Net/http logs what a server sends unasked, a line for each answer. The report counts what came of it.
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard)
	if t.Options.Ledger == nil {
		t.Options.Ledger = consistency.New()
	}
	run, err = t.Job.Drive(ctx, t.Options)
	ended := time.Now()
	shown()
	if err == nil {
		lostWrites(ctx, t, run, ended)
	}
	if run != nil {
		run.Environment.Notes = append(run.Environment.Notes, t.Said()...)
	}
	if err != nil {
		return run, err
	}
	return run, around(ctx, "--after", o.after, t.Plan.Target, stderr)
}

// watch shows the next drive of a target on a live panel, below a board if there is one. The function that it returns ends that.
func (o *driveOptions) watch(t *rig.Target, board *live.Board, stderr io.Writer) (end func()) {
	if o.quiet {
		return func() {}
	}
	view := live.Start(stderr, usage.Background)
	if board != nil {
		view.Show(*board)
	}
	t.Options.Progress = view.Update
	return view.Done
}

// bringUp brings one target up, and runs the command that is to go before it is driven.
func (o *driveOptions) bringUp(ctx context.Context, t *rig.Target, stderr io.Writer) (down func() error, err error) {
	r := o.rig(ctx, stderr, t)
	if err := r.Up(ctx); err != nil {
		return nil, err
	}
	if err := around(ctx, "--before", o.before, t.Plan.Target, stderr); err != nil {
		return nil, errors.Join(err, r.Down())
	}
	return r.Down, nil
}

// rig is how the flags bring targets up.
func (o *driveOptions) rig(ctx context.Context, stderr io.Writer, list ...*rig.Target) *rig.Rig {
	r := &rig.Rig{Targets: list, CPUs: o.cpus, Serving: o.serving, Exactly: o.given.Changed("connections")}
	r.Say, r.Warn = sayings(stderr)
	if o.quiet {
		r.Say = func(string, string) {}
	}
	r.Serving.Patience = patience(ctx)
	return r
}

// sayings write what a rig has to say, and its warnings.
func sayings(w io.Writer) (say, warn func(label, text string)) {
	return func(label, text string) { fmt.Fprintf(w, "%s: %s\n", label, text) },
		func(label, text string) { fmt.Fprintf(w, "bench: %s: %s\n", label, text) }
}
