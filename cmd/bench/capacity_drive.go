package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/targets"
)

// stepDrain bounds how long a step waits for its last answers: later answers count at their age.
const stepDrain = 2 * time.Second

// idleFor is the time for measuring a target's idle use before its first request.
const idleFor = time.Second

// measure searches each target, one after the other. It returns what was found until the first error.
func (o *capacityOptions) measure(ctx context.Context, names []string, outs outputs[[]*capacity.Capacity], s streams) ([]*capacity.Capacity, error) {
	file, err := o.askedBy(anyStep())
	if err != nil {
		return nil, asUsage(err)
	}
	objectives, err := o.objectives(file)
	if err != nil {
		return nil, err
	}
	search, err := o.searchOptions(objectives)
	if err != nil {
		return nil, asUsage(err)
	}
	if err := o.pace(&search, file); err != nil {
		return nil, asUsage(err)
	}
	subjects, err := o.capacitySubjects(file, names, objectives, s)
	if err != nil {
		return nil, asUsage(err)
	}
	if err := beforeDriving(&o.driveOptions, outs, s.err); err != nil {
		return nil, err
	}
	var found []*capacity.Capacity
	for _, subject := range subjects {
		c, err := o.search(ctx, subject, search, s)
		if c != nil {
			found = append(found, c)
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// anyStep is a test file of a step with a placeholder rate, for each step to replace.
func anyStep() profiles.File {
	return profiles.File{Version: profiles.CurrentVersion, Profile: stepProfile(capacity.Step{Rate: 1, Hold: time.Second})}
}

// capacitySubjects makes targets of the names, each at every size of --gomaxprocs.
func (o *capacityOptions) capacitySubjects(file profiles.File, names []string, objectives []runfile.Threshold, s streams) ([]*rig.Target, error) {
	o.rate = o.most // a target that is not on this machine needs a rate; here it is the highest
	file.Target, file.SLO, file.Limits.Requests = o.targetsOf(file, names), nil, 0
	file, err := o.overlay(o.file, file)
	if err != nil {
		return nil, err
	}
	plan, err := o.planOf(file)
	if err != nil {
		return nil, err
	}
	plan.Thresholds = objectives
	asked := asking{driveOptions: &o.driveOptions, file: file, name: o.file}
	subjects, err := asked.subjects(plan, s.in)
	if err != nil || len(o.gomaxprocs) == 0 {
		return subjects, err
	}
	var sized []*rig.Target
	for _, one := range subjects {
		if one.Service == nil {
			return nil, fmt.Errorf("--gomaxprocs is for the bundled services, which bench starts; %s is not one of them", one.Name)
		}
		for _, n := range o.gomaxprocs {
			size := *one
			size.MaxProcs = n
			size.Plan.Target.Name = fmt.Sprintf("%s, GOMAXPROCS %d", one.Plan.Target.Name, n)
			sized = append(sized, &size)
		}
	}
	return sized, nil
}

// search drives the steps of a search until it has its answer.
func (o *capacityOptions) search(ctx context.Context, s *rig.Target, bounds capacity.Options, out streams) (c *capacity.Capacity, err error) {
	down, err := o.bringUp(ctx, s, out.err)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, down()) }()
	search := capacity.NewSearch(bounds)
	notes := journeyNotes(bounds)
	for _, text := range notes {
		if !o.quiet {
			fmt.Fprintf(out.err, "%s: %s\n", s.Plan.Target.Name, text)
		}
	}
	known := o.resources(s, s.Options.Environment)
	if busy, ok := usage.IdleUse(ctx, s.Options.TargetPID, idleFor); ok {
		known.Idle = &busy
	}
	conclude := func() *capacity.Capacity {
		c := capacity.Assess(s.Plan.Target, known, search)
		c.Size = s.MaxProcs
		if c.Processors > 0 && s.MaxProcs > c.Processors {
			c.Notes = append(c.Notes, fmt.Sprintf("GOMAXPROCS is %d, and the service had %d of the processors here: more of them, or --cpus shared, would show what its size is good for.", s.MaxProcs, c.Processors))
		}
		c.Notes = slices.Concat(c.Notes, notes, s.Options.Environment.Notes, s.Said())
		if text := progress(s); text != "" {
			c.Notes = append(c.Notes, text)
		}
		return c
	}
	// cutShort is the result so far of a search that an interrupt or the target's end cut short; nil: no step was measured.
	cutShort := func() *capacity.Capacity {
		if len(search.Steps()) == 0 {
			return nil
		}
		c := conclude()
		c.CutShort = true
		return c
	}
	began := time.Now()
	for n := uint64(0); ; n++ {
		step, done := search.Next()
		if done {
			break
		}
		shown := o.watch(s, capacityBoard(step, search.Steps(), began), out.err)
		run, err := loadgen.Drive(ctx, stepPlan(s.Plan, step, o.base.Seed+n), s.Options)
		shown()
		if ctx.Err() != nil {
			return cutShort(), errInterrupted
		}
		if err != nil {
			return cutShort(), err
		}
		search.Add(run)
		s.GoOn(run)
		if !o.quiet {
			steps := search.Steps()
			fmt.Fprintln(out.err, report.CapacityStep(s.Plan.Target.Name, steps[len(steps)-1]))
		}
		select {
		case <-ctx.Done():
			return cutShort(), errInterrupted
		case <-time.After(step.CoolDown):
		}
	}
	return conclude(), around(ctx, "--after", o.after, s.Plan.Target, out.err)
}

// resources returns the known resources of the service: its processors, and the connections of its pool.
func (o *capacityOptions) resources(s *rig.Target, e runfile.Environment) capacity.Resources {
	known := capacity.Resources{Processors: capacity.ProcessorsOf(e), Servers: map[string]float64{}}
	if s.Service != nil {
		// Of a size smaller than its processors the rest is left to a database's own processes.
		if s.MaxProcs > 0 && o.serving.DB == "" {
			known.Processors = min(known.Processors, s.MaxProcs)
		}
		if n := targets.PoolSize(s.Name, o.serving, cmp.Or(s.MaxProcs, known.Processors)); n > 0 {
			known.Servers["db"] = float64(n)
		}
	}
	for name, n := range o.servers {
		known.Servers[name] = float64(n)
	}
	return known
}

// stepPlan is the plan of one step.
func stepPlan(p loadgen.Plan, s capacity.Step, seed uint64) loadgen.Plan {
	p.Profile, p.Seed = stepProfile(s), seed
	if s.Users > 0 {
		p.Closed, p.Limits.Connections = &loadgen.Closed{VUs: s.Users}, s.Users
		p.Wire.Loops = min(p.Wire.Loops, s.Users) // each has a connection
		p.Journeys = request.WithoutThinking(p.Journeys)
	}
	p.Limits.Drain = cmp.Or(p.Limits.Drain, stepDrain)
	return p
}

// bursts are the phases of a step's hold in bursts.
func bursts(s capacity.Step) (phases []profiles.Phase) {
	for at := time.Duration(0); at < s.Hold; at += 2 * s.Burst {
		n := len(phases)/2 + 1
		phases = append(phases,
			profiles.Phase{Name: fmt.Sprintf("burst-%d", n), Kind: profiles.Step, Duration: s.Burst, From: 2 * s.Rate, To: 2 * s.Rate},
			profiles.Phase{Name: fmt.Sprintf("pause-%d", n), Kind: profiles.Step, Duration: s.Burst})
	}
	return phases
}

func stepProfile(s capacity.Step) profiles.Profile {
	rate := s.Rate
	if s.Users > 0 {
		rate = 1 // the closed model has no rate
	}
	p := profiles.Profile{Name: "capacity", Arrivals: profiles.Poisson, Phases: []profiles.Phase{
		{Name: "warm-up", Kind: profiles.Warmup, Duration: s.WarmUp, From: rate, To: rate},
		{Name: "step", Kind: profiles.Step, Duration: s.Hold, From: rate, To: rate},
	}}
	if s.Burst > 0 {
		p.Phases = append(p.Phases[:1], bursts(s)...)
	}
	p.Phases = slices.DeleteFunc(p.Phases, func(ph profiles.Phase) bool { return ph.Duration == 0 })
	return p
}
