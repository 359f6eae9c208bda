package rig

import (
	"context"
	"slices"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Preflight compiles a plan, looks for what would spoil the run before anything is sent, and lowers the connections to what can
// be held unless just so many were given. Its error is a [UsageError] where the plan cannot be driven by whoever asks for it.
func Preflight(ctx context.Context, plan *loadgen.Plan, given bool, e *runfile.Environment) (*loadgen.Job, error) {
	job, err := plan.Compile()
	if err != nil {
		return nil, &UsageError{err}
	}
	job, findings := job.Preflight(ctx, given)
	for _, f := range findings {
		switch {
		case f.Usage:
			return nil, &UsageError{f.Err()}
		case f.Fatal && ctx.Err() != nil:
			return nil, ErrInterrupted
		case f.Fatal:
			return nil, f.Err()
		}
		if !slices.Contains(e.Notes, f.Text) {
			e.Notes = append(e.Notes, f.Text)
		}
	}
	plan.Limits.Connections, plan.Limits.Journeys, plan.Negotiated = job.Plan.Limits.Connections, job.Plan.Limits.Journeys, job.Plan.Negotiated
	return job, nil
}
