package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/targetsfile"
	"github.com/spf13/pflag"
)

// readLines reads the targets file, - for standard input. Each of its requests has what common has, where it has none of the
// kind itself.
func (a *asking) readLines(stdin io.Reader, common request.Request) (*request.Lines, error) {
	var list *targetsfile.List
	var err error
	if a.targets == "-" && stdin == nil {
		return nil, errors.New("--targets -: name a file here, standard input is for the commands that drive one target after the other")
	}
	if a.targets == "-" {
		list, err = targetsfile.Read("standard input", stdin)
	} else {
		list, err = targetsfile.ReadFile(a.targets)
	}
	if err != nil {
		return nil, fmt.Errorf("--targets %w", err)
	}
	lines := request.NewLines(list, common, a.canonicalHeaders())
	if lines.HoldValues() {
		a.note(verbatimNote)
	}
	return lines, nil
}

// driveLines makes s a subject of the requests of a targets file, named after the first, or after its host where there are
// several.
func (a *asking) driveLines(s *rig.Target, lines *request.Lines) error {
	if err := lines.Origins(func(url string) error { return a.mayDrive(s.Plan.Profile, url) }); err != nil {
		return ofTargets(err)
	}
	if err := a.mayFollow(s.Plan.Profile); err != nil {
		return err
	}
	target, err := request.TargetOf(lines.FirstURL())
	if err == nil && lines.Len() > 1 {
		target, err = hostOf(target)
	}
	if err != nil {
		return err
	}
	s.Plan.Lines, s.Plan.Target, s.Name = lines, target, target.Name
	if s.Plan.Order, s.Plan.Group, err = a.sequence(); err != nil {
		return err
	}
	return ofTargets(s.Plan.Check())
}

// ofTargets names the flag in an error about a line of the targets file.
func ofTargets(err error) error {
	if _, ok := errors.AsType[*request.LineError](err); ok {
		return fmt.Errorf("--targets %w", err)
	}
	return err
}

// driveLinesAt makes s a subject of the requests of a targets file at a URL, whose scheme and host stand for the file's.
func (a *asking) driveLinesAt(s *rig.Target, lines *request.Lines, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("%s: with --targets it is a scheme and a host alone, such as http://127.0.0.1:8080: the paths are the file's", withoutSecrets(address))
	}
	return a.driveLines(s, lines.At(u.Scheme+"://"+u.Host))
}

// addLinesFlags adds the flags of a targets file to a command that drives its requests at each of its targets.
func (o *driveOptions) addLinesFlags(f *pflag.FlagSet) {
	f.StringVarP(&o.targets, "targets", "T", "", "ask for what a file in vegeta's http or json format holds, at each of the targets in place of the file's hosts")
	o.addSequenceFlags(f)
}

// hostOf is a target that stands for all that is asked of its host.
func hostOf(t runfile.Target) (runfile.Target, error) {
	u, err := request.OriginOf(t.URL)
	if err != nil {
		return t, err
	}
	return runfile.Target{Name: u.Host, URL: u.Scheme + "://" + u.Host}, nil
}

// sequence is the order and the grouping of the requests in a targets file.
func (a *asking) sequence() (order runfile.Order, group runfile.Grouping, err error) {
	if !a.file.AsBefore() {
		order, group = runfile.Sequential, runfile.GroupByPattern
	}
	if a.file.Order != "" {
		order, err = a.order()
	}
	if a.group != "" && err == nil {
		if group, err = runfile.ParseGrouping(a.group); err != nil {
			err = fmt.Errorf("--group %s: %w", a.group, err)
		}
	}
	return order, group, err
}

// order is how the requests of a file follow each other: at random where nobody says how.
func (a *asking) order() (runfile.Order, error) {
	if a.file.Order == "" {
		return runfile.Random, nil
	}
	order, err := runfile.ParseOrder(a.file.Order)
	if err != nil {
		err = fmt.Errorf("--order %s: %w", a.file.Order, err)
	}
	return order, err
}

// orderName and groupName are what --order and --group call what a plan's record says.
func orderName(o runfile.Order) string {
	if o == runfile.Random {
		return "random"
	}
	return string(o)
}

func groupName(g runfile.Grouping) string {
	if g == runfile.GroupNever {
		return "never"
	}
	return string(g)
}

// checkSequence refuses the flags of a targets file without one.
func (a *asking) checkSequence(ofFile bool) error {
	switch {
	case a.targets != "":
	case a.given.Changed("group"):
		return errors.New("--group says how the requests of a targets file are counted: give one with -T")
	case a.given.Changed("order") && !ofFile:
		return errors.New("--order says how the requests of a targets file, or of a test file, follow each other: give one with -T")
	}
	return nil
}
