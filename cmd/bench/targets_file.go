package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/targetsfile"
	"github.com/spf13/pflag"
)

// readLines reads the targets file, - for standard input. Each of its requests has what common has, where it has none of the
// kind itself.
func (o *driveOptions) readLines(stdin io.Reader, common loadgen.Request) (*loadgen.Lines, error) {
	var list *targetsfile.List
	var err error
	if o.targets == "-" && stdin == nil {
		return nil, errors.New("--targets -: name a file here, standard input is for the commands that drive one target after the other")
	}
	if o.targets == "-" {
		list, err = targetsfile.Read("standard input", stdin)
	} else {
		list, err = targetsfile.ReadFile(o.targets)
	}
	if err != nil {
		return nil, fmt.Errorf("--targets %w", err)
	}
	lines := loadgen.NewLines(list, common, o.canonicalHeaders())
	if lines.HoldValues() {
		o.note(verbatimNote)
	}
	return lines, nil
}

// driveLines makes s a subject of the requests of a targets file, named after the first, or after its host where there are
// several.
func (o *driveOptions) driveLines(s *subject, lines *loadgen.Lines) error {
	if err := lines.Origins(func(url string) error { return o.mayDrive(s.plan.Profile, url) }); err != nil {
		return ofTargets(err)
	}
	if err := o.mayFollow(s.plan.Profile); err != nil {
		return err
	}
	target, err := loadgen.TargetOf(lines.FirstURL())
	if err == nil && lines.Len() > 1 {
		target, err = hostOf(target)
	}
	if err != nil {
		return err
	}
	s.plan.Lines, s.plan.Target, s.name = lines, target, target.Name
	if s.plan.Order, s.plan.Group, err = o.sequence(); err != nil {
		return err
	}
	return ofTargets(s.plan.Check())
}

// ofTargets names the flag in an error about a line of the targets file.
func ofTargets(err error) error {
	if _, ok := errors.AsType[*loadgen.LineError](err); ok {
		return fmt.Errorf("--targets %w", err)
	}
	return err
}

// driveLinesAt makes s a subject of the requests of a targets file at a URL, whose scheme and host stand for the file's.
func (o *driveOptions) driveLinesAt(s *subject, lines *loadgen.Lines, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("%s: with --targets it is a scheme and a host alone, such as http://127.0.0.1:8080: the paths are the file's", withoutSecrets(address))
	}
	return o.driveLines(s, lines.At(u.Scheme+"://"+u.Host))
}

// addLinesFlags adds the flags of a targets file to a command that drives its requests at each of its targets.
func (o *driveOptions) addLinesFlags(f *pflag.FlagSet) {
	o.atEach = true
	f.StringVarP(&o.targets, "targets", "T", "", "ask for what a file in vegeta's http or json format holds, at each of the targets in place of the file's hosts")
	o.addSequenceFlags(f)
}

// hostOf is a target that stands for all that is asked of its host.
func hostOf(t loadgen.Target) (loadgen.Target, error) {
	u, err := loadgen.OriginOf(t.URL)
	if err != nil {
		return t, err
	}
	return loadgen.Target{Name: u.Host, URL: u.Scheme + "://" + u.Host}, nil
}

// sequence is how the requests of a targets file follow each other, and how they are counted.
func (o *driveOptions) sequence() (order loadgen.Order, group loadgen.Grouping, err error) {
	if !o.asBefore {
		order, group = loadgen.Sequential, loadgen.GroupByPattern
	}
	if o.order != "" {
		order, err = o.orderGiven()
	}
	if o.group != "" && err == nil {
		if group, err = loadgen.ParseGrouping(o.group); err != nil {
			err = fmt.Errorf("--group %s: %w", o.group, err)
		}
	}
	return order, group, err
}

// orderGiven reads --order, or a test file's order; without either it is random.
func (o *driveOptions) orderGiven() (loadgen.Order, error) {
	if o.order == "" {
		return loadgen.Random, nil
	}
	order, err := loadgen.ParseOrder(o.order)
	if err != nil {
		err = fmt.Errorf("--order %s: %w", o.order, err)
	}
	return order, err
}

// orderName and groupName are what --order and --group call what a plan's record says.
func orderName(o loadgen.Order) string {
	if o == loadgen.Random {
		return "random"
	}
	return string(o)
}

func groupName(g loadgen.Grouping) string {
	if g == loadgen.GroupNever {
		return "never"
	}
	return string(g)
}

// checkSequence refuses the flags of a targets file without one.
func (o *driveOptions) checkSequence(ofFile bool) error {
	switch {
	case o.targets != "":
	case o.given.Changed("group"):
		return errors.New("--group says how the requests of a targets file are counted: give one with -T")
	case o.given.Changed("order") && !ofFile:
		return errors.New("--order says how the requests of a targets file, or of a test file, follow each other: give one with -T")
	}
	return nil
}
