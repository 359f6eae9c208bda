package loadgen

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

const (
	pulseEvery = 50 * time.Millisecond
	// minPause is how long bench must not have run to be called stopped, and idleShare how little of the processor it used
	// meanwhile: a bench that is merely busy uses it.
	minPause  = 500 * time.Millisecond
	idleShare = 0.1
	// pausedShare is how much of a phase may be lost so before its percentiles are bench's own.
	pausedShare = 0.01
)

// pulse notices the times in which this process did not run at all: stopped by a signal, or its machine was.
type pulse struct {
	usage  func() (cpu time.Duration, switches uint64, ok bool)
	last   time.Duration
	cpu    time.Duration
	known  bool
	pauses []silenceSpan

	lateness *punctuality // of an engine that cannot tell itself when it did not run; nil: it can
}

// beat is called again and again as long as the process runs.
func (p *pulse) beat(now time.Duration) {
	cpu, _, ok := p.usage()
	gap, used := now-p.last, cpu-p.cpu
	if ok && p.known && gap >= minPause && float64(used) < idleShare*float64(gap) {
		p.pauses = append(p.pauses, silenceSpan{p.last, now})
		if p.lateness != nil {
			p.lateness.tell(lateSpan{p.last, now, gap})
		}
	}
	if p.lateness != nil {
		p.lateness.cleared(now)
	}
	p.last, p.cpu, p.known = now, cpu, ok
}

func (p *pulse) follow(epoch time.Time, over <-chan struct{}) {
	ticker := time.NewTicker(pulseEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.beat(time.Since(epoch))
		case <-over:
			return
		}
	}
}

func pauseEvents(pauses []silenceSpan) []runfile.Event {
	var events []runfile.Event
	for _, p := range pauses {
		events = append(events, runfile.Event{Kind: runfile.EventPause, AtNS: p.from, DurationNS: p.to - p.from, Text: fmt.Sprintf(
			"bench itself did not run for %s: it was stopped, or its machine was", units.Precise(p.to-p.from))})
	}
	return events
}

// overlap returns how much of [from, to) the spans cover.
func overlap(spans []silenceSpan, from, to time.Duration) (sum time.Duration) {
	for _, s := range spans {
		sum += max(0, min(s.to, to)-max(s.from, from))
	}
	return sum
}

// The bounds of the stall rule: how long a silence must be at least, and how many times the usual service P99.
const (
	minStall    = 100 * time.Millisecond
	stallFactor = 10
)

// stalls returns the silences that were stalls: longer than 100 ms and than ten times the service P99 of the baseline
// phase or, in a profile without one, the median of the one-second service P99s before it. A silence before anything
// was measured cannot be judged and does not count, and while bench itself did not run nothing could be received.
func stalls(silences, pauses []silenceSpan, phases []runfile.Phase, intervals []runfile.Interval) []runfile.Event {
	var events []runfile.Event
	for _, q := range silences {
		usual, known := baselineP99(phases)
		if !known {
			usual, known = medianP99(intervals, q.from)
		}
		length := q.to - q.from - overlap(pauses, q.from, q.to)
		if !known || length <= max(minStall, stallFactor*usual) {
			continue
		}
		events = append(events, runfile.Event{
			Kind: runfile.EventStall, AtNS: q.from, DurationNS: length,
			Text: fmt.Sprintf("nothing was received for %s though requests were outstanding (usual service P99 %s)", units.Precise(length), units.Precise(usual)),
		})
	}
	slices.SortFunc(events, func(a, b runfile.Event) int { return int(a.AtNS - b.AtNS) })
	return events
}

func baselineP99(phases []runfile.Phase) (time.Duration, bool) {
	for i := range phases {
		if phases[i].Kind == profiles.Baseline && phases[i].ServiceTime.Count > 0 {
			return phases[i].ServiceTime.P99NS, true
		}
	}
	return 0, false
}

func medianP99(intervals []runfile.Interval, before time.Duration) (time.Duration, bool) {
	var values []time.Duration
	for _, i := range intervals {
		if i.StartNS+time.Second <= before && i.ServiceTime.Count > 0 {
			values = append(values, i.ServiceTime.P99NS)
		}
	}
	if len(values) == 0 {
		return 0, false
	}
	slices.Sort(values)
	return values[len(values)/2], true
}
