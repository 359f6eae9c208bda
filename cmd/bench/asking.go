package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/targets"
)

// asking is the requests to targets: those of a test file with the flags laid over them, and those of flags alone.
type asking struct {
	*driveOptions
	file   profiles.File
	name   string // name of the file
	atEach bool   // the requests of a targets file are driven at each target, and not beside them

	notes []string // notes on the input
}

// note adds a note on the input, unless it is there already.
func (a *asking) note(text string) {
	if !slices.Contains(a.notes, text) {
		a.notes = append(a.notes, text)
	}
}

// subjects makes a target of each name, and of the targets file. The requests of a test file go to each of the names.
func (a *asking) subjects(plan loadgen.Plan, stdin io.Reader) ([]*rig.Target, error) {
	mix, err := a.mixture()
	if err != nil {
		return nil, err
	}
	if len(a.file.Target) == 0 && a.targets == "" {
		return nil, fmt.Errorf("%s has requests and no target: name one, such as http://127.0.0.1:8080", a.name)
	}
	common, err := a.request()
	if err != nil {
		return nil, err
	}
	mix.header, mix.login = common.Header, a.user
	if mix.own() && (common.Method != "" || common.Body != "") {
		return nil, errors.New("--method, --body and --body-template are for a URL: the file has requests of its own")
	}
	if err := a.checkSequence(mix.own()); err != nil {
		return nil, err
	}
	var lines *request.Lines
	if a.targets != "" {
		if lines, err = a.readLines(stdin, common); err != nil {
			return nil, err
		}
	}
	if lines != nil && common.Method != "" {
		return nil, errors.New("--method is for a URL: each request of the targets file has its own")
	}
	if lines != nil && a.atEach && mix.own() {
		return nil, errors.New("the test file has requests, and so has --targets: give one of them")
	}
	var list []*rig.Target
	for _, target := range a.file.Target {
		name := target.Text
		s := &rig.Target{Name: name, Plan: plan}
		s.Plan.Order = mix.order
		var own *request.Lines
		if a.atEach {
			own = lines
		}
		switch {
		case !isURL(name):
			err = a.driveService(s, mix, common, own)
		case own != nil:
			err = a.driveLinesAt(s, lines, name)
		case len(mix.journeys) > 0:
			err = a.driveJourneys(s, mix, strings.TrimSuffix(name, "/"))
		case len(mix.requests) > 0:
			err = a.driveRequests(s, mix.at(strings.TrimSuffix(name, "/")))
		default:
			one := common
			one.URL = name
			err = a.driveRequests(s, []request.Request{one})
		}
		if err != nil {
			return nil, a.atTarget(target, err)
		}
		list = append(list, s)
	}
	if lines != nil && !a.atEach {
		s := &rig.Target{Plan: plan}
		if err := a.driveLines(s, lines); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	if err := a.checkHonoured(list); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Notes = a.notes
	}
	return list, a.giveNames(list)
}

// driveRequests makes s a subject of requests to URLs, named after the first, or after its host where there are several.
func (a *asking) driveRequests(s *rig.Target, requests []request.Request) error {
	s.Plan.Requests = requests
	if err := a.mayFollow(s.Plan.Profile); err != nil {
		return err
	}
	for i, r := range requests {
		if err := a.mayDrive(s.Plan.Profile, r.URL); err != nil {
			return err
		}
		target, err := request.TargetOf(r.URL)
		if err == nil && len(requests) > 1 {
			target, err = hostOf(target)
		}
		if err != nil {
			return err
		}
		if i == 0 {
			s.Plan.Target, s.Name = target, target.Name
		}
	}
	return s.Plan.Check()
}

// atTarget names the line in an error about a target of the test file. What contradicts a flag has no line.
func (a *asking) atTarget(target profiles.Text, err error) error {
	if target.Line == 0 {
		return err // the command line's
	}
	var wrong error
	if isURL(target.Text) {
		wrong = request.Request{URL: target.Text}.Check()
	} else {
		_, wrong = targets.Parse(target.Text, targets.ServeOptions{})
	}
	if wrong == nil {
		return err
	}
	return fmt.Errorf("%s:%d: %w", a.name, target.Line, err)
}

// noTarget words the error of reading a name as that of a bundled service, where it may have been meant as something else.
func noTarget(name string, err error) error {
	if targets.Named(name) || !strings.ContainsAny(name, ":/.") || serviceOptions.MatchString(name) {
		return err
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		return fmt.Errorf("%s is a file and no target: bench run FILE drives a test file, --targets FILE the requests in a file, and bench report FILE shows a saved run", strconv.Quote(runfile.Excerpt(name)))
	}
	host := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(name, "https:"), "http:"), "/")
	meant := withoutSecrets("http://" + host)
	return fmt.Errorf("%q is neither a URL nor a bundled target: did you mean %s?", strings.TrimPrefix(meant, "http://"), meant)
}

// serviceOptions is a name with options, and never a host with its port.
var serviceOptions = regexp.MustCompile(`^[A-Za-z]+:[A-Za-z][^/.@]*$`)

// driveService makes s a bundled service with the requests of mix, or with its own.
func (a *asking) driveService(s *rig.Target, mix mixture, common request.Request, lines *request.Lines) error {
	bundled, err := targets.Parse(s.Name, a.serving)
	if err != nil {
		return noTarget(s.Name, err)
	}
	if common.Method != "" || common.Body != "" && lines == nil {
		return fmt.Errorf("--method, --body and --body-template are for URLs: %s has requests of its own", s.Name)
	}
	s.Name, s.Service, s.Cold = bundled.Text, &bundled.Service, bundled.Cold
	if !mix.own() {
		if mix, err = bundledMixture(mix, &bundled.Service); err != nil {
			return err
		}
	}
	s.Ask = readingBack(mix.ask(lines), bundled)
	s.Plan.Target = runfile.Target{Name: s.Name, Bundled: true, Options: inEffect(bundled)}
	scheme := "http"
	if a.serving.TLS {
		scheme = "https"
	}
	if err := s.Ask(&s.Plan, scheme+"://127.0.0.1"); err != nil {
		return err
	}
	if lines != nil {
		if s.Plan.Order, s.Plan.Group, err = a.sequence(); err != nil {
			return err
		}
	}
	return ofTargets(s.Plan.Check())
}

// progress says how much of a sequence of requests was sent to a target; "" without a sequence.
func progress(t *rig.Target) string { return report.Sequence(t.Sent, t.Sequence) }
