package rig

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/targets"
)

// Rig is the targets that are up together, and how bench starts those that it owns.
type Rig struct {
	Targets      []*Target
	CPUs         string // split or shared, see [Pin]
	Pinned       bool   // bench is pinned already, and the targets' environments say how
	Serving      targets.ServeOptions
	ReadyTimeout time.Duration            // longest wait for a command's URL to answer
	Exactly      bool                     // the plans' numbers of connections are exact, see [Preflight]
	Say          func(label, text string) // gets the progress of a start
	Warn         func(label, text string) // gets a service's line when it cannot clean up at once

	// KeepsDatabases has bundled services on PostgreSQL started anew on databases that outlive them, filled once and as they were made.
	KeepsDatabases bool

	Filled time.Duration // time that making the databases took which outlive the services
	Starts time.Duration // time that starting and warming all took

	data  databases
	unpin func()
}

// Up pins bench, starts what it owns and looks for what would spoil a run. Where it fails it leaves nothing up.
func (r *Rig) Up(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Down())
		}
	}()
	for _, t := range r.Targets {
		if err := t.checkLink(); err != nil {
			return err
		}
	}
	r.pin()
	if err := r.keep(ctx); err != nil {
		return err
	}
	for i, t := range r.Targets {
		began := time.Now()
		if err := r.start(ctx, i, func(text string) { r.Say(t.label(), text) }); err != nil {
			return err
		}
		r.Starts += time.Since(began)
		if t.Job, err = Preflight(ctx, &t.Plan, r.Exactly, &t.Options.Environment); err != nil {
			return err
		}
	}
	return r.alike()
}

// start starts the target of that number where bench owns it.
func (r *Rig) start(ctx context.Context, target int, say func(string)) error {
	data, err := r.data.database(ctx, target)
	if err != nil {
		return interruptedOr(ctx, err)
	}
	return r.Targets[target].start(ctx, r, data, say)
}

// Down ends what was started.
func (r *Rig) Down() error {
	var errs []error
	for _, t := range r.Targets {
		errs = append(errs, t.stop())
	}
	errs = append(errs, r.data.close())
	if r.unpin != nil {
		r.unpin()
		r.unpin = nil
	}
	return errors.Join(errs...)
}

// pin gives what bench starts processors of its own, where it starts all: targets beside each other are not pinned by halves.
func (r *Rig) pin() {
	if r.Pinned {
		for _, t := range r.Targets {
			t.Options.Environment.Notes = slices.Clone(t.Options.Environment.Notes)
		}
		return
	}
	env := runfile.Environment{CPUs: "shared", Notes: slices.Clone(r.Targets[0].Notes)}
	if r.Owned() {
		r.unpin = Pin(r.CPUs, &env)
	}
	for _, t := range r.Targets {
		t.Options.Environment = env
		t.Options.Environment.Notes = slices.Clone(env.Notes)
		if t.Service != nil {
			t.Options.Environment.Notes = append(t.Options.Environment.Notes, targets.Notes(t.Name, r.Serving)...)
			if t.Plan.Link != "" {
				t.Options.Environment.Notes = append(t.Options.Environment.Notes, "between bench and "+t.label()+" is a link that bench makes: "+t.Plan.Link)
			}
		}
	}
}

// Owned reports whether bench starts all of the targets.
func (r *Rig) Owned() bool {
	return !slices.ContainsFunc(r.Targets, func(t *Target) bool { return !t.Owned() })
}

// Warm drives all targets until they are warm.
func (r *Rig) Warm(ctx context.Context) error {
	began := time.Now()
	for _, t := range r.Targets {
		if err := t.warm(ctx); err != nil {
			return err
		}
	}
	r.Starts += time.Since(began)
	return nil
}

// Anew ends all targets, starts them again and warms them. What was known of the versions of a target that bench starts is of the
// data that it had before.
func (r *Rig) Anew(ctx context.Context) error {
	for _, t := range r.Targets {
		if err := t.stop(); err != nil {
			return err
		}
	}
	r.data.turn++
	for i, t := range r.Targets {
		if err := r.start(ctx, i, func(string) {}); err != nil {
			return err
		}
		if err := t.warm(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Said are notes of what the services said of themselves since they were started last.
func (r *Rig) Said() (notes []string) {
	for _, t := range r.Targets {
		notes = append(notes, t.Said()...)
	}
	return notes
}
