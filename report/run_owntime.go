package report

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Bounds beyond which the target's own time is no longer told apart from bench's doing.
const (
	busyShare = 0.95 // of its processors that bench uses: answers lie unread then, and keep their slots
	heldShare = 0.25 // of the focus in which bench could have sent and did not: its requests fill the slots then
)

// ownTime returns the target's own time of the undisturbed requests of the focus; nil where it was not measured, fewer than ten of
// them lie beyond its P99, bench did not send what it was to send, or a queue may be bench's own.
func (s subject) ownTime() *runfile.Dist {
	t := s.focus.TargetTime
	p99 := percentile{quantile: 0.99}
	if t == nil || t.Undisturbed.Count == 0 || p99.thin(&t.Undisturbed) || !s.Delivered() || s.heldBack() {
		return nil
	}
	return &t.Undisturbed
}

// heldBack reports whether bench had no processor left to send and to read with, or did not send for so long, that what waited in
// the focus may have waited for it.
func (s subject) heldBack() bool {
	clock := s.focusClock()
	if d := s.Disturbances; d != nil && float64(d.LateNS) >= heldShare*float64(clock) {
		return true
	}
	cpu := s.focus.CPU.Generator
	return cpu != nil && float64(*cpu) >= busyShare*float64(clock)*float64(s.Environment.GeneratorProcessors())
}

// kept reports whether the service kept up with its load, as far as the target's own time tells where bench was late.
func (s subject) kept() bool {
	return s.outcome() == carried || s.outcome() == answered && !s.overrun() && lost(s.focus) < failingShare
}

// overrun reports whether requests came faster than the service finished them.
func (s subject) overrun() bool {
	return s.outcome() == overloaded || s.outcome() == answered && (s.focus.Backlog.Grew || s.focus.Verdict.Kind == runfile.TargetLimited)
}

// ownAnswer says what the service did by its own time, to follow its name, and what was left out of that.
func (s subject) ownAnswer() string {
	d := s.ownTime()
	of := ""
	if s.overrun() {
		of = " of " + Rate(s.rate(s.focus))
	}
	text := fmt.Sprintf("answered %s%s with P99 at %s of its own time", Rate(s.focus.Served().Rate), of, figure(d, "p99_ns", d.P99NS))
	if failed := unanswered(s.focus.Requests); failed > 0 {
		text += fmt.Sprintf(", and left %s of the requests without success", Share(lost(s.focus)))
	}
	return text + "; bench was late for " + s.lateShare("the requests")
}

// lateShare says for which of the requests bench was late, in the phase that the verdict comes from, and that they do not count.
func (s subject) lateShare(requests string) string {
	p := s.deciding()
	in := ""
	if p != s.focus {
		in = " in " + phaseName(p)
	}
	if p.Disturbed == 0 {
		return fmt.Sprintf("some of %s%s, and its own lateness is left out", requests, in)
	}
	return fmt.Sprintf("%s of %s%s, which were left out", Percent(float64(p.Disturbed)/float64(max(p.Requests.Due, 1))), requests, in)
}

// leftOutOf says for which requests of the subjects bench was late, a sentence each, to follow another.
func leftOutOf(subjects ...subject) (text string) {
	for _, s := range subjects {
		if s.outcome() == answered {
			text += " For " + s.label + " bench was late for " + s.lateShare("the requests") + "."
		}
	}
	return text
}
