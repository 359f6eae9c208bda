package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"slices"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/targets"
	"golang.org/x/term"
)

// driveAll drives the subjects one after the other, never two at once. It returns the runs that there are with the
// first error, and stops there or when it is interrupted.
func (o *driveOptions) driveAll(ctx context.Context, subjects []subject, stderr io.Writer) ([]*loadgen.Run, error) {
	var runs []*loadgen.Run
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
func (o *driveOptions) drive(ctx context.Context, s subject, stderr io.Writer) (run *loadgen.Run, err error) {
	options, end, err := o.begin(ctx, &s, stderr)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, end()) }()
	if !o.quiet {
		live := o.live(stderr)
		defer live.Done()
		options.Progress = live.Update
	}
	// Net/http logs what a server sends unasked, a line for each answer. The report counts what came of it.
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard)
	run, err = s.job.Drive(ctx, options)
	if run != nil {
		run.Environment.Notes = append(run.Environment.Notes, s.said()...)
	}
	if err != nil {
		return run, err
	}
	return run, around(ctx, "--after", o.after, s.plan.Target, stderr)
}

// begin starts a bundled target, and sees to it that a target can be driven. What it began is ended by end.
func (o *driveOptions) begin(ctx context.Context, s *subject, stderr io.Writer) (options loadgen.Options, end func() error, err error) {
	var undo []func() error
	end = func() error {
		var errs []error
		for _, f := range slices.Backward(undo) {
			errs = append(errs, f())
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, end())
		}
	}()
	options.Environment.CPUs, options.Environment.Notes = "shared", slices.Clone(s.notes)
	if s.service != nil {
		options.Environment.CPUs = o.cpus
		unpin := rig.Pin(o.cpus, &options.Environment)
		undo = append(undo, func() error { unpin(); return nil })
		options.Environment.Notes = append(options.Environment.Notes, targets.Notes(s.name, o.serving)...)
		start := o.startOptions(ctx, s.plan.Target.Name, stderr)
		start.CPUs, start.MaxProcs = options.Environment.TargetCPUs, cmp.Or(s.maxProcs, capacity.ProcessorsOf(options.Environment))
		start.Progress = func(text string) {
			if !o.quiet {
				fmt.Fprintf(stderr, "%s: %s\n", s.plan.Target.Name, text)
			}
		}
		child, err := targets.Start(ctx, s.name, start)
		if err != nil {
			if ctx.Err() != nil {
				err = rig.Interrupted(err)
			}
			return options, end, err
		}
		undo = append(undo, child.Stop)
		s.words = child.Words
		options.TargetPID, options.TargetExit = child.PID, child.Done()
		s.plan.Target.URL = child.URL
		if s.plan.ProfileURL != "" && o.profiling.from == sameOrigin {
			if s.plan.ProfileURL, err = profilesOf(child.URL); err != nil {
				return options, end, err
			}
		}
		s.at(child.URL)
	}
	if s.job, err = rig.Preflight(ctx, &s.plan, o.given.Changed("connections"), &options.Environment); err != nil {
		return options, end, err
	}
	return options, end, around(ctx, "--before", o.before, s.plan.Target, stderr)
}

// live returns the line that shows on stderr how a run goes on.
func (o *driveOptions) live(stderr io.Writer) *report.Live {
	f, ok := stderr.(*os.File)
	terminal := ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
	width, color := look(stderr)
	return report.NewLive(stderr, terminal, color, width)
}

// startOptions are those for a child; its pinning is left to the caller.
func (o *driveOptions) startOptions(ctx context.Context, name string, stderr io.Writer) targets.StartOptions {
	start := targets.StartOptions{
		ServeOptions: o.serving,
		Warn:         func(text string) { fmt.Fprintf(stderr, "bench: %s: %s\n", name, text) },
	}
	start.ServeOptions.Patience = patience(ctx)
	return start
}
