package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/html"
)

const (
	mirrorLength = 30 * time.Second // where --round does not say
	mirrorWarmUp = 3 * time.Second  // at most
	mirrorShare  = 0.5              // of the rate at which one alone would be driven: two share the machine
)

// mirrorsShown shows mirrored runs.
var mirrorsShown = shown[*report.Mirror]{
	text:    report.WriteMirror,
	formats: []format[*report.Mirror]{{"json", report.WriteMirrorJSON}, {"md", report.WriteMirrorMarkdown}, {"html", html.WriteMirror}},
}

// runMirror loads two at once with the same requests, compares the answers and reports.
func (o *compareOptions) runMirror(ctx context.Context, names []string, s streams) error {
	outs, err := parseOutputs(o.outputs, mirrorsShown.formats, o.inputs(names)...)
	if err != nil {
		return err
	}
	rules, arms, err := o.mirrored(names)
	if err != nil {
		return asUsage(err)
	}
	limit, err := o.maxTimeOf(arms)
	if err != nil {
		return asUsage(err)
	}
	c := o.conductor(ctx, arms, s.err)
	c.ends = c.began.Add(limit)
	if err := beforeDriving(&o.driveOptions, outs, s.err); err != nil {
		return err
	}
	found, err := c.mirror(ctx, rules)
	if found == nil {
		return nothingMeasured(err, "pair")
	}
	found.Repeat = o.repeat(names)
	return errors.Join(err, o.concludeMirror(found, outs, s))
}

// mirrored checks what a mirrored run is given.
func (o *compareOptions) mirrored(names []string) ([]loadgen.DiffRule, []*rig.Target, error) {
	if err := o.check(); err != nil {
		return nil, nil, err
	}
	switch {
	case slices.ContainsFunc(names, isSaved):
		return nil, nil, errors.New("--mirror sends requests to both: saved runs are compared without it")
	case o.at != "":
		return nil, nil, errors.New("--mirror sends the same requests to both, so both have one rate: give --rate instead of --at")
	}
	rules := loadgen.DefaultDiffRules()
	if len(o.diff) > runfile.MaxDiffRules {
		return nil, nil, fmt.Errorf("--diff: at most %d are compared, got %d", runfile.MaxDiffRules, len(o.diff))
	}
	for i, text := range o.diff {
		rule, err := loadgen.ParseDiffRule(text)
		if err != nil {
			return nil, nil, fmt.Errorf("--diff number %d: %w", i+1, err)
		}
		rules = append(rules[:i], rule)
	}
	arms, err := o.armsOf(names)
	if err == nil && len(arms) != 2 {
		err = fmt.Errorf("--mirror takes two, got %d", len(arms))
	}
	return rules, arms, err
}

// mirror brings both up, drives them at once and takes them down again.
func (c *conductor) mirror(ctx context.Context, rules []loadgen.DiffRule) (found *report.Mirror, err error) {
	err = c.whileUp(ctx, func() error {
		found, err = c.driveBoth(ctx, rules)
		return err
	})
	return found, err
}

// driveBoth drives two that are up at once.
func (c *conductor) driveBoth(ctx context.Context, rules []loadgen.DiffRule) (found *report.Mirror, err error) {
	rate := c.Targets[0].Rate
	if c.o.rate == "" {
		rate *= mirrorShare
	}
	length, err := c.mirrorLength()
	if err != nil {
		return nil, asUsage(err)
	}
	warmUp := min(length/10, mirrorWarmUp)
	profile := rig.Hold("mirror", warmUp, length-warmUp, rate)
	a, b := c.Targets[0], c.Targets[1]
	rig.Alike(c.Targets)
	c.Say(a.Label+" and "+b.Label, "sending the same requests to both for "+units.Span(length))
	var jobs [2]*loadgen.Job
	for i, t := range c.Targets {
		if jobs[i], err = t.PlanOf(profile, nil, c.o.base.Seed).Compile(); err != nil {
			return nil, err
		}
	}
	both, err := loadgen.Mirror(ctx, jobs[0], jobs[1], rules, [2]loadgen.Options{a.Options, b.Options})
	if both == nil {
		return nil, err
	}
	found = report.NewMirror([2]string{a.Label, b.Label}, both)
	found.Rate, found.Length = rate, length-warmUp
	for _, r := range rules {
		found.Rules = append(found.Rules, r.Text)
	}
	for _, n := range slices.Concat(c.notes, a.Options.Environment.Notes, b.Options.Environment.Notes) {
		if !slices.Contains(found.Notes, n) {
			found.Notes = append(found.Notes, n)
		}
	}
	for i, run := range []*runfile.Run{both.A, both.B} {
		c.Targets[i].GoOn(run)
		if text := progress(c.Targets[i]); text != "" {
			found.Notes = append(found.Notes, c.Targets[i].Label+": "+text)
		}
	}
	if ctx.Err() != nil {
		err = errInterrupted
	}
	return found, err
}

// mirrorLength is how long both are driven: --round, or as much as is left.
func (c *conductor) mirrorLength() (time.Duration, error) {
	left := (time.Until(c.ends) - c.over).Truncate(time.Second)
	length := c.o.roundLength
	if length == 0 {
		length = min(mirrorLength, left)
	}
	if length > left || length < time.Second {
		return 0, fmt.Errorf("%v of --max-time are left for driving both, less than it takes: give a longer --max-time or a shorter --round", max(left, 0))
	}
	return length, nil
}

// concludeMirror reports what was found, keeps it, and returns the error that its exit code asks for.
func (o *compareOptions) concludeMirror(found *report.Mirror, outs outputs[*report.Mirror], s streams) error {
	var failed error
	found.Saved, failed = o.kept("mirror", s.err, func(_ string, w io.Writer) error { return report.WriteMirrorJSON(w, found) })
	failed = together(failed, mirrorsShown.show(found, outs, s, report.Options{}))
	if failed == nil && found.Spoiled != "" {
		return alreadySaid{exitError{exitLimited, errors.New("bench or its host was too late")}}
	}
	return failed
}
