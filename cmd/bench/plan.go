package main

import (
	"errors"
	"fmt"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
)

// plan makes a plan of the profile and the flags; its target and requests are each subject's.
func (o *driveOptions) plan(p profiles.Profile) (loadgen.Plan, error) {
	plan := o.base
	l := &plan.Limits
	l.Connections, l.Timeout, l.Drain, l.Deadline, l.Requests, l.NoKeepAlive = o.connections, o.timeout, o.drain, o.deadline, o.requests, o.noKeepAlive
	switch {
	case o.cpus != "split" && o.cpus != "shared":
		return plan, fmt.Errorf("--cpus %s: it is split or shared", o.cpus)
	case o.given.Changed("connections") && o.connections < 1:
		return plan, fmt.Errorf("--connections must be above 0, got %d", o.connections)
	case o.headerCase != headersKept && o.headerCase != headersCanonical:
		return plan, fmt.Errorf("--header-case %s: it is kept or canonical", o.headerCase)
	case plan.Wire.Loops < 1:
		return plan, fmt.Errorf("--loops must be above 0, got %d", plan.Wire.Loops)
	case o.given.Changed("follow") && plan.Follow.Most < 1:
		return plan, fmt.Errorf("--follow must be above 0, got %d", plan.Follow.Most)
	case o.given.Changed("max-conn-age") && l.ConnAge <= 0:
		return plan, fmt.Errorf("--max-conn-age must be above 0, got %v", l.ConnAge)
	case o.given.Changed("max-conn-requests") && l.ConnRequests == 0:
		return plan, errors.New("--max-conn-requests must be above 0, got 0")
	case o.given.Changed("drain") && o.drain <= 0:
		return plan, fmt.Errorf("--drain must be above 0, got %v", o.drain)
	case o.given.Changed("duration") && o.duration <= 0:
		return plan, fmt.Errorf("--duration must be above 0, got %v", o.duration)
	case o.given.Changed("requests") && o.requests == 0:
		return plan, errors.New("--requests must be above 0, got 0")
	case o.timeout <= 0:
		return plan, fmt.Errorf("--timeout must be above 0, got %v", o.timeout)
	}
	err := targets.CheckGiven(o.given)
	if err == nil {
		err = targets.CheckDB(o.serving.DB)
	}
	if err == nil {
		err = plan.TLS.Check()
	}
	if err != nil {
		return plan, err
	}
	if plan.Profile, err = o.shape(p); err != nil {
		return plan, err
	}
	if plan.Closed, err = o.closed(plan.Profile); err != nil {
		return plan, err
	}
	if err = o.lastUntilSent(&plan); err != nil {
		return plan, err
	}
	if plan.Abort, err = o.abort.parse(plan.Profile.Duration(), o.given.Changed("abort-grace")); err != nil {
		return plan, err
	}
	return plan, o.checks(&plan)
}
