package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/targets"
)

// whileUp brings the arms up, does what is to be done with them, and takes them down again.
func (c *conductor) whileUp(ctx context.Context, do func() error) (err error) {
	defer c.share()()
	defer func() {
		for _, a := range c.arms {
			err = errors.Join(err, a.stop())
		}
	}()
	if err := c.bringUp(ctx); err != nil {
		return err
	}
	return do()
}

// share gives what bench starts processors of its own, where it starts all: a comparison does not mix the two.
func (c *conductor) share() (unpin func()) {
	env := loadgen.Environment{CPUs: "shared", Notes: slices.Clone(c.arms[0].notes)}
	unpin = func() {}
	if !slices.ContainsFunc(c.arms, func(a *arm) bool { return !a.owned() }) {
		env.CPUs = c.o.cpus
		unpin = rig.Pin(c.o.cpus, &env)
	}
	for _, a := range c.arms {
		a.options.Environment = env
		a.options.Environment.Notes = slices.Clone(env.Notes)
		if a.service != nil {
			a.options.Environment.Notes = append(a.options.Environment.Notes, targets.Notes(a.name, c.o.serving)...)
		}
	}
	return unpin
}

// bringUp starts and warms all arms, and learns what they can take.
func (c *conductor) bringUp(ctx context.Context) error {
	for _, a := range c.arms {
		began := time.Now()
		if err := a.start(ctx, c.o, c.o.say(c.stderr, a.label), c.stderr); err != nil {
			return err
		}
		c.starts += time.Since(began)
		if _, err := rig.Preflight(ctx, &a.plan, c.o.given.Changed("connections"), &a.options.Environment); err != nil {
			return err
		}
	}
	began := time.Now()
	for _, a := range c.arms {
		if err := a.warm(ctx); err != nil {
			return err
		}
	}
	c.starts += time.Since(began)
	return c.rates(ctx)
}

// rates finds what is offered to each arm where that was not given, and how long a round takes beyond its length.
func (c *conductor) rates(ctx context.Context) error {
	length := fastLength
	if c.o.rate != "" {
		length = warmUpLook
	}
	var fast []*loadgen.Run
	for _, a := range c.arms {
		began := time.Now()
		run, err := a.fast(ctx, length, c.o.base.Seed)
		if err != nil {
			return err
		}
		c.over = max(c.over, time.Since(began)-length)
		if run.Requests.Succeeded == 0 && c.o.rate == "" {
			return fmt.Errorf("%s answered no request with success, so there is no rate to compare at: look at it with bench sustained, or give --rate", a.label)
		}
		fast = append(fast, run)
	}
	switch {
	case c.o.at != "":
		share, err := c.o.shareOf()
		if err != nil {
			return usage(err)
		}
		for i, a := range c.arms {
			a.rate = compare.RateOf(share, fast[i])
		}
	case c.o.rate == "":
		return c.findRate(ctx, compare.Fastest(fast))
	}
	return nil
}

// pilotShare is the part of all time that looking for a rate may take.
const pilotShare = 5

// findRate looks for the highest rate at which the comparison can decide. A comparison without margins is held to those of a
// gate.
func (c *conductor) findRate(ctx context.Context, fastest float64) error {
	criteria, err := (&gateOptions{inconclusive: "fail"}).criteria()
	if c.o.gate != nil {
		criteria, err = c.o.gate.criteria()
	}
	if err != nil {
		return usage(err)
	}
	takes := c.ends.Sub(c.began) / pilotShare
	pilot := compare.NewPilot(compare.PilotOptions{
		Arms: len(c.arms), Fastest: fastest, Criteria: criteria, Time: takes, Spent: time.Since(c.began), Seed: c.o.base.Seed, Budget: c.budget(time.Until(c.ends) - takes),
	})
	var pair *uint64 // the seed of the rounds before
	for until := time.Now().Add(takes); ; {
		step, done := pilot.Next()
		if done || time.Now().After(until) && len(pilot.Found().Tried) > 0 {
			break
		}
		if pair == nil || *pair != step.Seed {
			pair = &step.Seed
			alike(c.arms)
		}
		run, err := c.arms[step.Arm].drive(ctx, hold("pilot", 0, step.Round, step.Rate), nil, step.Seed)
		if err != nil {
			return err
		}
		pilot.Add(run)
	}
	found := pilot.Found()
	c.pilot = &found
	for _, a := range c.arms {
		a.rate = found.Rate()
	}
	if !c.o.quiet {
		fmt.Fprintln(c.stderr, report.PilotWords(&found))
	}
	return nil
}

// said are notes of what the services said of themselves since they were started last.
func (c *conductor) said() (notes []string) {
	for _, a := range c.arms {
		notes = append(notes, a.said()...)
	}
	return notes
}

// startAnew ends all arms, starts them again and warms them.
func (c *conductor) startAnew(ctx context.Context) error {
	for _, a := range c.arms {
		if err := a.stop(); err != nil {
			return err
		}
		if err := a.start(ctx, c.o, func(string) {}, c.stderr); err != nil {
			return err
		}
		if err := a.warm(ctx); err != nil {
			return err
		}
	}
	return nil
}
