package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
)

// run drives file's profile, as the flags change it, at each of the targets.
func (o *driveOptions) run(ctx context.Context, command string, file profiles.File, source []byte, args []string, s streams) error {
	if o.print {
		return o.printProfile(file, source, s.out)
	}
	where := strings.TrimPrefix(command, "bench run ")
	if err := o.takeFile(where, file); err != nil {
		return usage(err)
	}
	mix, err := o.fileRequests(where, file.Requests)
	if err != nil {
		return usage(err)
	}
	outputs, err := parseOutputs(o.outputs, formats, append(o.inputs(args), where)...)
	if err != nil {
		return err
	}
	thresholds, err := o.judging.parse(outputs)
	if err != nil {
		return err
	}
	plan, err := o.plan(file.Profile)
	if err != nil {
		return usage(err)
	}
	plan.Thresholds = thresholds
	names := args
	if len(names) == 0 && o.targets == "" {
		names = file.Target
	}
	if len(names) == 0 && o.targets == "" {
		if len(file.Requests) > 0 {
			return usage(fmt.Errorf("%s has requests and no target: name one, such as http://127.0.0.1:8080", where))
		}
		names = []string{cachePair.Cached, cachePair.Uncached}
	}
	subjects, err := o.subjects(names, mix, plan, s.in)
	if err == nil {
		err = o.profiling.apply(subjects)
	}
	if err != nil {
		return usage(err)
	}
	if o.dryRun {
		for _, note := range o.notes {
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
		r.Judge(thresholds)
	}
	options := report.Options{Verbose: o.verbose, Command: command, Next: nextSteps(runs)}
	if !o.noSave {
		path, err := save(runs, plan.Profile.Name, time.Now())
		failure = errors.Join(failure, o.notKept(err, s.err))
		options.Saved = path
	}
	failure = errors.Join(failure, writeRuns(outputs, runs, s, options))
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

// nextSteps suggests how to go on from what was seen.
func nextSteps(runs []*loadgen.Run) []string {
	for _, r := range runs {
		switch r.Verdict.Kind {
		case loadgen.HostLimited, loadgen.GeneratorLimited:
			return []string{"run `bench selfcheck` to see what this machine can be trusted with"}
		case loadgen.TargetLimited:
			if r.Target.Bundled && r.Plan.Profile != "step" {
				return []string{"bench step " + r.Target.ServiceName() + " (how much can it take?)"}
			}
		}
	}
	return nil
}
