package loadgen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
)

// Options are the inputs of a drive beside the plan. The zero value works.
type Options struct {
	TargetPID   int                    // root of the target's tree of processes, sampled; 0: not known
	TargetExit  <-chan struct{}        // closed when the bundled target's process has ended
	Environment runfile.Environment    // CPUs, GeneratorCPUs, TargetCPUs and Notes are taken from it
	Progress    func(runfile.Progress) // called about once a second, by one goroutine

	// Ledger knows the versions of the target from the drives before; nil: there were none. It is this drive's until that is over.
	Ledger *consistency.Ledger

	start  func() time.Time // returns instant 0 when the drive may begin; nil: at once
	lookup lookup           // nil: as the system does
	pair   *pairSide        // takes the answers; nil: this run is no side of a mirrored one
}

// ErrTargetExit is returned, with what was measured until then, when the target's process ended during the run.
var ErrTargetExit = errors.New("its process ended during the run")

// Drive compiles the plan and drives it. See [Job.Drive].
func Drive(ctx context.Context, p Plan, o Options) (*runfile.Run, error) {
	j, err := p.Compile()
	if err != nil {
		return nil, err
	}
	return j.Drive(ctx, o)
}

// Drive drives the job and returns what was measured. Cancelling ctx ends it early: no new request is sent, answers
// are awaited for a second, and the run that is returned says that it was interrupted. An error without a run means
// that the plan cannot be driven.
func (j *Job) Drive(ctx context.Context, o Options) (*runfile.Run, error) {
	return j.drive(ctx, o, time.Now)
}

// drive is Drive with the clock that tells the date.
func (j *Job) drive(ctx context.Context, o Options, wall func() time.Time) (*runfile.Run, error) {
	r, err := j.recording()
	if err != nil {
		return nil, err
	}
	r.pair, r.lookup = o.pair, o.lookup
	if r.pair != nil && r.versions != nil {
		r.versions.in(r.pair.round, j.mix)
		r.mix = r.versions.mix
	}
	send, err := r.engine(ctx)
	if err != nil {
		return nil, err
	}
	if r.origin, err = r.originLoad(ctx); err != nil {
		return nil, err
	}
	defer r.origin.close()
	defer r.limitMemory()()

	r.environment = usage.ReadEnvironment()
	r.environment.CPUs = o.Environment.CPUs
	r.environment.GeneratorCPUs = o.Environment.GeneratorCPUs
	r.environment.TargetCPUs = o.Environment.TargetCPUs
	r.environment.Notes = append(r.environment.Notes, o.Environment.Notes...)

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	sampler := usage.NewSampler(o.TargetPID)
	r.environment.Notes = append(r.environment.Notes, sampler.Lacking()...)
	w := &watch{recording: r, wall: wall, sampler: sampler, exit: o.TargetExit, stop: stop, progress: o.Progress}
	w.readCPU(0) // a run may be over before the watch has begun
	started := o.begin()
	w.epoch = started
	if r.versions != nil {
		r.versions.begin(started, o.Ledger)
	}
	profiled, err := r.profileTarget(ctx, started)
	if err != nil {
		return nil, err
	}
	counted := r.origin.follow(ctx, started, r.measuredFrom(), r.layout.length, r.judgesOrigin())
	watched := w.start()
	defer context.AfterFunc(ctx, func() { r.layout.interrupt(time.Since(started)) })()
	end, err := send(ctx, started)
	watched()
	if err != nil {
		counted(0)
		return nil, err
	}
	r.settle(&end)
	origin := counted(min(end.cut, r.layout.length))
	// All may be over before the profile is, and then nobody has read what its last phase used.
	w.readCPU(min(end.cut, r.layout.length))

	run := r.finish(end, sampler.Resources())
	run.Started = started.UTC()
	run.Profile = profiled(end.cut)
	run.TellOrigin(origin)
	run.TellCacheWarmUp()
	if w.exited {
		return run, fmt.Errorf("target %s: %w", j.Plan.Target.Name, ErrTargetExit)
	}
	return run, nil
}

// begin returns instant 0 of a run.
func (o *Options) begin() time.Time {
	if o.start != nil {
		return o.start()
	}
	return time.Now()
}

// engine returns the function that drives the recording's plan. All checks before the run have passed.
func (r *recording) engine(ctx context.Context) (send func(context.Context, time.Time) (ending, error), err error) {
	if r.plan.engine() == runfile.EngineWire {
		destinations, err := r.destinations(ctx)
		return func(ctx context.Context, epoch time.Time) (ending, error) { return r.runWire(ctx, epoch, destinations) }, err
	}
	pools, err := r.pools(ctx)
	return func(ctx context.Context, epoch time.Time) (ending, error) {
		return r.runHTTP(ctx, epoch, pools), nil
	}, err
}
