package live

import (
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// plainEvery is how much of a run lies between two plain lines.
const plainEvery = 5 * time.Second

// plain writes a line every few seconds of a run.
type plain struct {
	w      io.Writer
	target string // the target of the last line
	next   time.Duration
	drain  bool // the line of the drain was written
}

func (l *plain) update(p *runfile.Progress) {
	if p.Target != l.target {
		l.target, l.next, l.drain = p.Target, plainEvery, false
	}
	switch {
	case p.Draining && !l.drain:
		l.drain = true
	case !p.Draining && p.Elapsed >= l.next:
	default:
		return
	}
	l.next = (p.Elapsed/plainEvery + 1) * plainEvery
	fmt.Fprintln(l.w, plainLine(p))
}

// plainLine is the whole state in one line for a log.
func plainLine(p *runfile.Progress) string {
	latency := "nothing finished in the last second"
	if last := p.Last(); last.Samples > 0 {
		latency = fmt.Sprintf("P50 %s, P95 %s, P99 %s", last.P50, last.P95, last.P99)
	}
	return page.Clean(fmt.Sprintf("%s: %s, %s: %s → %s, %s, %s, %s failed", name(p.Target), phase(p), done(p),
		units.Rate(p.Offered), units.Rate(p.Achieved), latency, openOnes(p), units.Count(p.Failed)), 1<<10)
}

// name bounds a name that may be anybody's.
func name(s string) string { return page.Clean(s, 24) }

func phase(p *runfile.Progress) string {
	if p.Draining {
		return "waiting for the last answers"
	}
	if p.Most > 0 { // then the phase ends sooner than it may
		return fmt.Sprintf("%s %s s", name(p.Phase), clock(p.PhaseElapsed))
	}
	return fmt.Sprintf("%s %s s of %s", name(p.Phase), clock(p.PhaseElapsed), clock(p.PhaseDuration))
}

// done says how much of the run is over.
func done(p *runfile.Progress) string {
	if p.Most > 0 {
		return units.Count(p.Sent) + " of " + units.Count(p.Most) + " requests"
	}
	return clock(p.Elapsed) + " of " + clock(p.Total) + " s"
}

// clock writes whole seconds, without the unit that a line gives once for two of them.
func clock(d time.Duration) string { return units.Count(uint64(max(d, 0) / time.Second)) }
