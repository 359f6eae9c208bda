package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/html"
	"github.com/spf13/cobra"
)

const (
	defaultBaselineRuns = 10
	defaultBaselineTime = 3 * time.Minute
)

// baselinesShown shows baselines.
var baselinesShown = shown[*compare.Baseline]{
	text: report.WriteBaseline,
	formats: []format[*compare.Baseline]{
		{"json", func(w io.Writer, b *compare.Baseline) error { return b.Encode(w) }},
		{"html", html.WriteBaseline},
	},
}

// baselineSaveOptions are the flags of bench baseline save.
type baselineSaveOptions struct {
	compareOptions
	runs int
}

func newBaselineSaveCommand(s streams) *cobra.Command {
	var o baselineSaveOptions
	c := &cobra.Command{
		Use: "save NAME|FILE [TARGET]", Short: "Measure a service and this machine, and keep that as a baseline",
		Long: `Drive short runs at a service, each of a fresh start where bench starts it, and keep them under .bench/baselines as
NAME, or in FILE (.json, .json.gz). TARGET is a bundled service or a URL; --a and --a-cmd name a URL and the
command that serves it, which bench starts anew for each run.

Each run is a warm-up and four rounds of the same rate. Rounds of one run, taken for A, B, B, A, tell how pairs of
rounds of identical code scatter; runs tell how starts of one program differ. A run in which bench or its host was
late is made again. Nothing is kept of a save that did not come to its end; one of the same name is replaced.`,
		Example: `  bench baseline save main --a-cmd './server --port 8081' --a http://127.0.0.1:8081 -r 500/s
  bench baseline save quick cached --round 500ms
  bench gate --baseline main --b-cmd './server --port 8082' --b http://127.0.0.1:8082`,
		Args: args(1, 2, "a NAME, and a TARGET unless --a gives one"),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args, s) },
	}
	f := c.Flags()
	o.given = f
	f.SortFlags = false
	f.StringVar(&o.a, "a", "", "the URL of the service; with --a-cmd what that serves")
	f.StringVar(&o.aCmd, "a-cmd", "", "command that serves it, run by sh -c and started anew for each run")
	f.DurationVar(&o.readyTimeout, "ready-timeout", 30*time.Second, "longest wait for the command's URL to answer")
	f.IntVar(&o.runs, "runs", defaultBaselineRuns, fmt.Sprintf("how many runs, at least %d", compare.MinBaselineRuns))
	f.DurationVar(&o.roundLength, "round", 0, "length of a round (default 2s, longer where P99 needs it and --max-time allows)")
	f.DurationVar(&o.maxTime, "max-time", defaultBaselineTime, "longest time for all, starts included; runs that are made again come on top")
	f.StringVarP(&o.rate, "rate", "r", "", "offered rate, such as 500/s (default the highest share of what it does at which rounds tell enough, by short ones)")
	o.addFileFlag(f, "take requests or journeys, expect, hit_when and limits of a test file")
	o.addJourneysFlag(f)
	o.addLinesFlags(f)
	o.addRequestFlags(f)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "nothing on stderr but warnings and errors")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(baselinesShown.formats))
	return c
}

func (o *baselineSaveOptions) run(ctx context.Context, names []string, s streams) error {
	outs, err := parseOutputs(o.outputs, baselinesShown.formats, o.inputs(names[1:])...)
	if err != nil {
		return err
	}
	path, err := baselinePath(names[0])
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return asUsage(err)
	}
	a, err := o.oneArm(names[1:], side{o.a, "--a", o.aCmd, "--a-cmd"})
	if err != nil {
		return asUsage(err)
	}
	a.Label = a.Plan.Target.Name
	if err := outs.check(); err != nil {
		return err
	}
	b, err := o.save(ctx, a, names[0], path, s.err)
	if err != nil {
		return err
	}
	return baselinesShown.show(b, outs, s, report.Options{Saved: path})
}

// save measures a baseline of that name and keeps it at that path.
func (o *baselineSaveOptions) save(ctx context.Context, a *rig.Target, name, path string, stderr io.Writer) (*compare.Baseline, error) {
	c := o.conductor(ctx, []*rig.Target{a}, stderr)
	c.ends = c.began.Add(o.maxTime)
	kept := path != name // by name, in a directory of bench's own
	var err error
	if kept {
		err = canMake(baselinesDir)
	} else {
		err = canWrite(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the baseline cannot be saved: %w", err)
	}
	b, err := o.measure(ctx, c, name)
	if err != nil {
		return nil, err
	}
	if kept {
		if err := makeSavedDir(baselinesDir); err != nil {
			return nil, fmt.Errorf("the baseline is not saved: %w", err)
		}
	}
	if err := runfile.ReplaceFile(path, b.Encode); err != nil {
		return nil, fmt.Errorf("the baseline is not saved: %s: %w", path, cause(err))
	}
	return b, nil
}

func (o *baselineSaveOptions) check() error {
	if err := o.compareOptions.check(); err != nil {
		return err
	}
	switch {
	case o.runs < compare.MinBaselineRuns || o.runs > compare.MaxBaselineRuns:
		return fmt.Errorf("--runs must be %d to %d, got %d: fewer tell too little of how starts differ", compare.MinBaselineRuns, compare.MaxBaselineRuns, o.runs)
	case o.maxTime <= 0 || o.maxTime > 24*time.Hour:
		return fmt.Errorf("--max-time must be above 0 and at most 24h, got %v", o.maxTime)
	}
	return nil
}

// measure drives the runs of a baseline.
func (o *baselineSaveOptions) measure(ctx context.Context, c *conductor, name string) (b *compare.Baseline, err error) {
	err = c.whileUp(ctx, func() error {
		a := c.Targets[0]
		round, err := compare.RunBudget{
			Left: time.Until(c.ends), Runs: o.runs, Rate: a.Rate, Overhead: c.perRun() + c.thinks, Round: o.roundLength, Quantile: compare.P99.Quantile,
		}.RoundLength()
		if err != nil {
			return asUsage(err)
		}
		fresh := c.fresh(baselineProfile(round, c.thinks, a.Rate), seedsFrom(o.base.Seed, o.runs))
		if err := c.Fresh(ctx, fresh); err != nil {
			if errors.Is(err, errInterrupted) {
				err = errors.Join(err, untold{fmt.Errorf("interrupted after %d of %d runs: no baseline is saved", len(fresh.Runs), o.runs)})
			}
			return err
		}
		if fresh.Spoiled {
			return exitError{exitLimited, fmt.Errorf("no baseline is saved: bench or its host was too late in %d runs, the last: %s", fresh.Again, fresh.Why)}
		}
		if b, err = compare.NewBaseline(filepath.Base(name), time.Now(), a.Owned(), fresh.Runs); err != nil {
			return fmt.Errorf("no baseline is saved: %w", err)
		}
		return nil
	})
	return b, nothingMeasured(err, "run")
}

// seedsFrom numbers the seeds of runs: each sends other requests, and the runs of the new version the same ones.
func seedsFrom(first uint64, runs int) []uint64 {
	seeds := make([]uint64, runs)
	for i := range seeds {
		seeds[i] = first + uint64(i)
	}
	return seeds
}
