package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// overlay lays what flags say, or the variables that set them, over a test file of that name. All of the file is checked, though:
// what is wrong with it is told with its place, whichever flags there are.
func (o *driveOptions) overlay(name string, file profiles.File) (profiles.File, error) {
	if err := checkFile(name, file); err != nil {
		return file, err
	}
	if err := o.checkFlags(); err != nil {
		return file, err
	}
	for flag, lay := range map[string]func(){
		"threshold":       func() { file.Thresholds = texts(o.judging.thresholds) },
		"slo":             func() { file.SLO = texts(o.slo) },
		"abort-on":        func() { file.AbortOn = texts(o.abort.on) },
		"output":          func() { file.Outputs = texts(o.outputs) },
		"hit-when":        func() { file.HitWhen = profiles.Text{Text: o.hitWhen} },
		"order":           func() { file.Order = o.order },
		"http":            func() { file.HTTP = o.http },
		"accept-encoding": func() { file.Accept = profiles.Text{Text: o.accept} },
		"expect": func() {
			file.Expect, file.Requests = texts(o.expect), slices.Clone(file.Requests)
			for i := range file.Requests {
				file.Requests[i].Expect = nil
			}
			file.Journeys = withoutExpect(file.Journeys)
		},
		"connections":  func() { file.Limits.Connections = o.limits.Connections },
		"timeout":      func() { file.Limits.Timeout = o.limits.Timeout },
		"drain":        func() { file.Limits.Drain = o.limits.Drain },
		"deadline":     func() { file.Limits.Deadline = o.limits.Deadline },
		"requests":     func() { file.Limits.Requests = o.limits.Requests },
		"no-keepalive": func() { file.Limits.NoKeepAlive = o.limits.NoKeepAlive },
	} {
		if o.given.Changed(flag) {
			lay()
		}
	}
	return o.shape(file)
}

// texts returns the values of flags as texts of a test file.
func texts(list []string) (out []profiles.Text) {
	for _, text := range list {
		out = append(out, profiles.Text{Text: text})
	}
	return out
}

// wordsOf leaves out where texts stand in their file.
func wordsOf(list []profiles.Text) (out []string) {
	for _, t := range list {
		out = append(out, t.Text)
	}
	return out
}

// checkFlags refuses values that a flag cannot have.
func (o *driveOptions) checkFlags() error {
	l := &o.base.Limits
	switch {
	case o.cpus != "split" && o.cpus != "shared":
		return fmt.Errorf("--cpus %s: it is split or shared", o.cpus)
	case o.headerCase != headersKept && o.headerCase != headersCanonical:
		return fmt.Errorf("--header-case %s: it is kept or canonical", o.headerCase)
	case o.given.Changed("connections") && o.limits.Connections < 1:
		return fmt.Errorf("--connections must be above 0, got %d", o.limits.Connections)
	case o.base.Wire.Loops < 1:
		return fmt.Errorf("--loops must be above 0, got %d", o.base.Wire.Loops)
	case o.given.Changed("follow") && o.base.Follow.Most < 1:
		return fmt.Errorf("--follow must be above 0, got %d", o.base.Follow.Most)
	case o.given.Changed("max-journeys") && l.Journeys < 1:
		return fmt.Errorf("--max-journeys must be above 0, got %d", l.Journeys)
	case o.given.Changed("max-conn-requests") && l.ConnRequests == 0:
		return errors.New("--max-conn-requests must be above 0, got 0")
	case o.given.Changed("requests") && o.limits.Requests == 0:
		return errors.New("--requests must be above 0, got 0")
	}
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{{"max-conn-age", l.ConnAge}, {"drain", o.limits.Drain}, {"duration", o.duration}, {"timeout", o.limits.Timeout}} {
		if o.given.Changed(d.flag) && d.value <= 0 {
			return fmt.Errorf("--%s must be above 0, got %v", d.flag, d.value)
		}
	}
	return nil
}

// checkFile reads every text of a test file, for the first that is wrong.
func checkFile(name string, file profiles.File) error {
	type key struct {
		name  string
		texts []profiles.Text
		parse func(string) error
	}
	keys := []key{
		{"expect: ", file.Expect, only(request.ParseExpect)},
		{"accept_encoding: ", []profiles.Text{file.Accept}, request.CheckEncoding},
		{"", file.Thresholds, only(runfile.ParseThreshold)},
		{"slo: ", file.SLO, only(runfile.ParseThreshold)},
		{"abort_on: ", file.AbortOn, only(runfile.ParseCondition)},
		{"outputs: ", file.Outputs, only(func(text string) (output[[]*runfile.Run], error) { return parseOutput(text, runsShown.formats) })},
	}
	if file.HitWhen.Text != "" {
		keys = append(keys, key{"hit_when: ", []profiles.Text{file.HitWhen}, only(loadgen.ParseHitRule)})
	}
	for _, r := range file.Requests {
		keys = append(keys, key{"expect: ", r.Expect, only(request.ParseExpect)})
	}
	for _, j := range file.Journeys {
		for i := range j.Steps {
			keys = append(keys, key{"expect: ", j.Steps[i].Expect, only(request.ParseExpect)})
		}
	}
	for _, key := range keys {
		for _, t := range key.texts {
			if err := key.parse(t.Text); err != nil {
				return fmt.Errorf("%s:%d: %s%w", name, t.Line, key.name, err)
			}
		}
	}
	return checkOrigin(name, file.Origin)
}

// only keeps the error of a parser.
func only[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}
