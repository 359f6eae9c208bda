package main

import (
	"fmt"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/targets"
)

// checkOrigin reads what a test file says of the origin. Its errors repeat no URL, which may hold a secret.
func checkOrigin(name string, o profiles.Origin) error {
	if o.Metrics.Text == "" {
		return nil
	}
	if err := (loadgen.OriginCounter{Metrics: o.Metrics.Text, Counter: o.Counter.Text}).Check(); err != nil {
		return fmt.Errorf("%s:%d: origin: %w", name, o.Metrics.Line, err)
	}
	return nil
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

// judgesOrigin reports whether one of the thresholds is about the load of the origin.
func judgesOrigin(list []runfile.Threshold) bool {
	for _, t := range list {
		if t.Metric == runfile.MetricOrigin {
			return true
		}
	}
	return false
}
