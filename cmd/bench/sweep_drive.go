package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/sweep"
)

// The time of a sweep by default is so much for each of its cells. Values of a numeric option have more, as one is named only if it is
// shown to be near each of the best: of simulated sweeps of six values 12 of 60 name one in 7 quads, and 39 in 10.
const (
	cellTime      = 45 * time.Second
	valueTime     = 60 * time.Second
	mostForValues = 6 * time.Minute // for all of them together
)

// sweepShare is the share of the slowest cell's full speed at which all are driven.
const sweepShare = 0.7

// time is how long a sweep of the cells takes by default; with few cells, as long as of three.
func (g *grid) time() time.Duration {
	cells := time.Duration(max(len(g.cells), 3))
	if len(g.options) == 1 && sweep.Numbers(g.options[0].values) {
		return min(cells*valueTime, mostForValues)
	}
	return cells * cellTime
}

// sweep brings the cells up, drives the rounds and takes them down again. What was found until an error or an interrupt is
// returned with it.
func (c *conductor) sweep(ctx context.Context, grid *grid) (found *sweep.Sweep, err error) {
	if err := c.Up(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Down()) }()
	c.brought = c.Starts
	switch kept := c.Kept(); {
	case kept == 1:
		c.notes = append(c.notes, "only the services are started anew: all share one database, which they only read")
	case kept > 1:
		c.notes = append(c.notes, "only the services are started anew: their databases are put back as they were made, and go round among them")
	}
	if err := c.Warm(ctx); err != nil {
		return nil, err
	}
	fast, err := c.fastRuns(ctx)
	if err != nil {
		return nil, err
	}
	rate := c.Targets[0].Rate
	if c.o.rate == "" {
		rate = compare.RateOf(sweepShare, slices.MinFunc(fast, func(a, b *runfile.Run) int {
			return int(1000 * (a.Overall.Achieved.Rate - b.Overall.Achieved.Rate))
		}))
	}
	for _, t := range c.Targets {
		t.Rate = rate
	}
	if c.layout, err = c.sweepLayout(rate); err != nil {
		return nil, asUsage(err)
	}
	c.restart = c.Owned()
	reads := readShare(&fast[0].Plan)
	o := sweep.Options{Quads: c.layout.Quads, Seed: c.o.base.Seed, Planned: c.layout.Counted(rate) * reads, Objectives: c.Targets[0].Plan.SLO}
	for _, t := range c.Targets {
		o.Cells = append(o.Cells, t.Label)
	}
	trial, err := sweep.NewTrial(o)
	if err != nil {
		return nil, asUsage(err)
	}
	err = c.sweepRounds(ctx, trial)
	interrupted := errors.Is(err, errInterrupted)
	if err != nil && (!interrupted || trial.Kept() == 0) {
		return nil, err
	}
	killed := error(nil)
	if !interrupted && trial.Kept() > 0 {
		killed = c.kills(ctx, trial)
	}
	if found = trial.Result(!interrupted); found.Quads == 0 && !found.Spoiled {
		return nil, errors.New("the time was over before the first quad: give a longer --max-time")
	}
	found.Interrupted, found.Rate, found.Reads = interrupted, rate, reads
	c.describe(found, grid)
	trial.Numeric(found)
	return found, errors.Join(err, killed)
}

// killedAfter is for how long a cell is driven before it is killed.
const killedAfter = 3 * time.Second

// kills kills every cell that bench started while it is driven, and tells the trial what each has lost.
func (c *conductor) kills(ctx context.Context, trial *sweep.Trial) error {
	for i, t := range c.Targets {
		if !c.losesBy(t) {
			continue
		}
		if !c.o.quiet {
			fmt.Fprintf(c.stderr, "%s · driven for %s, killed and started again\n", t.Label, units.Span(killedAfter))
		}
		run, err := c.Kill(ctx, t, killedAfter, c.o.base.Seed)
		switch {
		case errors.Is(err, errInterrupted):
			c.notes = append(c.notes, "interrupted before every cell was killed")
			return err
		case err != nil:
			c.notes = append(c.notes, fmt.Sprintf("what %s loses when it is killed is not known: %s", t.Label, oneLine(err)))
		case run.Overall.Consistency != nil:
			trial.Killed(i, run.Overall.Consistency.Lost)
		}
	}
	return nil
}

func (c *conductor) losesBy(t *rig.Target) bool { return !c.o.sweeping.noKill && t.LosesBy() }

// sweepLayout lays out the rounds in the time that is left: of 2 s, or where that would leave too few quads, of 1 s.
func (c *conductor) sweepLayout(rate float64) (l compare.Layout, err error) {
	left := time.Until(c.ends) - c.killing()
	b := compare.Budget{Left: left - left/20, Arms: len(c.Targets), Rate: rate, Overhead: c.over, Round: c.o.roundLength}
	if c.Owned() {
		b.Restart = c.Starts
	}
	if b.Round > 0 {
		return b.Layout()
	}
	for _, b.Round = range []time.Duration{2 * time.Second, time.Second} {
		if l, err = b.Layout(); err == nil {
			return l, nil
		}
	}
	if c.o.given.Changed("max-time") {
		return l, err
	}
	// Nobody gave the time: then it is what the fewest rounds take.
	l = compare.Layout{Round: time.Second, Quads: compare.MinQuads}
	quad := time.Duration(2*len(c.Targets))*(l.Round+c.over) + b.Restart
	c.ends = time.Now().Add((compare.MinQuads+2)*quad + c.killing())
	return l, nil
}

// killing is the time for killing every cell at the end: a database of its own is filled, it is started three times, the keeper of its
// data included, and not warmed, and what it queued is awaited before its keys are read.
func (c *conductor) killing() (takes time.Duration) {
	const settle = 2 * time.Second
	for _, t := range c.Targets {
		if c.losesBy(t) {
			takes += killedAfter + settle + (c.Filled+3*c.brought)/time.Duration(len(c.Targets))
		}
	}
	return takes
}

// sweepRounds drives what the trial asks for, and tells the user how it goes on.
func (c *conductor) sweepRounds(ctx context.Context, trial *sweep.Trial) error {
	progress := sweep.Progress{W: c.stderr}
	if c.o.quiet {
		progress.W = io.Discard
	}
	began, planned := time.Now(), false
	return c.Trial(ctx, sizedTrial{trial, c.Targets}, rig.Rounds{
		Layout: c.layout, Over: c.over, Anew: c.restart, Ends: c.ends.Add(-c.killing()),
		Quad: func(quad int) {
			if quad == 1 && !planned {
				planned = true
				c.replan(trial, time.Since(began))
			}
			progress.Quad(quad, c.layout, time.Since(c.began), trial.Result(false))
		},
		Round: func(string, int) {}, Foresight: func(*compare.Foresight) {},
	})
}

// replan takes the number of quads from what the rounds of the first, which does not count, took: what a round takes beyond its
// length was the longest of few.
func (c *conductor) replan(trial *sweep.Trial, took time.Duration) {
	if c.restart {
		took += c.Starts
	}
	left := time.Until(c.ends) - c.killing()
	if quads := int((left - left/20) / took); quads > c.layout.Quads {
		c.layout.Quads = quads
		trial.Plan(quads)
	}
}

// sizedTrial is a trial that is told the memory of each cell at the end of its rounds: they are short, and a run is sampled once a
// second.
type sizedTrial struct {
	*sweep.Trial
	targets []*rig.Target
}

// Add takes the run of the round that Next returned.
func (t sizedTrial) Add(run *runfile.Run) {
	if step, done := t.Next(); !done {
		if size, ok := usage.Memory(t.targets[step.Arm].Options.TargetPID); ok {
			run.Resources.Target = append(run.Resources.Target, runfile.ProcessSample{RSS: size})
		}
	}
	t.Trial.Add(run)
}

// describe says how a sweep was made.
func (c *conductor) describe(found *sweep.Sweep, grid *grid) {
	found.Subject = grid.subject
	for _, s := range grid.options {
		found.Options = append(found.Options, s.name)
	}
	found.RoundNS, found.Restarted, found.Started, found.TookNS = int64(c.layout.Round), c.restart, c.began.UTC(), time.Since(c.began)
	note := func(list []string) {
		for _, n := range list {
			if !slices.Contains(found.Notes, n) {
				found.Notes = append(found.Notes, n)
			}
		}
	}
	note(c.notes)
	if found.Quads < found.Planned && !found.Interrupted && !found.Spoiled {
		note([]string{fmt.Sprintf("the time held %d of %d quads", found.Quads, found.Planned)})
	}
	for i, t := range c.Targets {
		cell := &found.Cells[i]
		for _, s := range grid.options {
			cell.Values = append(cell.Values, grid.cells[i].values[s.name])
		}
		cell.Target = t.Plan.Target
		cell.Environment = usage.ReadEnvironment()
		cell.Environment.CPUs, cell.Environment.TargetCPUs, cell.Environment.GeneratorCPUs =
			t.Options.Environment.CPUs, t.Options.Environment.TargetCPUs, t.Options.Environment.GeneratorCPUs
		note(t.Options.Environment.Notes)
	}
	note(c.Said())
}
