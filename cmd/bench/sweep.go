package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/html"
	"github.com/seed-5a006608/bench/report/sweep"
	"github.com/spf13/pflag"
)

// sweepOptions are the flags of a comparison of one service with several values of its options.
type sweepOptions struct {
	options []string // NAME=VALUE,VALUE each
	noKill  bool

	cell *cell // whose arm is being made; nil: none
}

func (o *compareOptions) addSweepFlags(f *pflag.FlagSet) {
	s := &o.sweeping
	f.StringArrayVar(&s.options, "sweep", nil,
		"compare one service with each of the values of an option, such as strategy=none,ttl,aside (repeatable: each with each; of the commands and URLs of --a, {NAME} becomes the value and {port} a free port)")
	f.StringArrayVar(&o.slo, "slo", nil, "with --sweep, what a cell is to hold, such as p99<20ms (repeatable)")
	o.addFileFlag(f, "take requests or journeys, expect, hit_when and limits of a test file; with --sweep its slo too, and {NAME} in it becomes the value")
	f.BoolVar(&s.noKill, "no-kill", false, "with --sweep, do not kill each service at the end to see which writes it loses")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "with --sweep, show every pair too, and hits and misses apart")
}

// sweepsShown shows sweeps.
var sweepsShown = shown[*sweep.Sweep]{
	text:    sweep.WriteTerminal,
	formats: []format[*sweep.Sweep]{{"json", sweep.WriteJSON}, {"md", sweep.WriteMarkdown}, {"html", html.WriteSweep}},
}

// checkSweep refuses what does not go with --sweep, and what goes with it alone.
func (o *compareOptions) checkSweep(names []string) error {
	if len(o.sweeping.options) == 0 {
		for _, name := range []string{"slo", "no-kill", "verbose"} {
			if o.gate == nil && o.given.Changed(name) {
				return fmt.Errorf("--%s is for --sweep: leave it out", name)
			}
		}
		return nil
	}
	for _, name := range []string{"mirror", "diff", "force", "b", "b-cmd", "at", "name", "a-http", "b-http"} {
		if o.given.Changed(name) {
			return fmt.Errorf("--sweep compares one service with itself at one rate, and --%s is for two: leave it out", name)
		}
	}
	switch {
	case len(names) == 0 && o.a == "":
		return errors.New("--sweep takes what is swept: name a bundled service or a URL, or give --a")
	case len(names) > 1 || len(names) == 1 && (o.a != "" || o.aCmd != ""):
		return errors.New("--sweep takes one service: name it, or give --a and --a-cmd")
	case slices.ContainsFunc(names, isSaved):
		return errors.New("--sweep drives a service, and saved runs were driven already: name a bundled service or a URL")
	}
	return nil
}

// runSweep compares the cells of a grid and reports.
func (o *compareOptions) runSweep(ctx context.Context, names []string, s streams) error {
	outs, err := parseOutputs(o.outputs, sweepsShown.formats, o.inputs(names)...)
	if err == nil {
		err = asUsage(o.check())
	}
	if err != nil {
		return err
	}
	grid, err := o.grid(names)
	if err != nil {
		return asUsage(err)
	}
	arms, err := o.cellArms(grid)
	if err != nil {
		return asUsage(err)
	}
	limit := grid.time()
	if o.given.Changed("max-time") {
		if limit, err = o.maxTimeOf(arms); err != nil {
			return asUsage(err)
		}
	}
	c := o.conductor(ctx, arms, s.err)
	c.ends = c.began.Add(limit)
	c.notes = grid.notes
	c.KeepsDatabases = true
	if err := beforeDriving(&o.driveOptions, outs, s.err); err != nil {
		return err
	}
	found, err := c.sweep(ctx, grid)
	if found == nil {
		return nothingMeasured(err, "quad")
	}
	found.Repeat = o.repeat(names)
	return errors.Join(err, o.concludeSweep(found, outs, s))
}

// concludeSweep reports what was found, keeps it, and returns the error that its exit code asks for.
func (o *compareOptions) concludeSweep(found *sweep.Sweep, outs outputs[*sweep.Sweep], s streams) error {
	var failed error
	found.Saved, failed = o.kept("sweep", s.err, func(_ string, w io.Writer) error { return sweep.WriteJSON(w, found) })
	failed = together(failed, sweepsShown.show(found, outs, s, report.Options{Verbose: o.verbose}))
	if failed == nil && found.Spoiled {
		return alreadySaid{exitError{exitLimited, errors.New("bench or its host was too late too often")}}
	}
	return failed
}

// cellArms makes an arm of each cell.
func (o *compareOptions) cellArms(grid *grid) (arms []*rig.Target, err error) {
	defer func() { o.sweeping.cell = nil }()
	for i := range grid.cells {
		c := &grid.cells[i]
		o.sweeping.cell = c
		one, err := o.makeArms([]string{c.target}, []string{c.command}, []string{"--a-cmd"})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.label, err)
		}
		one[0].Label = c.label
		arms = append(arms, one[0])
	}
	return arms, o.toldLost(arms)
}

// toldLost refuses objectives on lost writes where nothing is killed that could lose some.
func (o *compareOptions) toldLost(arms []*rig.Target) error {
	for _, t := range arms[0].Plan.SLO {
		switch {
		case t.Metric != runfile.MetricLost:
		case o.sweeping.noKill:
			return fmt.Errorf("slo %s: what is lost is told by killing each service at the end: leave --no-kill out", t.Text)
		case !arms[0].Owned():
			return fmt.Errorf("slo %s: what is lost is told by killing each service at the end, and bench kills only what it starts: give its command with --a-cmd", t.Text)
		}
	}
	return nil
}

// readShare is the share of the requests that read, of a plan as it was driven.
func readShare(plan *runfile.PlanRecord) float64 {
	var reads, all float64
	for _, e := range plan.Endpoints {
		all += e.Weight
		if slices.Contains([]string{"", "GET", "HEAD", "OPTIONS"}, strings.ToUpper(e.Method)) {
			reads += e.Weight
		}
	}
	if all == 0 {
		return 1
	}
	return reads / all
}
