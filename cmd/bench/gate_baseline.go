package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// gateAgainst holds new runs against a baseline: as many as it has, driven by its plan and each of a fresh start, or saved.
func (o *compareOptions) gateAgainst(ctx context.Context, names []string, criteria []compare.Criterion, outs outputs[*report.Compared], s streams) error {
	if err := o.againstOnly(); err != nil {
		return asUsage(err)
	}
	b, err := readBaseline(o.gate.baseline)
	if none, ok := errors.AsType[noBaseline](err); ok {
		return o.firstGate(ctx, none, names, outs, s)
	}
	if err != nil {
		return asUsage(err)
	}
	if len(names) > 0 && isSaved(names[0]) {
		return o.gateSaved(b, names, criteria, outs, s)
	}
	if err := o.takePlan(b); err != nil {
		return asUsage(err)
	}
	a, err := o.oneArm(names, side{o.b, "--b", o.bCmd, "--b-cmd"})
	if err != nil {
		return asUsage(err)
	}
	a.Label = o.newName()
	if !b.Runs[0].HasTargetTime() {
		return asUsage(fmt.Errorf("baseline %s was saved before target time was measured, by which new runs are judged: save it again", b.Name))
	}
	// The floor is valid for the baseline's plan alone.
	if err := samePlan(b, a); err != nil {
		return asUsage(err)
	}
	if short := b.Floor.BelowRuns(criteria, len(b.Runs), len(b.Runs)); len(short) > 0 {
		return asUsage(errors.New(report.RunsRefusal(b, short, len(b.Runs), len(b.Runs))))
	}
	c := o.conductor(ctx, []*rig.Target{a}, s.err)
	c.floor = b
	if err := beforeDriving(&o.driveOptions, outs, s.err); err != nil {
		return err
	}
	found, err := c.gateFresh(ctx, criteria)
	if found == nil {
		return nothingMeasured(err, "run of new")
	}
	found.Repeat = o.repeat(names)
	return errors.Join(err, o.conclude(found, outs, s))
}

// oldName is the name of a baseline in the report of a gate.
const oldName = "old"

// newName is the name of the new version in the report of a gate.
func (o *compareOptions) newName() string {
	if len(o.names) > 0 {
		return o.names[0]
	}
	return "new"
}

// againstOnly refuses the flags that are for old and new side by side.
func (o *compareOptions) againstOnly() error {
	if slices.Contains(o.names, oldName) {
		return fmt.Errorf("--name %s: that is what the baseline is called beside the new version", oldName)
	}
	for _, name := range []string{"a", "a-cmd", "a-http", "b-http", "floor", "at", "round", "seed", "slo"} {
		if o.given.Changed(name) {
			return fmt.Errorf("--%s is for old and new side by side: leave it out of a gate against a baseline", name)
		}
	}
	return nil
}

// takePlan fills in the options that were not given from a baseline's plan, and refuses a baseline of another machine.
func (o *compareOptions) takePlan(b *compare.Baseline) error {
	if err := sameMachine(b, b.Runs[0].Environment); err != nil { // what each side has is known when the target has been started
		return err
	}
	p := b.Plan()
	rate := strconv.FormatFloat(b.Rate(), 'f', -1, 64) + "/s"
	if o.rate == "" {
		o.rate = rate
	}
	o.under = profiles.File{
		Limits: profiles.Limits{Connections: p.Connections, Timeout: p.TimeoutNS, Drain: p.DrainNS, Deadline: p.DeadlineNS, NoKeepAlive: p.NoKeepAlive},
		Order:  orderName(p.Order), HTTP: p.HTTP, Accept: profiles.Text{Text: p.Accept},
	}
	take := func(flag string, set func()) {
		if !o.given.Changed(flag) {
			set()
		}
	}
	take("group", func() { o.group = groupName(p.Grouping) })
	take("max-conn-age", func() { o.base.Limits.ConnAge = p.ConnAgeNS })
	take("max-conn-requests", func() { o.base.Limits.ConnRequests = p.ConnRequests })
	take("follow", func() { o.base.Follow.Most = p.Follow })
	take("follow-hosts", func() { o.base.Follow.Hosts = p.FollowHosts })
	take("sni", func() { o.base.TLS.SNI = p.SNI })
	take("tls", func() { o.serving.TLS = p.ServedTLS })
	take("link", func() { o.link = p.Link })
	take("tls-resume", func() { o.resume = map[bool]string{true: "on", false: "off"}[p.TLSResume] })
	take("engine", func() { o.base.Engine = p.Engine })
	take("header-case", func() { o.headerCase = cmp.Or(p.HeaderCase, headersCanonical) })
	take("cpus", func() { o.cpus = b.Runs[0].Environment.CPUs })
	if w := p.Wire; w != nil && o.base.Engine == p.Engine {
		take("loops", func() { o.base.Wire.Loops = w.Loops })
		take("h2-connections", func() { o.base.Wire.Connections = w.Connections })
		take("spin", func() { *o.base.Wire.Spin = w.SpinNS })
		take("dns-ttl", func() { o.base.Wire.DNSTTL = w.DNSTTLNS })
	}
	return nil
}

// sameMachine refuses a baseline of another machine than this, where processors are shared out as in sharing.
func sameMachine(b *compare.Baseline, sharing runfile.Environment) error {
	here := usage.ReadEnvironment()
	here.CPUs, here.TargetCPUs, here.GeneratorCPUs = sharing.CPUs, sharing.TargetCPUs, sharing.GeneratorCPUs
	if list := b.Runs[0].Environment.Differences(&here); len(list) > 0 {
		return otherMachine(b, list)
	}
	return nil
}

// remarks are notes on the comparison with a baseline.
func remarks(b *compare.Baseline, there *runfile.Environment) []string {
	list := b.Runs[0].Environment.Remarks(there)
	for i, text := range list {
		list[i] = fmt.Sprintf("of baseline %s and what is held against it: %s", b.Name, text)
	}
	return list
}

func otherMachine(b *compare.Baseline, differ []string) error {
	return fmt.Errorf("baseline %s was saved on another machine, or measured otherwise, and what differs may come from that (%s): save one here, or run old and new side by side",
		b.Name, strings.Join(differ, "; "))
}

// sameAsBaseline refuses an arm that would be driven in another way or on another machine than the baseline.
func sameAsBaseline(b *compare.Baseline, a *rig.Target) error {
	if err := samePlan(b, a); err != nil {
		return err
	}
	return sameMachine(b, a.Options.Environment)
}

// samePlan refuses an arm of another plan than the baseline's.
func samePlan(b *compare.Baseline, a *rig.Target) error {
	p, err := a.PlanOf(profileOf(b.Plan()), nil, 1).Record()
	if err != nil {
		return err
	}
	list := b.Plan().Differences(&p)
	if a.Rate != b.Rate() {
		list = append(list, fmt.Sprintf("rate: %s and %s", units.Rate(b.Rate()), units.Rate(a.Rate)))
	}
	if len(list) > 0 {
		return otherPlan(b, list)
	}
	return nil
}

func otherPlan(b *compare.Baseline, differ []string) error {
	return fmt.Errorf("baseline %s is of another plan, so what differs may be the plan's (%s): give what it was saved with, or save another",
		b.Name, strings.Join(differ, "; "))
}

// gateFresh drives the new runs and judges them. What was found until an interrupt is returned with it.
func (c *conductor) gateFresh(ctx context.Context, criteria []compare.Criterion) (found *report.Compared, err error) {
	b, a := c.floor, c.Targets[0]
	var seeds []uint64
	for _, r := range b.Runs {
		seeds = append(seeds, r.Seed)
	}
	fresh := c.fresh(profileOf(b.Plan()), seeds)
	err = c.whileUp(ctx, func() error {
		err := sameAsBaseline(b, a) // preflight may have changed the plan
		if err == nil {
			err = c.inTime(len(fresh.Seeds), fresh.Profile.Duration())
		}
		if err != nil {
			return asUsage(err)
		}
		return c.Fresh(ctx, fresh)
	})
	if err != nil && (!errors.Is(err, errInterrupted) || len(fresh.Runs) == 0) {
		return nil, err
	}
	found = c.found(c.o.judgeRuns(b, a.Label, fresh.Runs, criteria))
	found.Result.Interrupted = err != nil
	found.Result.Planned, found.Result.Rerun = len(fresh.Seeds), fresh.Again
	if fresh.Spoiled {
		found.Result.Spoil(fresh.Why)
	}
	found.Restarted = a.Owned()
	found.Arms = append([]report.ComparedArm{oldArm(b)}, found.Arms...)
	return found, err
}

// inTime refuses a --max-time that is too short for the runs.
func (c *conductor) inTime(runs int, length time.Duration) error {
	if !c.o.given.Changed("max-time") {
		return nil
	}
	if takes := time.Since(c.began) + time.Duration(runs)*(length+c.perRun()); takes > c.o.maxTime {
		return fmt.Errorf("--max-time %v: as many runs as the baseline has, %d of %v, take about %v", c.o.maxTime, runs, length, takes.Round(time.Second))
	}
	return nil
}

// gateSaved judges saved runs of the new version.
func (o *compareOptions) gateSaved(b *compare.Baseline, names []string, criteria []compare.Criterion, outs outputs[*report.Compared], s streams) error {
	if o.b != "" || o.bCmd != "" {
		return asUsage(fmt.Errorf("%s holds saved runs and --b is driven: give one", names[0]))
	}
	if o.file != "" {
		return asUsage(errSavedAsked)
	}
	if err := o.checkNames(1); err != nil {
		return asUsage(err)
	}
	label := o.newName()
	var runs []*runfile.Run
	for _, name := range names {
		if !isSaved(name) {
			return asUsage(fmt.Errorf("%s is no file of saved runs, and %s is: give either", name, names[0]))
		}
		file, err := runfile.ReadFile(name)
		if err != nil {
			return asUsage(plain(err))
		}
		for i, r := range file.Runs {
			if err := mayBeHeld(b, r); err != nil {
				return fmt.Errorf("%s: run %d %w", name, i+1, err)
			}
		}
		runs = append(runs, file.Runs...)
	}
	if len(runs) >= compare.MinRuns {
		if short := b.Floor.BelowRuns(criteria, len(b.Runs), len(runs)); len(short) > 0 {
			return asUsage(errors.New(report.RunsRefusal(b, short, len(b.Runs), len(runs))))
		}
	}
	found := &report.Compared{
		Result: o.judgeRuns(b, label, runs, criteria), Baseline: report.Against(b), Seed: runs[0].Seed, Repeat: o.repeat(names),
		Arms: []report.ComparedArm{oldArm(b), {Name: label, Target: runs[0].Target, Rate: b.Rate(), Environment: runs[0].Environment}},
	}
	for _, r := range runs {
		for _, text := range remarks(b, &r.Environment) {
			if !slices.Contains(found.Notes, text) {
				found.Notes = append(found.Notes, text)
			}
		}
	}
	return o.conclude(found, outs, s)
}

// mayBeHeld returns an error where a saved run cannot be compared with a baseline.
func mayBeHeld(b *compare.Baseline, r *runfile.Run) error {
	if r.Interrupted {
		return asUsage(errors.New("was interrupted, and passes nothing"))
	}
	if why := compare.Spoiled(r); why != "" {
		return exitError{exitLimited, fmt.Errorf("is no evidence: %s", why)}
	}
	first := b.Runs[0]
	if err := errors.Join(compare.SameTime(first, r), compare.SameUnit(first, r)); err != nil {
		return asUsage(fmt.Errorf("cannot be judged: %w", err))
	}
	if list := first.Environment.Differences(&r.Environment); len(list) > 0 {
		return asUsage(fmt.Errorf("cannot be judged: %w", otherMachine(b, list)))
	}
	if list := first.Plan.Differences(&r.Plan); len(list) > 0 {
		return asUsage(fmt.Errorf("cannot be judged: %w", otherPlan(b, list)))
	}
	return nil
}

func (o *compareOptions) judgeRuns(b *compare.Baseline, label string, runs []*runfile.Run, criteria []compare.Criterion) compare.Result {
	return compare.Runs(oldName, label, b.Runs, runs, compare.Options{Criteria: criteria, Gate: true, ErrorMargin: o.gate.errorMargin, Parts: o.gate.shares})
}

func oldArm(b *compare.Baseline) report.ComparedArm {
	return report.ComparedArm{Name: oldName, Target: b.Runs[0].Target, Rate: b.Rate(), Environment: b.Runs[0].Environment}
}
