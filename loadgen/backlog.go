package loadgen

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/journey"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// The bounds of a backlog's growth.
const (
	backlogShare    = 0.01 // as a share of the phase's length
	backlogSigma    = 4    // of requests, in standard deviations of one second's arrivals
	trendConfidence = runfile.RisingLevel
	trendSeconds    = 5 // with fewer of them not even a steady rise is beyond chance: 1/4! is above 0.01
	settling        = 3 // at most one part in so many of a phase passes before its backlog is judged
)

// behind returns a backlog as a time: the shortest time back from an instant in which as many requests fell due as are
// unfinished. For a service without a queue it is the service time, at any rate.
func behind(s *profiles.Schedule, at time.Duration, unfinished uint64) time.Duration {
	due := s.Count(at)
	if unfinished = min(unfinished, due); unfinished == 0 {
		return 0
	}
	return at - s.At(due-unfinished)
}

// backlogTrend is how the backlog of a phase of the open model went.
type backlogTrend struct {
	runfile.Backlog
	from, to time.Duration // as a time, at the phase's bounds
	seconds  []float64     // as a time in s, at full seconds of the phase
	length   time.Duration // of the phase
	service  time.Duration // P99 of what does not queue: a backlog as long as that is no queue
	perSec   float64       // requests due in a second, on average
	within   time.Duration // how exactly a backlog is known as a time
}

// trendOf returns how the backlog of a phase went. From an empty start the number of unfinished requests grows for one service
// time, so those seconds are left out. The service time is the baseline phase's, if there is one.
func (r *recording) trendOf(p *runfile.Phase, run *runfile.Run) backlogTrend {
	end := p.StartNS + p.DurationNS
	b := backlogTrend{
		Backlog: p.Backlog, length: p.DurationNS, service: p.ServiceTime.P99NS, perSec: p.Offered.Rate,
		from: r.behind(p.StartNS, p.Backlog.Start), to: r.behind(end, p.Backlog.End),
	}
	if r.mix.Journeys != nil {
		b.within = journey.Beat
	}
	settled := p.StartNS + min(b.service, p.DurationNS/settling)
	if usual, known := baselineP99(run.Phases); known {
		b.service = min(b.service, usual)
	}
	var early int
	for _, s := range run.Intervals {
		if at := s.StartNS + time.Second; at > p.StartNS && at <= end {
			b.seconds = append(b.seconds, r.behind(at, s.Backlog).Seconds())
			if at < settled {
				early++
			}
		}
	}
	b.seconds = b.seconds[max(0, min(early, len(b.seconds)-trendSeconds)):]
	return b
}

// long reports whether the phase is long enough to tell a trend from chance.
func (b *backlogTrend) long() bool { return len(b.seconds) >= trendSeconds }

// more reports whether the backlog has more requests at the end than at the start, by more than chance.
func (b *backlogTrend) more() bool {
	return b.End > b.Start && float64(b.End-b.Start) > backlogSigma*math.Sqrt(b.perSec)
}

// growth is the growth of the backlog as a time.
func (b *backlogTrend) growth() time.Duration {
	if b.long() {
		return time.Duration((b.seconds[len(b.seconds)-1] - b.seconds[0]) * float64(time.Second))
	}
	return b.to - b.from
}

// grew returns what tells that the backlog grew, or false. It tests the trend over the seconds. A phase too short for that test
// counts as grown if the growth exceeds the requests that a service without a queue has in progress.
func (b *backlogTrend) grew() (evidence string, grew bool) {
	growth := b.growth()
	if b.End <= b.Start || float64(growth) <= backlogShare*float64(b.length) {
		return "", false
	}
	by := units.Count(b.End - b.Start)
	if b.long() {
		p := runfile.Rising(b.seconds)
		return fmt.Sprintf("the backlog grew by %s requests and rose second by second (p %.2g)", by, p), p < trendConfidence
	}
	return fmt.Sprintf("the backlog grew by %s requests, by as many as fell due in %s, and the usual service P99 is %s", by, units.Precise(growth), units.Precise(b.service)),
		b.more() && growth > b.service+b.within
}

// words says how a backlog went that did not grow.
func (b *backlogTrend) words() string {
	switch {
	case !b.more():
		return "the backlog did not grow"
	case float64(b.growth()) <= backlogShare*float64(b.length):
		return fmt.Sprintf("the backlog stayed at what falls due in %s", units.Precise(b.to))
	case b.long():
		return fmt.Sprintf("the backlog came to what falls due in %s, without a trend", units.Precise(b.to))
	default:
		return fmt.Sprintf("the backlog came to what falls due in %s, within the usual service P99 of %s", units.Precise(b.to), units.Precise(b.service))
	}
}
