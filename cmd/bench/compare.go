package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/compare"
)

// The default of --max-time for comparisons.
const (
	defaultMaxTime        = 3 * time.Minute
	defaultMaxTimeBundled = 55 * time.Second
)

// compareOptions are the flags of the commands that compare.
type compareOptions struct {
	driveOptions
	a, b         string
	aCmd, bCmd   string
	aHTTP, bHTTP string // versions
	readyTimeout time.Duration
	maxTime      time.Duration
	roundLength  time.Duration
	at           string
	force        bool
	mirror       bool
	diff         []string
	gate         *gateOptions // nil: bench compare
	sweeping     sweepOptions

	under profiles.File // a baseline's plan, below the test file and the flags
}

func (o *compareOptions) addCompareFlags(f *pflag.FlagSet) {
	o.given = f
	f.SortFlags = false
	f.StringVar(&o.a, "a", "", "the first URL, which the other is compared with; with --a-cmd what that serves")
	f.StringVar(&o.aCmd, "a-cmd", "", "command that serves --a, run by sh -c and ended by bench")
	f.StringVar(&o.b, "b", "", "the second URL")
	f.StringVar(&o.bCmd, "b-cmd", "", "command that serves --b")
	f.StringVar(&o.aHTTP, "a-http", "", "version of HTTP that the first is spoken to by, instead of --http: with --b-http, versions are compared")
	f.StringVar(&o.bHTTP, "b-http", "", "version of HTTP that the second is spoken to by")
	f.DurationVar(&o.readyTimeout, "ready-timeout", 30*time.Second, "longest wait for a command's URL to answer")
	f.DurationVar(&o.maxTime, "max-time", 0, "longest time for all, starts included (default 3m, 55s where bundled targets are compared)")
	f.DurationVar(&o.roundLength, "round", 0, "length of a round (default 1s or 2s, longer where a percentile needs it)")
	f.StringVarP(&o.rate, "rate", "r", "", "offered rate of each, such as 500/s (default the highest share of what the slower one does at which pairs tell enough, by short rounds)")
	f.StringVar(&o.at, "at", "", "offer each a share of its own throughput instead, such as 70%")
	o.addJourneysFlag(f)
	o.addLinesFlags(f)
	o.addRequestFlags(f)
	f.BoolVarP(&o.quiet, "quiet", "q", false, "nothing on stderr but warnings and errors")
	f.BoolVar(&o.noSave, "no-save", false, "do not keep what was found under .bench/")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(comparisonsShown.formats))
}

func newCompareCommand(s streams) *cobra.Command {
	var o compareOptions
	c := &cobra.Command{
		Use: "compare A B [C...]", Short: "Say which service is faster, by how much, and how sure that is", GroupID: "judge",
		Long: `Compare services in short rounds at the same rate, in turn, and say which is faster, by how much, and how sure
that is. A and B are bundled services or URLs; all are up the whole time and one at a time is under load.
Rounds come in quads, ABBA or BAAB by a seeded coin, so that a drift of the machine falls on both alike; the
first quad is thrown away. What is judged is pairs of neighbouring rounds of the same requests.

With --mirror both are loaded at once, each request going to both at the same time, and the answers are compared: a
new version beside the one that serves. They share the machine then, so one's cost is in the other's latencies.

Two files of saved runs are compared run by run: with fewer than six a side that shows, and judges nothing.`,
		Example: `  bench compare cached uncached
  bench compare pooled unpooled --db postgres --max-time 90s
  bench compare http://127.0.0.1:8081 http://127.0.0.1:8082 -r 500/s
  bench compare http://127.0.0.1:8081 http://127.0.0.1:8082 --mirror -r 200/s --diff status --diff 'body~"total":\s*(\d+)'
  bench compare old.json new.json                saved runs, such as bench sustained -o json=old.json writes`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args, s) },
	}
	o.addCompareFlags(c.Flags())
	c.Flags().BoolVar(&o.mirror, "mirror", false, "load both at once instead, send each request to both at the same time, and compare the answers")
	c.Flags().StringArrayVar(&o.diff, "diff", nil,
		"with --mirror, what of two answers has to be equal: status, body, header:NAME, body~REGEXP, header:NAME~REGEXP (repeatable; default status and body)")
	o.addSweepFlags(c.Flags())
	c.Flags().BoolVar(&o.force, "force", false, "compare saved runs whose plans or environments differ, and say in what")
	return c
}

// criteria returns the judged metrics of a comparison, which also decide when it may stop.
func (o *compareOptions) criteria() ([]compare.Criterion, error) {
	if o.gate != nil {
		return o.gate.criteria()
	}
	return []compare.Criterion{{Metric: compare.P50}, {Metric: compare.P95}, {Metric: compare.P99}}, nil
}

// armsOf makes arms of the names and of --a, --b and their commands.
func (o *compareOptions) armsOf(names []string) ([]*rig.Target, error) {
	commands := make([]string, len(names))
	if o.a != "" || o.b != "" || o.aCmd != "" || o.bCmd != "" {
		switch {
		case len(names) > 0:
			return nil, errors.New("give what to compare either as A and B or with --a and --b")
		case o.a == "" || o.b == "":
			return nil, errors.New("--a and --b are the URLs of both; --a-cmd and --b-cmd serve them")
		}
		names, commands = []string{o.a, o.b}, []string{o.aCmd, o.bCmd}
	}
	switch {
	case o.gate != nil && len(names) < 2:
		return nil, fmt.Errorf("a gate takes an old and a new version, got %d: name both, give --a and --b, or give --baseline NAME in place of the old one", len(names))
	case len(names) < 2:
		return nil, fmt.Errorf("two or more are compared, got %d: name them, or give --a and --b", len(names))
	case o.gate != nil && len(names) > 2:
		return nil, fmt.Errorf("a gate takes an old and a new version, got %d targets", len(names))
	case len(names) > 2 && o.twoVersions():
		return nil, fmt.Errorf("--a-http and --b-http are for two, got %d", len(names))
	case len(names) > 8:
		return nil, fmt.Errorf("at most 8 are compared, got %d", len(names))
	}
	arms, err := o.makeArms(names, commands, []string{"--a-cmd", "--b-cmd"})
	if err != nil {
		return nil, err
	}
	armNames(arms, o.gate != nil)
	return arms, rig.OneVersion(arms)
}

// makeArms makes an arm of each name, served by its command where it has one, which that flag gave.
func (o *compareOptions) makeArms(names, commands, flags []string) ([]*rig.Target, error) {
	asked := asking{driveOptions: &o.driveOptions, atEach: true}
	asked.name = o.file
	file, err := o.testFile()
	if err == nil {
		file.Target, file.Profile = texts(names), rig.Hold("round", 0, time.Second, 1)
		asked.file, err = o.overlay(asked.name, file)
	}
	if err != nil {
		return nil, err
	}
	// Its phases, what ends a run early, and what a run is judged by are those of bench run: these are rounds.
	f := &asked.file
	f.Think, f.WarmUp, f.AbortOn, f.Thresholds, f.Limits.Requests = nil, 0, nil, nil, 0
	if !o.judgesObjectives() {
		if len(f.SLO) > 0 {
			asked.note("the slo of " + o.file + " is not judged here: a gate of old and new side by side judges it")
		}
		f.SLO = nil
	}
	plan, err := o.planOf(asked.file)
	if err == nil {
		err = roundObjectives(plan.SLO)
	}
	if err == nil {
		err = o.mayCompareJourneys(f.Journeys, plan.SLO)
	}
	if err == nil && o.gate != nil {
		err = notLost(plan.SLO)
	}
	if err != nil {
		return nil, err
	}
	arms, err := o.versioned(plan, func(plan loadgen.Plan) ([]*rig.Target, error) { return asked.subjects(plan, nil) })
	if err != nil {
		return nil, err
	}
	if judgesOrigin(plan.SLO) || len(o.sweeping.options) > 0 {
		countOrigins(arms) // else no round is disturbed by it
	}
	for i, a := range arms {
		a.Command = commands[i]
		if a.Command != "" {
			a.Flag = flags[i]
			a.Plan.Target.Bundled = true // bench starts it, so its processors are its own
			if !isURL(names[i]) {
				return nil, fmt.Errorf("%s serves a URL, and %s is not a URL", a.Flag, names[i])
			}
		}
		if o.rate != "" {
			a.Rate = plan.Profile.PeakRate()
		}
	}
	return arms, nil
}

// judgesObjectives reports whether each side, or each cell, is held to objectives.
func (o *compareOptions) judgesObjectives() bool {
	return o.gate != nil && o.gate.baseline == "" || len(o.sweeping.options) > 0
}

// mayCompareJourneys refuses flags and objectives that do not go with rounds of journeys.
func (o *compareOptions) mayCompareJourneys(journeys []profiles.Journey, objectives []runfile.Threshold) error {
	several := slices.ContainsFunc(journeys, func(j profiles.Journey) bool { return len(j.Steps) > 1 })
	switch {
	case len(journeys) == 0:
		return nil
	case o.mirror:
		return errors.New("--mirror sends each request to both at once, and what a journey asks next is in the answers of one of them: leave out --mirror")
	case len(o.sweeping.options) > 0:
		return errors.New("--sweep compares requests: leave out the journeys of the file")
	case !several:
		return nil
	}
	for _, t := range objectives {
		if slices.ContainsFunc(journeys, func(j profiles.Journey) bool { return j.Name == t.Endpoint }) {
			continue
		}
		of := fmt.Sprintf("{%s} names no journey", t.Endpoint)
		if t.Endpoint == "" {
			of = "without braces it is of all requests"
		}
		return fmt.Errorf("slo %s: %s, and a gate judges whole journeys alone, as most later steps are asked after the round in which their journey arrived: "+
			"name one, as in p95{%s}<5s, or have bench run judge it as a threshold", t.Text, of, journeys[0].Name)
	}
	return nil
}

// armNames tells the names of arms apart.
func armNames(arms []*rig.Target, gate bool) {
	versions := arms[0].Plan.HTTP != arms[1].Plan.HTTP && arms[0].Plan.Target.Name == arms[1].Plan.Target.Name
	seen := map[string]int{}
	for i, a := range arms {
		a.Label = a.Plan.Target.Name
		if versions && a.Plan.HTTP != runfile.HTTPAuto {
			a.Label += " HTTP/" + a.Plan.HTTP
		}
		if gate && !a.Plan.Target.Named {
			a.Label = []string{"old", "new"}[min(i, 1)]
		}
		if seen[a.Label]++; seen[a.Label] > 1 {
			a.Label = fmt.Sprintf("%s (%d)", a.Label, seen[a.Label])
		}
	}
}

// side is the flags of one side.
type side struct{ url, urlFlag, command, commandFlag string }

// oneArm makes an arm of the one name, or of the flags.
func (o *compareOptions) oneArm(names []string, given side) (*rig.Target, error) {
	switch {
	case given.url != "" && len(names) > 0:
		return nil, fmt.Errorf("%s and %s both say what is driven: give one", names[0], given.urlFlag)
	case given.url != "":
		names = []string{given.url}
	case len(names) != 1:
		return nil, fmt.Errorf("one target is driven, got %d: name a bundled service or a URL, or give %s", len(names), given.urlFlag)
	}
	arms, err := o.makeArms(names, []string{given.command}, []string{given.commandFlag})
	if err != nil {
		return nil, err
	}
	return arms[0], nil
}

// share reads --at.
func (o *compareOptions) shareOf() (float64, error) {
	v, ok := units.ParsePercent(o.at)
	if !ok || v <= 0 || v > 100 {
		return 0, fmt.Errorf("--at %s: want a share of the throughput such as 70%%", o.at)
	}
	if o.rate != "" {
		return 0, errors.New("--at and --rate both say what is offered: give one")
	}
	return v / 100, nil
}

// maxTimeOf returns --max-time or its default.
func (o *compareOptions) maxTimeOf(arms []*rig.Target) (time.Duration, error) {
	if o.given.Changed("max-time") {
		if o.maxTime <= 0 || o.maxTime > 24*time.Hour {
			return 0, fmt.Errorf("--max-time must be above 0 and at most 24h, got %v", o.maxTime)
		}
		return o.maxTime, nil
	}
	if o.gate != nil {
		return defaultMaxTime, nil
	}
	for _, a := range arms {
		if a.Service == nil {
			return defaultMaxTime, nil
		}
	}
	return defaultMaxTimeBundled, nil
}

func (o *compareOptions) check() error {
	switch {
	case o.rate == "max":
		return errors.New("--rate max compares how fast both go, not how fast they answer: give a rate, or --at 70%")
	case o.given.Changed("round") && (o.roundLength < 100*time.Millisecond || o.roundLength > time.Hour):
		return fmt.Errorf("--round must be 100ms to 1h, got %v", o.roundLength)
	case len(o.diff) > 0 && !o.mirror:
		return errors.New("--diff compares the answers of a mirrored run: give --mirror too")
	case o.readyTimeout <= 0:
		return fmt.Errorf("--ready-timeout must be above 0, got %v", o.readyTimeout)
	}
	if o.rate != "" {
		if _, err := profiles.ParseRate(o.rate); err != nil {
			return fmt.Errorf("--rate %s: %w", o.rate, err)
		}
	}
	if o.at != "" {
		if _, err := o.shareOf(); err != nil {
			return err
		}
	}
	return nil
}
