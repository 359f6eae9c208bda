package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
)

// checkOrigin reads what a test file says of the origin. Its errors repeat no URL, which may hold a secret.
func checkOrigin(name string, o profiles.Origin) error {
	counter, keys := originOf(o)
	if err := counter.Check(); err != nil {
		return fmt.Errorf("%s:%d: origin: %w", name, o.Metrics.Line, err)
	}
	if err := keys.Check(); err != nil {
		return fmt.Errorf("%s:%d: origin: url: %w", name, o.URL.Line, err)
	}
	return nil
}

// originOf is what a test file says of the origin of a service of the user's.
func originOf(o profiles.Origin) (counter loadgen.OriginCounter, keys loadgen.ReadBack) {
	counter = loadgen.OriginCounter{Metrics: o.Metrics.Text, Counter: o.Counter.Text}
	if o.URL.Text != "" {
		keys = loadgen.ReadBack{URL: o.URL.Text, Settle: cmp.Or(o.Settle, loadgen.DefaultSettle)}
	}
	return counter, keys
}

// readingBack makes a run read the written keys of a bundled service back at its database.
func readingBack(ask func(*loadgen.Plan, string) error, t targets.Target) func(*loadgen.Plan, string) error {
	return func(plan *loadgen.Plan, address string) error {
		plan.ReadBack = loadgen.ReadBack{}
		if t.Service.Name != "reference" {
			plan.ReadBack = loadgen.ReadBack{URL: address + targets.HeadlineAtOrigin, Settle: t.Settle()}
		}
		return ask(plan, address)
	}
}

// maxSettle is the longest time that the end of a run waits for a bundled service's writes to be in its database.
const maxSettle = 10 * time.Second

// lostWrites reads back what was written in a run, as far as it is known how, and says so in it.
func lostWrites(ctx context.Context, t *rig.Target, run *runfile.Run, ended time.Time) {
	c := run.Overall.Consistency
	if c == nil || !t.Job.Writes() || !t.Job.ReadsBack() || run.Interrupted {
		return
	}
	var lost *runfile.Lost
	err := fmt.Errorf("%s writes to its database after %v at the latest, and nobody waits for that", t.Name, t.Plan.ReadBack.Settle/2)
	if t.Service == nil || t.Plan.ReadBack.Settle <= maxSettle {
		lost, err = t.Job.LostWrites(ctx, t.Options.Ledger, ended, ended)
	}
	if err != nil {
		run.Environment.Notes = append(run.Environment.Notes, "lost writes are not known: "+err.Error())
		return
	}
	c.Lost = lost
}

// countOrigins has the statements of the bundled services' database counted, by their own counter.
func countOrigins(list []*rig.Target) {
	for _, t := range list {
		if t.Service == nil || t.Service.Name == "reference" {
			continue
		}
		ask := t.Ask
		t.Ask = func(plan *loadgen.Plan, address string) error {
			plan.Origin = loadgen.OriginCounter{Metrics: address + "/metrics", Counter: targets.QueriesCounter, ByWork: true}
			return ask(plan, address)
		}
	}
}

// countWhereItTells has them counted of the services that are driven with writes, and of all where that is judged: else
// Server-Timing tells as much, and nothing is asked beside the load.
func countWhereItTells(list []*rig.Target) {
	for _, t := range list {
		plan := &t.Plan
		if judgesOrigin(slices.Concat(plan.SLO, plan.Thresholds, plan.Abort.On)) || slices.ContainsFunc(plan.Requests, func(r request.Request) bool {
			return r.Consistency != nil && r.Consistency.Write
		}) {
			countOrigins([]*rig.Target{t})
		}
	}
}

// judgesOrigin reports whether one of the thresholds is about the load of the origin.
func judgesOrigin(list []runfile.Threshold) bool {
	return slices.ContainsFunc(list, func(t runfile.Threshold) bool { return t.Metric == runfile.MetricOrigin })
}

// notLost refuses objectives on lost writes, which rounds do not read back.
func notLost(list []runfile.Threshold) error {
	for _, t := range list {
		if t.Metric == runfile.MetricLost {
			return fmt.Errorf("slo %s: the rounds of a gate read no writes back: judge it by a threshold of bench run", t.Text)
		}
	}
	return nil
}
