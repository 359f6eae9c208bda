package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/profiles"
)

// journeys makes requests of the journeys of the test file, their URLs being paths.
func (a *asking) journeys() (list []request.Journey, err error) {
	for i := range a.file.Journeys {
		from := &a.file.Journeys[i]
		j := request.Journey{Name: from.Name, Weight: from.Weight, NoCookies: from.NoCookies, Line: from.Line}
		for _, v := range from.Vars {
			j.Vars = append(j.Vars, request.Var(v))
		}
		for n := range from.Steps {
			step, err := a.step(&from.Steps[n])
			if err != nil {
				return nil, err
			}
			j.Steps = append(j.Steps, step)
		}
		list = append(list, j)
	}
	if len(list) == 0 {
		return nil, nil
	}
	if _, err := request.NewJourneyMix(mixture{journeys: list}.journeysAt(anywhere), request.Selection{}); err != nil {
		bad, ok := errors.AsType[*request.JourneyError](err)
		if !ok {
			return nil, fmt.Errorf("%s: %w", a.name, err)
		}
		for _, j := range a.file.Journeys {
			for i := range j.Steps {
				if j.Steps[i].Line == bad.Line {
					inFile(err, &j.Steps[i].Request)
				}
			}
		}
		return nil, fmt.Errorf("%s:%d: %w", a.name, bad.Line, bad)
	}
	for _, t := range request.UnusedTakes(list) {
		a.note(fmt.Sprintf("%s:%d: nothing uses what is taken as %s", a.name, t.Line, t.Name))
	}
	return list, nil
}

// step makes a step of one of the file's.
func (a *asking) step(from *profiles.JourneyStep) (step request.Step, err error) {
	fail := func(line int, err error) (request.Step, error) {
		return step, fmt.Errorf("%s:%d: %w", a.name, line, err)
	}
	step = request.Step{
		Think: from.Think, Chance: from.Chance, Repeat: from.Repeat, While: from.While, GoOn: from.GoOn, Line: from.Line,
		Request: request.Request{Name: from.Name, Method: from.Method, URL: cmp.Or(from.URL, from.Path)},
	}
	if step.Reference = profiles.Reference(from.Path); step.Reference != "" {
		step.URL = "/"
	}
	if step.Header, err = a.headerOf(from.Headers); err != nil {
		return fail(from.Line, fmt.Errorf("a header: %w", err))
	}
	if step.Body, step.Verbatim, err = a.fileBody(&from.Request); err != nil {
		return fail(from.Line, err)
	}
	for _, t := range from.Expect {
		e, err := request.ParseExpect(t.Text)
		if err != nil {
			return fail(t.Line, fmt.Errorf("expect: %w", err))
		}
		step.Expect = append(step.Expect, e)
	}
	for _, t := range from.Take {
		step.Take = append(step.Take, request.Take(t))
	}
	return step, nil
}

// journeysAt makes journeys to a base URL. What the user adds to every request, which may be a secret, goes there alone, and not to the
// other hosts that steps name.
func (m mixture) journeysAt(base string) []request.Journey {
	list := slices.Clone(m.journeys)
	for i := range list {
		list[i].Steps = slices.Clone(list[i].Steps)
		for n := range list[i].Steps {
			r := &list[i].Steps[n].Request
			switch {
			case strings.HasPrefix(r.URL, "/") || strings.HasPrefix(r.URL, "?"):
				r.URL = base + r.URL
			case !ofOneOrigin(r.URL, base):
				continue
			}
			h := m.header.Clone()
			if h == nil {
				h = http.Header{}
			}
			for name, values := range r.Header {
				request.SetHeader(h, name, values)
			}
			r.Header, r.Login = h, m.login
		}
	}
	return list
}

// ofOneOrigin reports whether two URLs are of one scheme, host and port.
func ofOneOrigin(a, b string) bool {
	x, err := request.OriginOf(a)
	y, wrong := request.OriginOf(b)
	return err == nil && wrong == nil && x.Scheme == y.Scheme && strings.EqualFold(x.Host, y.Host)
}

// driveJourneys makes s a subject of journeys to the target at a base URL.
func (a *asking) driveJourneys(s *rig.Target, mix mixture, base string) error {
	s.Plan.Journeys = mix.journeysAt(base)
	if err := a.mayFollow(s.Plan.Profile); err != nil {
		return err
	}
	if err := a.mayDrive(s.Plan.Profile, base); err != nil {
		return err
	}
	for _, r := range s.Plan.AllRequests() {
		if err := a.mayDrive(s.Plan.Profile, r.URL); err != nil {
			return err
		}
	}
	target, err := request.TargetOf(base)
	if err == nil {
		target, err = hostOf(target)
	}
	if err != nil {
		return err
	}
	s.Plan.Target, s.Name = target, target.Name
	return s.Plan.Check()
}

// withoutExpect returns journeys whose steps expect nothing of their own.
func withoutExpect(journeys []profiles.Journey) []profiles.Journey {
	list := slices.Clone(journeys)
	for i := range list {
		list[i].Steps = slices.Clone(list[i].Steps)
		for n := range list[i].Steps {
			list[i].Steps[n].Expect = nil
		}
	}
	return list
}
