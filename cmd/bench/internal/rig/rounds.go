package rig

import (
	"cmp"
	"context"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
)

const (
	// roundDrain bounds how long a round waits for its last answers, with journeys for each step of the longest: what is older counts
	// at its age.
	roundDrain = 2 * time.Second

	warmUpUsers = 16
	warmUpLooks = 40

	// WarmUpLook is for how long a target is driven to see whether it is warm.
	WarmUpLook = 150 * time.Millisecond
)

// Drive drives one profile at the target.
func (t *Target) Drive(ctx context.Context, p profiles.Profile, closed *loadgen.Closed, seed uint64) (*runfile.Run, error) {
	return t.drive(ctx, t.PlanOf(p, closed, seed))
}

func (t *Target) drive(ctx context.Context, plan loadgen.Plan) (*runfile.Run, error) {
	run, err := loadgen.Drive(ctx, plan, t.Options)
	if ctx.Err() != nil {
		return nil, ErrInterrupted
	}
	if err == nil {
		t.Protocols = run.Protocols()
		t.GoOn(run)
	}
	return run, err
}

// Alike lets the next run of all begin where the farthest has come to in a sequence of requests: the rounds of a pair send the same.
func Alike(list []*Target) {
	var first uint64
	for _, t := range list {
		first = max(first, t.Plan.First)
	}
	for _, t := range list {
		t.Plan.First = first
	}
}

// PlanOf is the plan of one profile at the target.
func (t *Target) PlanOf(p profiles.Profile, closed *loadgen.Closed, seed uint64) loadgen.Plan {
	plan := t.Plan
	plan.Profile, plan.Closed, plan.Seed = p, closed, seed
	if closed != nil {
		plan.Limits.Connections = closed.VUs
	}
	plan.Limits.Drain = cmp.Or(plan.Limits.Drain, min(time.Duration(mostSteps(plan.Journeys))*roundDrain, plan.Limits.Timeout))
	return plan
}

// Fast drives the target at full speed, journeys without thinking.
func (t *Target) Fast(ctx context.Context, length time.Duration, seed uint64) (*runfile.Run, error) {
	users := warmUpUsers
	if c := t.Plan.Limits.Connections; c > 0 {
		users = min(users, c)
	}
	const ignored = 1000 // the closed model has no rate
	plan := t.PlanOf(Hold("as fast as it goes", 0, length, ignored), &loadgen.Closed{VUs: users}, seed)
	plan.Journeys = request.WithoutThinking(plan.Journeys)
	return t.drive(ctx, plan)
}

// warm drives it unmeasured until its cache's hit ratio is flat, unless it is to be cold.
func (t *Target) warm(ctx context.Context) error {
	if t.Cold {
		return nil
	}
	before := new(runfile.Run)
	for look := range warmUpLooks {
		run, err := t.Fast(ctx, WarmUpLook, uint64(look)+1)
		if err != nil {
			return err
		}
		if compare.Warm(before, run) {
			return nil
		}
		before = run
	}
	return nil
}

// round drives one round at its rate.
func (t *Target) round(ctx context.Context, l compare.Layout, seed uint64) (*runfile.Run, error) {
	return t.Drive(ctx, Hold("round", l.WarmUp(), l.Round-l.WarmUp(), t.Rate), nil, seed)
}

// Hold is a profile of one rate, behind a warm-up where that has a length.
func Hold(name string, warmUp, length time.Duration, rate float64) profiles.Profile {
	p := profiles.Profile{Name: name, Arrivals: profiles.Even}
	if warmUp > 0 {
		p.Phases = append(p.Phases, profiles.Phase{Name: "warm-up", Kind: profiles.Warmup, Duration: warmUp, From: rate, To: rate})
	}
	p.Phases = append(p.Phases, profiles.Phase{Name: "hold", Kind: profiles.Hold, Duration: length, From: rate, To: rate})
	return p
}
