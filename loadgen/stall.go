package loadgen

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

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
