package rig

import (
	"context"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// Asks asks for rounds and takes their runs.
type Asks interface {
	Next() (step compare.Step, done bool)
	Add(*runfile.Run)
	Rule() runfile.DisturbanceRule
	Foresight() *compare.Foresight
}

// Rounds are the conditions of a trial's rounds.
type Rounds struct {
	Layout compare.Layout
	Over   time.Duration // time that a round takes beyond its length
	Anew   bool          // the targets are started anew for each quad
	Ends   time.Time     // latest end of a quad

	Quad      func(quad int)              // called at the start of each quad
	Round     func(arm string, round int) // called at the start of each round; counted within the quad, from 0
	Foresight func(*compare.Foresight)
}

// Trial drives what a trial asks for, until it is done or the time is over.
func (r *Rig) Trial(ctx context.Context, trial Asks, o Rounds) error {
	quad := time.Duration(2*len(r.Targets)) * (o.Layout.Round + o.Over)
	if o.Anew {
		quad += r.Starts
	}
	pair := r.pairs()
	var first time.Time // start of the first quad that counts
	before := compare.Step{Round: -1}
	for {
		step, done := trial.Next()
		if done {
			return nil
		}
		again := step == before // the same round, and no new quad
		before = step
		if step.Round == 0 && !again {
			switch {
			case step.Quad == 1:
				first = time.Now()
			case step.Quad > 1: // what they took so far, where that is less than was expected
				quad = min(quad, time.Since(first)/time.Duration(step.Quad-1)*21/20)
			}
			if time.Until(o.Ends) < quad {
				return nil
			}
			o.Quad(step.Quad)
			if o.Anew && step.Quad > 0 {
				if err := r.Anew(ctx); err != nil {
					return err
				}
			}
		}
		pair(step.Seed)
		t := r.Targets[step.Arm]
		o.Round(t.Label, step.Round)
		t.Plan.Disturbance = trial.Rule()
		run, err := t.round(ctx, o.Layout, step.Seed)
		if err != nil {
			return err
		}
		trial.Add(run)
		o.Foresight(trial.Foresight())
	}
}

// Pilot drives what a pilot asks for, until it is done, or that time is over and a rate was tried.
func (r *Rig) Pilot(ctx context.Context, pilot *compare.Pilot, takes time.Duration) error {
	until, pair := time.Now().Add(takes), r.pairs()
	for {
		step, done := pilot.Next()
		if done || time.Now().After(until) && len(pilot.Found().Tried) > 0 {
			return nil
		}
		pair(step.Seed)
		run, err := r.Targets[step.Arm].Drive(ctx, Hold("pilot", 0, step.Round, step.Rate), nil, step.Seed)
		if err != nil {
			return err
		}
		pilot.Add(run)
	}
}

// pairs is told the seed of each round that begins. The rounds of a pair have one seed, and send the same.
func (r *Rig) pairs() func(seed uint64) {
	var last *uint64
	return func(seed uint64) {
		if last == nil || *last != seed {
			last = &seed
			Alike(r.Targets)
		}
	}
}
