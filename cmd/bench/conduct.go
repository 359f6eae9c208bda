package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// conductor drives the rounds that a trial asks for.
type conductor struct {
	*rig.Rig
	o       *compareOptions
	stderr  io.Writer
	began   time.Time
	ends    time.Time
	over    time.Duration // time that a round takes beyond its length
	thinks  time.Duration // how long a journey thinks on average
	longest time.Duration // how long one thinks at most, of many
	brought time.Duration // time that starting all targets took, without warming them
	layout  compare.Layout
	restart bool
	notes   []string
	floor   *compare.Baseline // baseline with the noise floor that refuses margins; nil: no --floor
	pilot   *compare.Found    // how the rate was chosen; nil: it was given
}

// conductor returns the conductor of the arms; its time begins now.
func (o *compareOptions) conductor(ctx context.Context, arms []*rig.Target, stderr io.Writer) *conductor {
	r := o.rig(ctx, stderr, arms...)
	r.ReadyTimeout = o.readyTimeout
	return &conductor{Rig: r, o: o, stderr: stderr, began: time.Now()}
}

// run compares live services, or saved runs, and reports.
func (o *compareOptions) run(ctx context.Context, names []string, s streams) error {
	if err := o.checkSweep(names); err != nil {
		return asUsage(err)
	}
	if len(o.sweeping.options) > 0 {
		return o.runSweep(ctx, names, s)
	}
	if o.mirror {
		return o.runMirror(ctx, names, s)
	}
	outs, err := parseOutputs(o.outputs, comparisonsShown.formats, o.inputs(names)...)
	if err == nil {
		err = asUsage(o.check())
	}
	if err != nil {
		return err
	}
	if o.gate == nil && slices.ContainsFunc(outs, func(out output[*report.Compared]) bool { return out.kind == "junit" }) {
		return asUsage(errors.New("-o junit: its cases are margins, which a comparison has none of: use bench gate"))
	}
	criteria, err := o.criteria()
	if err != nil {
		return asUsage(err)
	}
	if o.gate != nil && o.gate.orSave && o.gate.baseline == "" {
		return asUsage(errors.New("--or-save saves the baseline that --baseline names: give one"))
	}
	if o.gate != nil && o.gate.baseline != "" {
		return o.gateAgainst(ctx, names, criteria, outs, s)
	}
	if slices.ContainsFunc(names, isSaved) {
		return o.compareSaved(names, criteria, outs, s)
	}
	floor, err := o.readFloor()
	if err != nil {
		return unread(err)
	}
	arms, err := o.armsOf(names)
	if err != nil {
		return asUsage(err)
	}
	limit, err := o.maxTimeOf(arms)
	if err != nil {
		return asUsage(err)
	}
	c := o.conductor(ctx, arms, s.err)
	c.floor = floor
	c.ends = c.began.Add(limit)
	if err := beforeDriving(&o.driveOptions, outs, s.err); err != nil {
		return err
	}
	if _, err := c.budget(limit).Layout(); err != nil {
		return asUsage(err) // bringing the arms up and a pilot take some of it
	}
	found, err := c.compare(ctx, criteria)
	if found == nil {
		return nothingMeasured(err, "pair")
	}
	found.Repeat = o.repeat(names)
	return errors.Join(err, o.conclude(found, outs, s))
}

// compare brings the arms up, drives the trial's rounds and takes them down again. It returns the findings so far with an error
// or an interrupt.
func (c *conductor) compare(ctx context.Context, criteria []compare.Criterion) (found *report.Compared, err error) {
	err = c.whileUp(ctx, func() error {
		found, err = c.trial(ctx, criteria)
		return err
	})
	return found, err
}

// trial drives the rounds that a trial asks for, at arms that are up.
func (c *conductor) trial(ctx context.Context, criteria []compare.Criterion) (found *report.Compared, err error) {
	if err := c.fit(); err != nil {
		return nil, err
	}
	if err := c.holdToFloor(criteria); err != nil {
		return nil, asUsage(err)
	}
	options := compare.Options{Quads: c.layout.Quads, Seed: c.o.base.Seed, Criteria: criteria}
	if c.o.gate != nil {
		options.Gate, options.ErrorMargin, options.Parts, options.Objectives = true, c.o.gate.errorMargin, c.o.gate.shares, c.Targets[0].Plan.SLO
	}
	for _, a := range c.Targets {
		if slices.ContainsFunc(options.Parts, func(m compare.PartMargin) bool { return m.Of == compare.StaleReads }) && !a.Job.ReadsVersions() {
			return nil, asUsage(errors.New("--margin stale: no request reads a version, so no read is known to be stale: say with consistency in a test file which do, or name a caching strategy (bench help caching)"))
		}
		options.Arms = append(options.Arms, a.Label)
		options.Planned = append(options.Planned, c.layout.Counted(a.Rate))
	}
	trial, err := compare.NewTrial(options)
	if err != nil {
		return nil, asUsage(err)
	}
	err = c.rounds(ctx, trial)
	found = c.found(trial.Result())
	if errors.Is(err, errInterrupted) {
		found.Result.Interrupted = true
		return found, errInterrupted
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// budget is what rounds have to fit into in the time that is left. Where all is over soon, rounds are shorter: more of them tell
// more than longer ones. Journeys arrive for a round's length, and the round is over when they have ended. Where there is time they
// arrive at least as long as one of them thinks, so that first and last steps are asked beside each other.
func (c *conductor) budget(left time.Duration) compare.Budget {
	b := compare.Budget{Left: left, Arms: len(c.Targets), Overhead: c.over, Round: c.o.roundLength, Shortest: 2 * time.Second}
	if c.ends.Sub(c.began) < 90*time.Second {
		b.Shortest = time.Second
	}
	b.Shortest = max(b.Shortest, c.thinks)
	if c.o.gate != nil {
		b.Quantile = c.o.gate.highest(c.Targets[0].Plan.SLO)
	}
	return b
}

// fit lays the rounds out in the time that is left, and decides whether the arms are started anew for each quad.
func (c *conductor) fit() error {
	b := c.budget(time.Until(c.ends))
	b.Rate = math.Inf(1)
	for _, a := range c.Targets {
		b.Rate = min(b.Rate, a.Rate)
	}
	var err error
	if c.layout, err = b.Layout(); err != nil && c.longest > 0 {
		err = fmt.Errorf("%w; a round goes on until its journeys have ended, and they think up to %s", err, units.Span(c.longest))
	}
	if err != nil {
		return asUsage(err)
	}
	if c.restart = c.Owned() && c.layout.Restarts(len(c.Targets), c.Starts, c.over); c.restart {
		b.Restart = c.Starts
		again, err := b.Layout()
		if err != nil { // too many quads would be lost: then rather these processes only
			c.restart = false
			return nil
		}
		c.layout = again
	}
	return nil
}

func (c *conductor) found(r compare.Result) *report.Compared {
	found := &report.Compared{
		Result: r, Layout: c.layout, Restarted: c.restart, Owned: true, Seed: c.o.base.Seed, Notes: slices.Concat(c.notes, c.Said()), Started: c.began, Took: time.Since(c.began),
		Baseline: report.Against(c.floor), Pilot: c.pilot,
	}
	for _, a := range c.Targets {
		found.Owned = found.Owned && a.Owned()
		env := usage.ReadEnvironment()
		env.CPUs, env.TargetCPUs, env.GeneratorCPUs = a.Options.Environment.CPUs, a.Options.Environment.TargetCPUs, a.Options.Environment.GeneratorCPUs
		found.Arms = append(found.Arms, report.ComparedArm{Name: a.Label, Target: a.Plan.Target, Rate: a.Rate, Environment: env})
		notes := a.Options.Environment.Notes
		if c.floor != nil {
			notes = slices.Concat(notes, remarks(c.floor, &env))
		}
		for _, n := range notes {
			if !slices.Contains(found.Notes, n) {
				found.Notes = append(found.Notes, n)
			}
		}
		if text := progress(a); text != "" {
			found.Notes = append(found.Notes, a.Label+": "+text)
		}
	}
	return found
}
