package main

import (
	"errors"
	"fmt"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// readFloor reads the baseline of --floor and takes its plan, in which the floor was measured: what machines do to identical
// code depends on the rate and on how long rounds are.
func (o *compareOptions) readFloor() (*compare.Baseline, error) {
	if o.gate == nil || o.gate.floor == "" {
		return nil, nil
	}
	b, err := readBaseline(o.gate.floor)
	if err != nil {
		return nil, err
	}
	if !b.Runs[0].HasTargetTime() {
		return nil, fmt.Errorf("baseline %s was saved before target time was measured, by which rounds are judged: save it again", b.Name)
	}
	if o.at != "" {
		return nil, errors.New("--at finds rates of its own, and --floor was measured at one: leave one out")
	}
	if err := o.takePlan(b); err != nil {
		return nil, err
	}
	if !o.given.Changed("round") {
		o.roundLength = b.Round()
	}
	return b, nil
}

// holdToFloor refuses margins that this machine cannot hold in the pairs that are planned, by the baseline of --floor.
func (c *conductor) holdToFloor(criteria []compare.Criterion) error {
	b := c.floor
	if b == nil {
		return nil
	}
	for _, a := range c.Targets {
		if err := sameAsBaseline(b, a); err != nil {
			return err
		}
	}
	if c.layout.Round != b.Round() {
		return otherPlan(b, []string{fmt.Sprintf("length of a round: %v and %v", b.Round(), c.layout.Round)})
	}
	pairs := 2 * c.layout.Quads
	if short := b.Floor.BelowPairs(criteria, pairs, c.restart); len(short) > 0 {
		return errors.New(report.PairsRefusal(b, short, pairs))
	}
	return nil
}
