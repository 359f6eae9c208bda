package loadgen

import (
	"math"
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
	sampled  time.Duration // when the sampler last read
	told     told
}

// settle is how long after a full second it is looked at: a shard hands over what it counted in a second with the first
// sample of the next.
const settle = 50 * time.Millisecond

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
	w.told.generator, w.told.target = w.sampler.Used()
	tell := time.Duration(math.MaxInt64)
	for second := time.Second; ; {
		at := second
		if len(bounds) > 0 {
			at = min(at, bounds[0])
		}
		wake := at
		if at == second {
			wake += settle
		}
		telling := tell < wake
		if telling {
			wake = tell
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
		if telling {
			tell = math.MaxInt64
			w.ask(false)
			w.timeline.collect(w.shards)
			w.progress(w.state(time.Since(w.epoch)))
			continue
		}
		if len(bounds) > 0 && at == bounds[0] {
			bounds = bounds[1:]
			w.readCPU(at)
		}
		if at == second {
			w.sampled = time.Since(w.epoch)
			w.sampler.Sample(w.sampled)
			w.tick(at)
			if e, was := clock.step(); was {
				w.events = append(w.events, e)
			}
			if w.aborted {
				w.stop()
			}
			if w.progress != nil {
				tell = at + tellAfter
				w.ask(true)
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
