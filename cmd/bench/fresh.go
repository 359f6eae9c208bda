package main

import (
	"context"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// freshRuns are runs of one arm, each of a fresh start where bench starts it.
type freshRuns struct {
	profile profiles.Profile
	seeds   []uint64 // one a run

	runs    []*loadgen.Run
	again   int  // that were made again, as they were no evidence
	spoiled bool // too many were
	why     string
}

// driveFresh drives all of them. A run that is no evidence is made again, at most half as many as there are to
// be. What there is until an error or an interrupt is kept.
func (c *conductor) driveFresh(ctx context.Context, f *freshRuns) error {
	a := c.Targets[0]
	first := uint64(0) // in a sequence of requests: those of the baseline begin where those of the new version do
	progress := report.NewTrialProgress(c.stderr, c.o.quiet)
	for len(f.runs) < len(f.seeds) {
		progress.Run(len(f.runs)+1, len(f.seeds), f.profile.Duration(), time.Since(c.began))
		if a.Owned() {
			if err := c.Anew(ctx); err != nil {
				return err
			}
		}
		a.Plan.First = first
		run, err := a.Drive(ctx, f.profile, nil, f.seeds[len(f.runs)])
		if err != nil {
			return err
		}
		why := compare.Spoiled(run)
		if why == "" {
			first = a.Plan.First
			f.runs = append(f.runs, run)
			continue
		}
		f.why = why
		if f.again++; f.again > len(f.seeds)/2 {
			f.spoiled = true
			return nil
		}
	}
	return nil
}

// perRun is what a run takes beyond its profile.
func (c *conductor) perRun() time.Duration {
	if c.Targets[0].Owned() {
		return c.Starts + c.over
	}
	return c.over
}

// baselineProfile is the plan of each run of a baseline.
func baselineProfile(round time.Duration, rate float64) profiles.Profile {
	p := rig.Hold("baseline", time.Duration(compare.WarmUpRounds*float64(round)).Round(time.Millisecond), round, rate)
	hold := p.Phases[1]
	p.Phases = p.Phases[:1]
	for _, name := range []string{"round 1", "round 2", "round 3", "round 4"} {
		hold.Name = name
		p.Phases = append(p.Phases, hold)
	}
	return p
}

// profileOf is the profile of a plan that was written to a file.
func profileOf(plan *loadgen.PlanRecord) profiles.Profile {
	p := profiles.Profile{Name: plan.Profile, Arrivals: profiles.Arrivals(plan.Arrivals)}
	for _, ph := range plan.Phases {
		p.Phases = append(p.Phases, profiles.Phase{
			Name: ph.Name, Kind: profiles.Kind(ph.Kind), Duration: ph.DurationNS, From: ph.From, To: ph.To,
		})
	}
	return p
}
