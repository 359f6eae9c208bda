package main

import (
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// fresh drives runs with a fresh start of the target, one for each seed, and tells the user the progress.
func (c *conductor) fresh(p profiles.Profile, seeds []uint64) *rig.Fresh {
	progress := report.NewTrialProgress(c.stderr, c.o.quiet)
	return &rig.Fresh{Profile: p, Seeds: seeds, Begins: func(run int) { progress.Run(run, len(seeds), p.Duration(), time.Since(c.began)) }}
}

// perRun is the time that a run takes beyond its profile.
func (c *conductor) perRun() time.Duration {
	if c.Targets[0].Owned() {
		return c.Starts + c.over
	}
	return c.over
}

// baselineProfile is the plan of each run of a baseline. Its warm-up is at least as long as a journey thinks.
func baselineProfile(round, thinks time.Duration, rate float64) profiles.Profile {
	warmUp := max(time.Duration(compare.WarmUpRounds*float64(round)), thinks)
	p := rig.Hold("baseline", warmUp.Round(time.Millisecond), round, rate)
	hold := p.Phases[1]
	p.Phases = p.Phases[:1]
	for _, name := range []string{"round 1", "round 2", "round 3", "round 4"} {
		hold.Name = name
		p.Phases = append(p.Phases, hold)
	}
	return p
}

// profileOf is the profile of a plan that was written to a file.
func profileOf(plan *runfile.PlanRecord) profiles.Profile {
	p := profiles.Profile{Name: plan.Profile, Arrivals: profiles.Arrivals(plan.Arrivals)}
	for _, ph := range plan.Phases {
		p.Phases = append(p.Phases, profiles.Phase{
			Name: ph.Name, Kind: profiles.Kind(ph.Kind), Duration: ph.DurationNS, From: ph.From, To: ph.To,
		})
	}
	return p
}
