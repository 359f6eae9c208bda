package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/html"
	"github.com/seed-5a006608/bench/report/live"
	"github.com/seed-5a006608/bench/report/selfcheck"
	"github.com/seed-5a006608/bench/targets/process"
	"github.com/spf13/cobra"
)

// selfcheckOptions are the flags of bench selfcheck.
type selfcheckOptions struct {
	quick   bool
	quiet   bool
	outputs []string
}

// selfchecksShown shows selfchecks.
var selfchecksShown = shown[*selfcheck.Report]{text: report.WriteSelfcheck, formats: []format[*selfcheck.Report]{{"json", selfcheck.Encode}, {"html", html.WriteSelfcheck}}}

func newSelfcheckCommand(s streams) *cobra.Command {
	var o selfcheckOptions
	c := &cobra.Command{
		Use: "selfcheck", Short: "Find out up to what rate this machine can be trusted", GroupID: "look",
		Long: `Find out up to what rate this machine can be trusted as a load generator. Each engine drives the reference server,
whose log tells what really happened: how late requests were sent, how far the latencies are from the truth,
how much of a freeze shows, and how fast the engine is. Takes less than a minute, with --quick less than 10 s.

An engine is trusted at a rate if its lag P99 is at most 1 ms there, as many requests are answered as offered
and the verdict is VALID; and at all only if its latencies and a freeze of the server show as they were.`,
		Example: `  bench selfcheck
  bench selfcheck --quick -o json=-              for a pipeline, which ends with code 5 on a bad machine`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	f := c.Flags()
	f.BoolVar(&o.quick, "quick", false, "measure for less than 10 s, and less precisely")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "nothing on stderr but warnings and errors")
	f.StringArrayVarP(&o.outputs, "output", "o", nil, "also write kind=path, - for stdout (repeatable); kinds: "+kinds(selfchecksShown.formats))
	return c
}

func (o selfcheckOptions) run(ctx context.Context, s streams) (err error) {
	outputs, err := parseOutputs(o.outputs, selfchecksShown.formats)
	if err != nil {
		return err
	}
	if err := outputs.check(); err != nil {
		return err
	}
	private, err := process.NewPrivateDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, private.Remove()) }()
	b := testBench{dir: private.Path, environment: usage.ReadEnvironment()}
	b.environment.CPUs = "split"
	defer rig.Pin(b.environment.CPUs, &b.environment)()

	check := selfcheck.New(loadgen.Engines(), o.quick)
	started := time.Now()
	said := s.err
	if o.quiet {
		said = io.Discard
	}
	view := live.Start(said, usage.Background)
	defer view.Done()
	var failure error
	for step, more := check.Next(); more && failure == nil && ctx.Err() == nil; step, more = check.Next() {
		fmt.Fprintln(view.Log(), report.SelfcheckStep(step))
		view.Show(selfcheckBoard(step, check.Report(), started))
		var seen selfcheck.Observation
		if seen, failure = b.measure(ctx, step); failure == nil && ctx.Err() == nil {
			check.Add(step, seen)
		}
	}
	view.Done()
	found := check.Report()
	found.Started, found.Environment, found.Interrupted = started.UTC(), b.environment, ctx.Err() != nil
	return o.conclude(found, outputs, failure, s)
}

// selfcheckBoard shows how late each engine was so far, in the order of the rates, while the next step is made.
func selfcheckBoard(next selfcheck.Step, found *selfcheck.Report, began time.Time) live.Board {
	b := live.Board{Title: "bench selfcheck", Doing: report.SelfcheckStep(next), Began: began}
	for i := range found.Engines {
		e := &found.Engines[i]
		if len(e.Pacing) == 0 {
			continue
		}
		var late []float64
		for _, p := range e.Pacing {
			late = append(late, float64(p.Lag.P99NS))
		}
		last := e.Pacing[len(e.Pacing)-1]
		b.Rows = append(b.Rows, live.Row{
			Label: e.Name, Text: fmt.Sprintf("at %s late by %s at P99", units.Rate(last.Rate), units.Duration(last.Lag.P99NS)),
			Sparks: []live.Spark{{Label: "by try", Lists: [][]float64{late}, Logarithmic: true}},
		})
	}
	return b
}

// conclude shows what was found, all of it or until something ended the check.
func (o selfcheckOptions) conclude(found *selfcheck.Report, outputs outputs[*selfcheck.Report], failure error, s streams) error {
	failure = together(failure, selfchecksShown.show(found, outputs, s, report.Options{}))
	switch {
	case found.Interrupted:
		if failure != nil && !errors.Is(failure, errInterrupted) {
			fmt.Fprintf(s.err, "bench: %s\n", oneLine(failure))
		}
		return errInterrupted
	case failure != nil:
		return failure
	case found.Trusted.Rate < selfcheck.RequiredRate:
		return exitError{exitLimited, fmt.Errorf("no engine can be trusted at %s on this machine", units.Rate(selfcheck.RequiredRate))}
	}
	return nil
}
