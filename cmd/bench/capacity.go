package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// capacityOptions are the flags of bench capacity.
type capacityOptions struct {
	driveOptions
	slo        []string
	from       string
	start      string
	most       string
	budget     time.Duration
	staircase  bool
	gomaxprocs []int
	planFile   string
	plan       capacity.PlanText
	simulate   bool
	servers    map[string]int
	shared     *pflag.FlagSet // with the driving commands
}

// defaultObjectives are the objectives of bench capacity without --slo.
var defaultObjectives = []string{"p99<100ms", "errors<0.1%"}

func newCapacityCommand(s streams) *cobra.Command {
	var o capacityOptions
	c := &cobra.Command{
		Use: "capacity [TARGET...]", Short: "Find how much a service can take, and plan how many of it are needed", GroupID: "judge",
		Long: `Find the highest rate at which a service meets an objective, what limits it, and where it saturates; then plan
how many instances a demand needs, by month, and what they cost.

The rate grows by steps of Poisson arrivals until one fails, the edge is bracketed, and a longer step confirms a
rate just below it. A step holds if its objectives are met, what was served is what was offered, and the backlog
does not grow. Of a test file with journeys the rate is of journeys that arrive. One target takes less than three
minutes. Without a target, cached and uncached are measured.`,
		Example: `  bench capacity pooled --slo 'p99<50ms' --slo 'errors<0.1%'
  bench capacity cached uncached --demand 5000/s --growth 4%/month --prices prices.yaml
  bench capacity http://127.0.0.1:8080 --slo 'p99<200ms' -o json=capacity.json -o md=capacity.md
  bench step pooled -o json=run.json && bench capacity --from run.json
  bench capacity --from capacity.json --prices other.yaml    plan again without measuring`,
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args, s) },
	}
	o.addFlags(c.Flags())
	return c
}

func (o *capacityOptions) addFlags(f *pflag.FlagSet) {
	o.given = f
	f.SortFlags = false
	f.StringArrayVar(&o.slo, "slo", nil, "an objective, as a threshold: p99<50ms, errors<0.1% (repeatable; default p99<100ms and errors<0.1%, of each journey where there are some)")
	f.StringVar(&o.from, "from", "", "conclude from the steps of a saved run, or plan anew from a saved capacity, instead of driving")
	f.StringVar(&o.start, "start", "", "rate of the first step (default: a sixteenth of what the staircase reaches)")
	f.StringVar(&o.most, "max-rate", "", "highest rate that is driven; a target that is not on this machine needs it")
	f.DurationVar(&o.budget, "budget", 0, "time for the steps of one target (default 2m40s)")
	f.BoolVar(&o.staircase, "staircase", true, "drive 1, 2, 4 … 64 users first, for the scalability law")
	f.IntSliceVar(&o.gomaxprocs, "gomaxprocs", nil, "measure a bundled service at several sizes, such as 1,2")
	f.StringToIntVar(&o.servers, "servers", nil, "how many of a part that Server-Timing names there are, such as db=10 of a pool's connections (repeatable)")
	f.StringVar(&o.planFile, "plan", "", "YAML file with the inputs of the plan, by the names of the flags below")
	f.StringVar(&o.plan.Demand, "demand", "", "requests, or journeys, at the peak now, such as 5000/s")
	f.StringVar(&o.plan.Curve, "curve", "", "CSV `file` of the demand over a day: time, rate")
	f.StringVar(&o.plan.Growth, "growth", "", "of the demand, such as 4%/month or 60%/year")
	f.StringVar(&o.plan.Peaks, "peaks", "", "CSV `file` of past peaks to fit the growth to: month, rate")
	f.StringVar(&o.plan.Horizon, "horizon", "", "months to plan for, 0: today alone (default 12)")
	f.StringVar(&o.plan.Headroom, "headroom", "", "part of the capacity that the peak leaves free (default 30%)")
	f.StringVar(&o.plan.Survive, "survive", "", "what may be lost: nothing, instance or zone:N of N zones (default instance)")
	f.StringVar(&o.plan.Spike, "spike", "", "factor by which the peak may be exceeded (default 1)")
	f.StringVar(&o.plan.ScaleLag, "scale-lag", "", "time from a rise of the demand to an instance that serves, such as 3m")
	f.StringVar(&o.plan.Fleet, "fleet", "", "instances there are today (default: what today needs)")
	f.StringVar(&o.plan.Prices, "prices", "", "YAML `file` of offers: there are no prices built in")
	f.BoolVar(&o.simulate, "simulate", false, "run three policies of autoscaling against the demand, minute by minute")

	o.shared = pflag.NewFlagSet("", pflag.ContinueOnError)
	o.shared.SortFlags = false
	o.addFileFlag(o.shared, "take target, requests or journeys, expect, hit_when and limits of a test file, and its slo where --slo is not given")
	o.addJourneysFlag(o.shared)
	o.addTargetsFlag(o.shared)
	o.addRequestFlags(o.shared)
	o.addAroundFlags(o.shared)
	f.AddFlagSet(o.shared)
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show everything that was measured")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "nothing on stderr but warnings and errors")
	f.BoolVar(&o.noSave, "no-save", false, "do not keep what was found under .bench/")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(capacitiesShown.formats))
}

func (o *capacityOptions) run(ctx context.Context, args []string, s streams) error {
	outs, err := parseOutputs(o.outputs, capacitiesShown.formats, append(o.driveOptions.inputs(args), o.from, o.planFile, o.plan.Curve, o.plan.Peaks, o.plan.Prices)...)
	if err != nil {
		return err
	}
	plan, err := o.planned()
	if err != nil {
		return asUsage(err)
	}
	var found []*capacity.Capacity
	var failure error
	if o.from != "" {
		found, failure = o.fromFile(args)
	} else {
		// An error in the plan comes before minutes of measuring.
		if _, err := o.inputs(plan, nil); err != nil {
			return asUsage(err)
		}
		found, failure = o.measure(ctx, args, outs, s)
	}
	if len(found) == 0 {
		return nothingMeasured(failure, "step")
	}
	// Of saved targets one that could not be planned for shares the demand of the others.
	var before *capacity.Plan
	if i := slices.IndexFunc(found, func(c *capacity.Capacity) bool { return c.Plan != nil }); i >= 0 {
		before = found[i].Plan
	}
	for _, c := range found {
		in, err := o.inputs(plan, before)
		if err != nil {
			return asUsage(err)
		}
		if in == nil {
			continue
		}
		if c.Plan, err = capacity.MakePlan(*in, c); err != nil {
			c.Notes = append(c.Notes, "There is no plan: "+err.Error()+".")
		}
	}
	failure = errors.Join(failure, o.conclude(found, outs, s))
	if ctx.Err() != nil {
		return errInterrupted
	}
	if failure != nil {
		return failure
	}
	return capacityOutcome(found)
}

// objectives reads --slo, or else a test file's, or else names the journeys that are driven.
func (o *capacityOptions) objectives(file profiles.File) ([]runfile.Threshold, error) {
	return o.objectivesOf(file.SLO, journeyNames(file.Journeys))
}

func (o *capacityOptions) objectivesOf(slo []profiles.Text, journeys []string) ([]runfile.Threshold, error) {
	texts, from := o.slo, "--slo"
	if len(texts) == 0 && len(slo) > 0 {
		texts, from = wordsOf(slo), o.file+": slo"
	}
	if len(texts) == 0 {
		texts = ownObjectives(journeys)
	}
	list, err := capacity.ParseObjectives(texts)
	if err != nil {
		return nil, asUsage(fmt.Errorf("%s: %w", from, err))
	}
	return list, nil
}

// capacityOutcome returns the error whose exit code says that the objective was met nowhere, or that bench was too late.
func capacityOutcome(found []*capacity.Capacity) error {
	for _, c := range found {
		switch c.MaxRate.Outcome {
		case capacity.Limited:
			return exitError{exitLimited, fmt.Errorf("%s: bench or its host was too late to find the edge", c.Target.Name)}
		case capacity.Undecided:
			return exitError{exitLimited, fmt.Errorf("%s: whether it meets its objective cannot be told: too few requests were of it", c.Target.Name)}
		case capacity.Nowhere:
			return exitError{exitThreshold, fmt.Errorf("%s met its objective at no rate", c.Target.Name)}
		}
	}
	return nil
}

// planned reads the inputs of a plan as texts.
func (o *capacityOptions) planned() (capacity.PlanText, error) {
	if o.planFile == "" {
		return o.plan, nil
	}
	source, err := readBounded(o.planFile)
	if err != nil {
		return o.plan, fmt.Errorf("--plan: %w", err)
	}
	file, err := capacity.ParsePlanText(o.planFile, source)
	return o.plan.Or(file), err
}

// inputs returns the inputs of a plan, laid over those of an earlier plan; nil: no plan.
func (o *capacityOptions) inputs(text capacity.PlanText, before *capacity.Plan) (*capacity.Inputs, error) {
	var base *capacity.Inputs
	if before != nil {
		base = &before.Inputs
	}
	if !text.Given() && base == nil {
		if o.simulate {
			return nil, errors.New("--simulate runs policies against a demand: give it with --demand or --curve")
		}
		return nil, nil
	}
	in, err := text.Inputs(base, readBounded)
	if err != nil {
		return nil, fmt.Errorf("the plan: %w", err)
	}
	in.Simulate = in.Simulate || o.simulate
	return in, nil
}

// readBounded reads a file of the user's, of at most 1 MiB, which is more than the files of a plan need.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxProfileBytes+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(source) > maxProfileBytes {
		return nil, fmt.Errorf("%s: is larger than 1 MiB", path)
	}
	return source, nil
}

// searchOptions reads the flags that bound a search.
func (o *capacityOptions) searchOptions(objectives []runfile.Threshold) (capacity.Options, error) {
	search := capacity.Options{Objectives: objectives, Budget: o.budget}
	for _, flag := range []struct {
		name, text string
		rate       *float64
	}{{"--start", o.start, &search.Start}, {"--max-rate", o.most, &search.Most}} {
		if flag.text == "" {
			continue
		}
		rate, err := profiles.ParseRate(flag.text)
		if err == nil && rate == 0 {
			err = errors.New("it must be above 0")
		}
		if err != nil {
			return search, fmt.Errorf("%s %s: %w", flag.name, flag.text, err)
		}
		*flag.rate = rate
	}
	if search.Most > 0 && search.Start > search.Most {
		return search, fmt.Errorf("--start %s: it is above --max-rate %s", o.start, o.most)
	}
	if o.given.Changed("budget") && (o.budget < 20*time.Second || o.budget > time.Hour) {
		return search, fmt.Errorf("--budget must be 20s to 1h, got %v", o.budget)
	}
	for name, n := range o.servers {
		if n < 1 {
			return search, fmt.Errorf("--servers %s=%d: there must be 1 or more", name, n)
		}
	}
	if slices.ContainsFunc(o.gomaxprocs, func(n int) bool { return n < 1 || n > 1024 }) {
		return search, fmt.Errorf("--gomaxprocs takes numbers from 1 to 1024, got %v", o.gomaxprocs)
	}
	search.Loops = o.base.Wire.Loops
	if o.staircase {
		search.Users = capacity.StaircaseUsers(o.limits.Connections)
	}
	return search, nil
}
