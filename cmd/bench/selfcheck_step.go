package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/selfcheck"
	"github.com/seed-5a006608/bench/targets"
	"github.com/seed-5a006608/bench/targets/reference"
)

// testBench makes the steps of a selfcheck.
type testBench struct {
	dir         string // directory of the server's log
	environment runfile.Environment
}

// measure makes one step. What it returns after an interrupt is incomplete.
func (b *testBench) measure(ctx context.Context, step selfcheck.Step) (seen selfcheck.Observation, err error) {
	if step.Test == selfcheck.IdleThread {
		stop := b.watch()
		timer := time.NewTimer(step.Length)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		seen.Idle = stop()
		return seen, nil
	}
	service, err := targets.Find("reference")
	if err != nil {
		return seen, err
	}
	t := &rig.Target{
		Name: service.Name, Service: &service, Plan: planOfStep(step), Ask: mixture{requests: service.Requests}.ask(nil),
		Options: loadgen.Options{Environment: b.environment},
	}
	t.Plan.Target = runfile.Target{Name: service.Name, Bundled: true}
	silent := func(string, string) {}
	r := rig.Rig{Targets: []*rig.Target{t}, Pinned: true, Say: silent, Warn: silent}
	if r.Serving.Reference, err = b.server(step.Server); err != nil {
		return seen, err
	}
	if err := r.Up(ctx); err != nil {
		return seen, interrupted(ctx, err)
	}
	seen.Run, seen.Idle, err = b.drive(ctx, t, step.Watch())
	if err := errors.Join(err, r.Down()); err != nil || !step.Server.Logs() { // stopped, it has written its log
		return seen, interrupted(ctx, err)
	}
	seen.Answers, err = readAnswers(r.Serving.Reference.Log)
	return seen, err
}

// planOfStep is the plan of a step without its target.
func planOfStep(step selfcheck.Step) loadgen.Plan {
	load := step.Load
	plan := loadgen.Plan{
		Engine: step.Engine, Seed: load.Seed, Profile: load.Profile,
		Limits: loadgen.Limits{Connections: load.Connections, Timeout: load.Timeout, Drain: load.Drain},
	}
	if load.Users > 0 {
		plan.Closed = &loadgen.Closed{VUs: load.Users}
	}
	return plan
}

// interrupted returns what says that the user ended the command, if that was it.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// drive drives the plan, beside an idle thread if that is wanted.
func (b *testBench) drive(ctx context.Context, t *rig.Target, watch bool) (run *runfile.Run, idle []time.Duration, err error) {
	if watch {
		stop := b.watch()
		defer func() { idle = stop() }()
	}
	run, err = t.Job.Drive(ctx, t.Options)
	if run != nil {
		b.note(run.Environment.Notes...)
	}
	return run, nil, err
}

// note keeps what has to be known to read the figures, once.
func (b *testBench) note(notes ...string) {
	for _, n := range notes {
		if !slices.Contains(b.environment.Notes, n) {
			b.environment.Notes = append(b.environment.Notes, n)
		}
	}
}

// watch begins to watch an idle thread. Where the system cannot, the report says so.
func (b *testBench) watch() (stop func() []time.Duration) {
	stop, err := selfcheck.WatchIdleThread()
	if err != nil {
		b.note(err.Error())
		return func() []time.Duration { return nil }
	}
	return stop
}

// server returns the options of a step's server.
func (b *testBench) server(s selfcheck.Server) (o reference.Options, err error) {
	o.Bare, o.Workers = s.Bare, s.Workers
	o.Freeze = reference.Freeze{At: s.FreezeAt, For: s.FreezeFor}
	if s.Delays != "" {
		o.Service, err = reference.ParseService(s.Delays)
	}
	if s.Logs() {
		o.Log = filepath.Join(b.dir, "answers.log")
	}
	return o, err
}

func readAnswers(path string) ([]selfcheck.Answer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the reference server's log: %w", cause(err))
	}
	defer f.Close()
	entries, err := reference.ReadLog(f)
	if err != nil {
		return nil, fmt.Errorf("the reference server's log: %w", err)
	}
	answers := make([]selfcheck.Answer, len(entries))
	for i, e := range entries {
		answers[i] = selfcheck.Answer{StartNS: e.Start, Total: e.Total}
	}
	return answers, nil
}
