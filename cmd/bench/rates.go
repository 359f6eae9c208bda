package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// fastLength is the length of a run at full speed that measures what a target can take.
const fastLength = 2 * time.Second

// whileUp brings the targets up, warms them and learns what they can take, does what is to be done with them, and takes them down again.
func (c *conductor) whileUp(ctx context.Context, do func() error) (err error) {
	if err := c.Up(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Down()) }()
	if err := c.Warm(ctx); err != nil {
		return err
	}
	if err := c.rates(ctx); err != nil {
		return err
	}
	return do()
}

// fastRuns drives each arm at full speed, and learns how long a round takes beyond its length: journeys go on to their ends, the last
// as long as the longest of them thinks. Where the rate was given they are short.
func (c *conductor) fastRuns(ctx context.Context) (fast []*runfile.Run, err error) {
	length := fastLength
	if c.o.rate != "" {
		length = rig.WarmUpLook
	}
	for _, a := range c.Targets {
		began := time.Now()
		run, err := a.Fast(ctx, length, c.o.base.Seed)
		if err != nil {
			return nil, err
		}
		took := time.Since(began)
		pace := a.Job.Pace()
		c.thinks, c.longest, c.over = max(c.thinks, pace.Mean), max(c.longest, pace.Tail), max(c.over, took-length+pace.Tail)
		if run.Requests.Succeeded == 0 && c.o.rate == "" {
			return nil, fmt.Errorf("%s answered no request with success, so there is no rate to compare at: look at it with bench sustained, or give --rate", a.Label)
		}
		if c.o.rate == "" && compare.RateOf(1, run) == 0 {
			return nil, fmt.Errorf("at %s not one journey was completed, so there is no rate to compare at: look at it with bench run, or give --rate", a.Label)
		}
		fast = append(fast, run)
	}
	note, err := c.Spoken()
	if note != "" {
		c.notes = append(c.notes, note)
	}
	return fast, asUsage(err)
}

// rates finds what is offered to each arm where that was not given.
func (c *conductor) rates(ctx context.Context) error {
	fast, err := c.fastRuns(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.o.at != "":
		share, err := c.o.shareOf()
		if err != nil {
			return asUsage(err)
		}
		for i, a := range c.Targets {
			a.Rate = compare.RateOf(share, fast[i])
		}
	case c.o.rate == "":
		return c.findRate(ctx, compare.Fastest(fast))
	}
	return nil
}

// pilotShare is the share of the whole time for a pilot.
const pilotShare = 5

// findRate looks for the highest rate at which the comparison can decide. A comparison without margins is held to those of a
// gate.
func (c *conductor) findRate(ctx context.Context, fastest float64) error {
	criteria, err := (&gateOptions{inconclusive: "fail"}).criteria()
	if c.o.gate != nil {
		criteria, err = c.o.gate.criteria()
	}
	if err != nil {
		return asUsage(err)
	}
	takes := c.ends.Sub(c.began) / pilotShare
	pilot := compare.NewPilot(compare.PilotOptions{
		Arms: len(c.Targets), Fastest: fastest, Criteria: criteria, Time: takes, Spent: time.Since(c.began), Seed: c.o.base.Seed, Budget: c.budget(time.Until(c.ends) - takes),
	})
	if err := c.Pilot(ctx, pilot, takes); err != nil {
		return err
	}
	found := pilot.Found()
	c.pilot = &found
	for _, a := range c.Targets {
		a.Rate = found.Rate()
	}
	if !c.o.quiet {
		fmt.Fprintln(c.stderr, report.PilotWords(&found))
	}
	return nil
}
