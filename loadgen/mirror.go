package loadgen

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Mirror drives two jobs at once from one instant on: request k of both is the same request and is due at the same time
// at each target. The answers are compared by the rules, of which there are at most [runfile.MaxDiffRules]. Both plans have the same
// profile and seed, in the open model. Both targets, and the load on both, share the machine: what one of them costs is in
// the other's latencies. Options are those of A and of B. An error without a result means that a plan cannot be driven.
func Mirror(ctx context.Context, a, b *Job, rules []DiffRule, options [2]Options) (*runfile.Mirrored, error) {
	switch {
	case a.Plan.Closed != nil || b.Plan.Closed != nil:
		return nil, errors.New("in the closed model requests are due when answers came: there is nothing to mirror")
	case len(a.Plan.Journeys) > 0 || len(b.Plan.Journeys) > 0:
		return nil, errors.New("when the steps of journeys are due is each target's doing: there is nothing to mirror")
	case len(rules) == 0 || len(rules) > runfile.MaxDiffRules:
		return nil, errors.New("answers are compared by 1 to 8 rules")
	}
	pairing := newPairing(rules, warmUpOf(a.Plan.Profile))
	// A loop of the wire engine keeps its processor while it waits; one more is left for all else.
	if loops := a.Plan.Wire.Loops + b.Plan.Wire.Loops; runtime.GOMAXPROCS(0) <= loops {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(loops + 1))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready := newMeeting(2)
	var runs [2]*runfile.Run
	var errs [2]error
	var driving sync.WaitGroup
	for i, job := range []*Job{a, b} {
		o := options[i]
		o.pair = &pairSide{pairing, i}
		o.start = func() time.Time { return ready.wait(ctx) }
		driving.Go(func() {
			runs[i], errs[i] = job.Drive(ctx, o)
			if runs[i] == nil {
				cancel() // or the other would wait for this one for ever
			}
		})
	}
	driving.Wait()
	err := errors.Join(errs[0], errs[1])
	if runs[0] == nil || runs[1] == nil {
		return nil, err
	}
	due := max(runs[0].Overall.Requests.Due, runs[1].Overall.Requests.Due)
	return &runfile.Mirrored{A: runs[0], B: runs[1], Pairs: pairing.result(due)}, err
}

// warmUpOf returns how long a profile warms up at its beginning.
func warmUpOf(p profiles.Profile) (length time.Duration) {
	for _, phase := range p.Phases {
		if phase.Kind != profiles.Warmup {
			break
		}
		length += phase.Duration
	}
	return length
}

// meeting lets goroutines go on together, at one instant.
type meeting struct {
	mu      sync.Mutex
	missing int
	began   time.Time
	all     chan struct{}
}

func newMeeting(n int) *meeting { return &meeting{missing: n, all: make(chan struct{})} }

// wait returns, when all are there, the instant at which that was so; when ctx is over, the present.
func (m *meeting) wait(ctx context.Context) time.Time {
	m.mu.Lock()
	if m.missing--; m.missing == 0 {
		m.began = time.Now()
		close(m.all)
	}
	m.mu.Unlock()
	select {
	case <-m.all:
		return m.began
	case <-ctx.Done():
		return time.Now()
	}
}
