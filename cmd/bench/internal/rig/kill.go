package rig

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/targets"
)

// afterKill is for how long it would go on being driven, were it not killed.
const afterKill = 10 * time.Second

// LosesBy reports whether it can be told which writes a target loses by a kill: bench starts it, its requests write versions, and
// it is known how a key is read at its origin.
func (t *Target) LosesBy() bool {
	job, err := t.Plan.Compile()
	return err == nil && t.Owned() && job.ReadsBack() && job.Writes()
}

// Kill tells which writes a target loses when it is killed. It ends the target where it is up, and starts it anew: a bundled
// service on data of its own that a keeper holds, on PostgreSQL with synchronous_commit=on; a command on what that keeps itself.
// Then it drives it for a while at its rate and with that seed, kills it with SIGKILL while it is driven, starts it again and reads
// the keys that were written at its origin. In the end the target is down.
//
// The run that is returned is of the time until the kill; Overall.Consistency.Lost says what was lost. Its error is
// [ErrInterrupted] where the user ended the command. [Target.LosesBy] tells whether there is anything to tell.
func (r *Rig) Kill(ctx context.Context, t *Target, while time.Duration, seed uint64) (run *runfile.Run, err error) {
	return r.kill(ctx, t, while, nil, seed)
}

// kill is Kill in the open model at the target's rate, or in a closed model.
func (r *Rig) kill(ctx context.Context, t *Target, while time.Duration, closed *loadgen.Closed, seed uint64) (run *runfile.Run, err error) {
	if err := t.stop(); err != nil {
		return nil, err
	}
	data, err := t.keep(ctx, r)
	if err != nil {
		return nil, interruptedOr(ctx, err)
	}
	defer func() { err = errors.Join(err, t.stop(), data.close()) }()
	if err := data.start(ctx); err != nil {
		return nil, err
	}
	ledger := consistency.New()
	t.Options.Ledger = ledger
	run, died, err := t.driveAndKill(ctx, while, closed, seed)
	if err != nil {
		return nil, err
	}
	ended := time.Now()
	if err := data.start(ctx); err != nil {
		return run, fmt.Errorf("after it was killed: %w", err)
	}
	plan := t.PlanOf(Hold("read back", 0, time.Second, t.Rate), nil, seed)
	if t.Service != nil {
		plan.ReadBack.Settle = 0 // what was queued is gone
	}
	job, err := plan.Compile()
	if err != nil {
		return run, err
	}
	run.Overall.Consistency.Lost, err = job.LostWrites(ctx, ledger, died, ended)
	return run, interruptedOr(ctx, err)
}

// driveAndKill drives the target and kills it after a while.
func (t *Target) driveAndKill(ctx context.Context, while time.Duration, closed *loadgen.Closed, seed uint64) (run *runfile.Run, died time.Time, err error) {
	child, killed := t.child, make(chan time.Time, 1)
	timer := time.AfterFunc(while, func() {
		killed <- time.Now()
		child.Kill()
	})
	run, err = loadgen.Drive(ctx, t.PlanOf(Hold("until it is killed", 0, while+afterKill, t.Rate), closed, seed), t.Options)
	if timer.Stop() {
		killed <- time.Now() // it ended before
	}
	died = <-killed
	switch {
	case ctx.Err() != nil:
		return nil, died, ErrInterrupted
	case err == nil:
		return nil, died, errors.New("it was driven to the end before it was killed")
	case !errors.Is(err, loadgen.ErrTargetExit) || child.Err() != nil:
		return nil, died, errors.Join(err, child.Err())
	case run.Overall.Consistency == nil:
		return nil, died, errors.New("none of its requests reads or writes versions")
	}
	t.GoOn(run)
	return run, died, nil
}

// kept is what a target that is killed is started on, and how.
type kept struct {
	start func(ctx context.Context) error
	close func() error
}

// keep makes what outlives the target.
func (t *Target) keep(ctx context.Context, r *Rig) (kept, error) {
	silent := func(string) {}
	if t.Service == nil {
		return kept{func(ctx context.Context) error { return t.start(ctx, r, nil, silent) }, func() error { return nil }}, nil
	}
	data, err := targets.Keep(ctx, t.Name, t.startOptions(r, silent))
	if err != nil {
		return kept{}, err
	}
	start := func(ctx context.Context) (err error) {
		if t.child, err = data.Start(ctx, t.Name, t.startOptions(r, silent)); err != nil {
			return interruptedOr(ctx, err)
		}
		return t.started(ctx, r)
	}
	return kept{start, data.Close}, nil
}

// interruptedOr is the error of what failed, or that the user ended it.
func interruptedOr(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return Interrupted(err)
	}
	return err
}
