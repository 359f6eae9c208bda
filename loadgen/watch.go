package loadgen

import (
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/usage"
)

// watch follows a run while it goes on: the processor use at the phases' bounds, the resources and the counts once a
// second. It is two goroutines.
type watch struct {
	*recording
	sampler  *usage.Sampler
	epoch    time.Time
	wall     func() time.Time       // tells the date
	exit     <-chan struct{}        // closed when the target's process has ended
	stop     func()                 // ends the run
	progress func(runfile.Progress) // nil: nobody looks
	exited   bool
	before   seen
}

// settle is how long after a full second it is looked at: a shard hands over what it counted in a second with the first
// sample of the next.
const settle = 50 * time.Millisecond

// seen is what had been counted a second ago.
type seen struct{ due, sent, returned, ok, ended uint64 }

// start begins to watch. The function that it returns ends that, and returns when it has ended.
func (w *watch) start() (end func()) {
	over := make(chan struct{})
	var watching sync.WaitGroup
	pulse := pulse{usage: usage.OwnUsage}
	if w.plan.Closed != nil && w.plan.engine() == runfile.EngineHTTP {
		pulse.lateness = &w.shards[0].lateness
	}
	clock := newWallClock(w.wall, w.epoch)
	watching.Go(func() { pulse.follow(w.epoch, over) }) // never in the background, where it would stand still while bench is busy
	watching.Go(func() {
		usage.Background()
		w.follow(over, clock)
	})
	return func() {
		close(over)
		watching.Wait()
		w.pauses = pulse.pauses
	}
}

func (w *watch) follow(over <-chan struct{}, clock *wallClock) {
	var bounds []time.Duration
	for _, s := range w.layout.spans {
		bounds = append(bounds, s.End)
	}
	exit := w.exit
	for second := time.Second; ; {
		at := second
		if len(bounds) > 0 {
			at = min(at, bounds[0])
		}
		wake := at
		if at == second {
			wake += settle
		}
		timer := time.NewTimer(time.Until(w.epoch.Add(wake)))
		select {
		case <-timer.C:
		case <-exit:
			timer.Stop()
			exit = nil
			w.targetExited()
			continue
		case <-over:
			timer.Stop()
			return
		}
		if len(bounds) > 0 && at == bounds[0] {
			bounds = bounds[1:]
			w.readCPU(at)
		}
		if at == second {
			w.sampler.Sample(time.Since(w.epoch))
			w.tick(at)
			if e, was := clock.step(); was {
				w.events = append(w.events, e)
			}
			if w.aborted {
				w.stop()
			}
			if w.progress != nil {
				w.progress(w.state(at))
			}
			// A host that took the processor away for seconds leaves ticks behind; they are not made up for.
			second = max(second, time.Since(w.epoch).Truncate(time.Second)) + time.Second
		}
	}
}

func (w *watch) readCPU(at time.Duration) {
	reading := cpuReading{at: at}
	if total, ok := w.sampler.GeneratorCPU(); ok {
		reading.generator = &total
	}
	if total, ok := w.sampler.TargetCPU(); ok {
		reading.target = &total
	}
	w.readings = append(w.readings, reading)
}

func (w *watch) targetExited() {
	w.exited = true
	w.events = append(w.events, runfile.Event{
		Kind: runfile.EventExit, AtNS: time.Since(w.epoch), Text: "the target's process ended during the run",
	})
	w.stop()
}

// state describes the run at a full second.
func (w *watch) state(at time.Duration) runfile.Progress {
	p := runfile.Progress{
		Target: w.plan.Target.Name, Elapsed: at, Total: w.layout.length, Draining: at >= w.layout.length,
		P50: w.timeline.recent.Quantile(0.50), P95: w.timeline.recent.Quantile(0.95), P99: w.timeline.recent.Quantile(0.99),
		Samples: w.timeline.recent.Count(),
	}
	phase := w.layout.phaseAt(at)
	span := w.layout.spans[phase]
	p.Phase, p.Kind = w.plan.Profile.Phases[phase].Name, string(w.plan.Profile.Phases[phase].Kind)
	p.PhaseElapsed, p.PhaseDuration = min(at, span.End)-span.Start, span.End-span.Start

	var now seen
	for _, s := range w.shards {
		now.sent += s.sent.Load()
		now.returned += s.returned.Load()
		now.ok += s.ok.Load()
		p.Failed += s.failed.Load()
		now.ended += s.ended.Load()
	}
	now.due = w.timeline.dueTotal
	if w.schedule == nil {
		now.due = now.sent
	}
	p.Offered = float64(now.due - w.before.due)
	p.Achieved = float64(now.ok - w.before.ok)
	// The counters are read one after the other while they grow, so differences may come out below zero.
	p.InFlight = now.sent - min(now.returned, now.sent)
	p.Waiting = now.due - min(now.sent+now.ended-now.returned, now.due)
	w.before = now
	if w.schedule == nil {
		p.Most, p.Sent = w.plan.Limits.Requests, now.sent
	}
	return p
}
