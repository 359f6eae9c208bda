package main

import (
	"cmp"
	"fmt"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
)

// planOf makes the plan of a test file under the flags, and of what flags alone say; its target and requests are each subject's.
func (o *driveOptions) planOf(file profiles.File) (plan loadgen.Plan, err error) {
	plan = o.base
	o.serving.HTTP2, o.serving.HTTP3 = file.HTTP == runfile.HTTP2, file.HTTP == runfile.HTTP3 && o.serving.TLS
	plan.HTTP, plan.Accept, plan.TLS.Resume = file.HTTP, file.Accept.Text, o.resume == "on"
	if o.resume != "on" && o.resume != "off" {
		return plan, fmt.Errorf("--tls-resume %s: it is on or off", runfile.Excerpt(o.resume))
	}
	if plan.Link, err = o.linkOf(); err != nil {
		return plan, err
	}
	l := file.Limits
	plan.Limits = loadgen.Limits{
		Connections: l.Connections, Timeout: cmp.Or(l.Timeout, loadgen.DefaultTimeout), Drain: l.Drain, Deadline: l.Deadline, Requests: l.Requests,
		NoKeepAlive: l.NoKeepAlive, Body: l.Body, ConnAge: o.base.Limits.ConnAge, ConnRequests: o.base.Limits.ConnRequests,
		Journeys: o.base.Limits.Journeys,
	}
	if err = targets.CheckGiven(o.given); err == nil {
		err = targets.CheckDB(o.serving.DB)
	}
	if err == nil {
		err = plan.TLS.Check()
	}
	if err != nil {
		return plan, err
	}
	plan.Profile = file.Profile
	if file.WarmUp != 0 {
		if plan.Profile, err = plan.Profile.WithWarmUp(file.WarmUp); err != nil {
			return plan, fmt.Errorf("warm_up: %w", err)
		}
	}
	if plan.Closed, err = o.closed(file); err != nil {
		return plan, err
	}
	if err = o.lastUntilSent(&plan); err != nil {
		return plan, err
	}
	plan.Origin, plan.ReadBack = originOf(file.Origin)
	if plan.Abort, err = o.abort.parse(wordsOf(file.AbortOn), plan.Profile.Duration(), o.given.Changed("abort-grace")); err != nil {
		return plan, err
	}
	return plan, o.checks(&plan, file)
}

// checks reads what the file wants of answers and runs. Its errors name no pattern: it may hold what a body must not show.
func (o *driveOptions) checks(plan *loadgen.Plan, file profiles.File) (err error) {
	for _, t := range file.Expect {
		e, err := request.ParseExpect(t.Text)
		if err != nil {
			return fmt.Errorf("--expect: %w", err)
		}
		plan.Expect = append(plan.Expect, e)
	}
	if text := file.HitWhen.Text; text != "" {
		if plan.HitWhen, err = loadgen.ParseHitRule(text); err != nil {
			return fmt.Errorf("--hit-when: %w", err)
		}
	}
	for _, t := range file.SLO {
		objective, err := runfile.ParseThreshold(t.Text)
		if err != nil {
			return fmt.Errorf("slo: %w", err)
		}
		plan.SLO = append(plan.SLO, objective)
	}
	for _, t := range file.Thresholds {
		threshold, err := runfile.ParseThreshold(t.Text)
		if err != nil {
			return fmt.Errorf("--%w", err)
		}
		threshold.StrictSamples = o.judging.strict
		plan.Thresholds = append(plan.Thresholds, threshold)
	}
	return nil
}
