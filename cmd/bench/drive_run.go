package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
)

// run drives file's profile, as the flags change it, at each of the targets.
func (o *driveOptions) run(ctx context.Context, command string, file profiles.File, source []byte, args []string, s streams) error {
	where := strings.TrimPrefix(command, "bench run ")
	if o.file != "" {
		where = o.file
	}
	file, err := o.askedBy(file)
	if err != nil {
		return asUsage(err)
	}
	if o.print {
		return o.printProfile(file, source, s.out)
	}
	file, err = o.overlay(where, file)
	if err != nil {
		return asUsage(err)
	}
	file.Target = o.targetsOf(file, args)
	outputs, err := parseOutputs(wordsOf(file.Outputs), runsShown.formats, append(o.inputs(args), where)...)
	if err != nil {
		return err
	}
	plan, err := o.planOf(file)
	if err == nil {
		err = o.judging.check(plan.Thresholds, outputs)
	}
	if err != nil {
		return asUsage(err)
	}
	asked := asking{driveOptions: o, file: file, name: where}
	subjects, err := asked.subjects(plan, s.in)
	if err == nil {
		err = o.profiling.apply(subjects)
	}
	if err != nil {
		return asUsage(err)
	}
	countWhereItTells(subjects)
	if o.dryRun {
		for _, note := range asked.notes {
			if o.quiet {
				break
			}
			fmt.Fprintf(s.err, "bench: note: %s\n", note)
		}
		return o.preview(subjects, s.out)
	}

	if err := beforeDriving(o, outputs, s.err); err != nil {
		return err
	}
	runs, failure := o.driveAll(ctx, subjects, s.err)
	if len(runs) == 0 {
		return nothingMeasured(failure, "request")
	}
	for _, r := range runs {
		r.Judge(plan.Thresholds)
		r.Repeat = o.asCommand(command, args)
	}
	options := report.Options{Verbose: o.verbose, Command: command, Next: nextSteps(runs)}
	options.Saved, err = o.kept(plan.Profile.Name, s.err, encodeRuns(runs))
	failure = errors.Join(failure, err, runsShown.show(runs, outputs, s, options))
	if ctx.Err() != nil {
		if failure != nil {
			fmt.Fprintf(s.err, "bench: %s\n", oneLine(failure))
		}
		return errInterrupted
	}
	if failure != nil {
		return failure
	}
	return judgement(runs)
}

// targetsOf are the targets that the command names, or else the file; without either, and without a targets file, the two services
// that a beginner compares.
func (o *driveOptions) targetsOf(file profiles.File, given []string) []profiles.Text {
	switch {
	case len(given) > 0 || o.targets != "":
		return texts(given)
	case len(file.Target) > 0 || len(file.Requests) > 0 || len(file.Journeys) > 0:
		return file.Target
	}
	return texts([]string{cachePair.Cached, cachePair.Uncached})
}

// nextSteps suggests commands that follow from the result: first for the target's limit, then for bench's own.
func nextSteps(runs []*runfile.Run) []string {
	var steps []string
	limited := func(r *runfile.Run) bool {
		return r.Verdict.Kind == runfile.TargetLimited && r.Target.Bundled && r.Plan.Profile != "step"
	}
	if i := slices.IndexFunc(runs, limited); i >= 0 {
		steps = append(steps, "bench step "+runs[i].Target.ServiceName()+" (how much can it take?)")
	}
	if slices.ContainsFunc(runs, func(r *runfile.Run) bool { return r.Verdict.Kind.Spoiled() }) {
		steps = append(steps, "run `bench selfcheck` to see what this machine can be trusted with")
	}
	return steps
}
