package loadgen

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/pprof"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// maxProfiled bounds the CPU profile: what a long phase does shows in half a minute.
const maxProfiled = 30 * time.Second

// profiledPhase returns the phase of which a CPU profile tells most: the first spike, or else the last hold, or else the
// last phase that is no warm-up, or the last.
func profiledPhase(phases []profiles.Phase) int {
	best, rank := len(phases)-1, 0
	for i, p := range phases {
		r := 1
		switch {
		case p.Kind == profiles.Spike && rank < 3:
			r = 3
		case p.Kind == profiles.Hold:
			r = 2
		case p.Kind == profiles.Warmup || p.Kind == profiles.Spike:
			continue
		}
		if r >= rank {
			best, rank = i, r
		}
	}
	return best
}

// profileTarget begins to pull the plan's profiles, in a goroutine that waits for its phase. The function that it returns
// is called when nothing is sent any more, with the instant at which the profile of the load ended; it pulls the rest, ends
// the goroutine and returns what there is, or nil where no profile was asked for.
func (r *recording) profileTarget(ctx context.Context, epoch time.Time) (finish func(cut time.Duration) *runfile.TargetProfile, err error) {
	if r.plan.ProfileURL == "" {
		return func(time.Duration) *runfile.TargetProfile { return nil }, nil
	}
	client, err := pprof.New(r.plan.ProfileURL, r.tls)
	if err != nil {
		return nil, err
	}
	phase := profiledPhase(r.plan.Profile.Phases)
	start, end := r.layout.spans[phase].Start, r.layout.spans[phase].End
	seconds := int(max(time.Second, min(end-start, maxProfiled)) / time.Second)
	p := &runfile.TargetProfile{
		Phase: r.plan.Profile.Phases[phase].Name, StartNS: start, DurationNS: time.Duration(seconds) * time.Second,
	}
	during, giveUp := context.WithCancel(ctx)
	var cpu []byte
	var failure error
	done := make(chan struct{})
	go func() {
		defer close(done)
		timer := time.NewTimer(time.Until(epoch.Add(start)))
		defer timer.Stop()
		select {
		case <-timer.C:
			cpu, failure = client.Fetch(during, pprof.CPU, seconds)
		case <-during.Done():
		}
	}()
	return func(cut time.Duration) *runfile.TargetProfile {
		defer client.Close()
		defer giveUp()
		early := ctx.Err() != nil || cut < min(start+p.DurationNS, end)
		if early {
			giveUp()
		}
		<-done
		switch {
		case early && cpu == nil && (failure == nil || errors.Is(failure, context.Canceled)):
			p.Problems = []string{"the run ended before the target's CPU profile did"}
		case failure != nil:
			p.Problems = []string{failure.Error()}
		default:
			readProfiles(ctx, client, cpu, p)
		}
		return p
	}, nil
}

// readProfiles says what is in the CPU profile and pulls the others, where the run was not ended early. A target that has no
// profile of its CPU is not asked for others: one sentence on that is enough.
func readProfiles(ctx context.Context, client *pprof.Client, cpu []byte, p *runfile.TargetProfile) {
	var err error
	if p.CPU, err = pprof.Summarise(pprof.CPU, cpu); err != nil {
		p.Problems = []string{fmt.Sprintf("what the target sent as its CPU profile cannot be read: %v", err)}
		return
	}
	for kind, summary := range map[pprof.Kind]**pprof.Summary{pprof.Mutex: &p.Mutex, pprof.Heap: &p.Heap} {
		if ctx.Err() != nil {
			return
		}
		data, err := client.Fetch(ctx, kind, 0)
		if err == nil {
			*summary, err = pprof.Summarise(kind, data)
		}
		if err != nil {
			p.Problems = append(p.Problems, fmt.Sprintf("no %s profile: %v", kind, err))
		}
	}
}
