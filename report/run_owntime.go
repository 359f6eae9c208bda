package report

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
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
	if t == nil || t.Undisturbed.Count == 0 || p99.thin(&t.Undisturbed) || !s.Delivered() || s.waitedForBench() {
		return nil
	}
	return &t.Undisturbed
}

// waitedForBench reports whether bench had no processor left to send and to read with, or did not send for so long, that what waited in
// the focus may have waited for it.
func (s subject) waitedForBench() bool {
	clock := s.focusClock()
	if d := s.Disturbances; d != nil && float64(d.LateNS) >= heldShare*float64(clock) {
		return true
	}
	cpu := s.focus.CPU.Generator
	return cpu != nil && float64(*cpu) >= busyShare*float64(clock)*float64(s.Environment.GeneratorProcessors())
}

// kept reports whether the service kept up with its load, as far as the target's own time tells where bench was late.
func (s subject) kept() bool {
	return s.outcome() == carried || s.outcome() == answered && !s.overrun() && s.lost() < failingShare
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
		of = " of " + units.Rate(s.rate(s.focus))
	}
	text := fmt.Sprintf("answered %s%s with P99 at %s of its own time", units.Rate(s.focus.Served().Rate), of, d.Quantile(0.99))
	if failed := unanswered(s.focus.Requests); failed > 0 {
		text += fmt.Sprintf(", and left %s of the requests without success", units.Share(lost(s.focus)))
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
	return fmt.Sprintf("%s of %s%s, which were left out", units.Percent(float64(p.Disturbed)/float64(max(p.Requests.Due, 1))), requests, in)
}

// leftOutOf says for which requests of the subjects bench was late, a sentence each, to follow another.
func leftOutOf(subjects ...subject) (text string) {
	for _, s := range subjects {
		if s.outcome() == answered {
			text += " For " + s.label + ", bench was late for " + s.lateShare("the requests") + "."
		}
	}
	return text
}

// apartShare is by how much response time and target time differ where both are shown.
const apartShare = 0.02

// targetTimeTable puts the target's own time beside the response time where bench's own lateness makes them differ: what the
// table of phases shows is then not the target's doing alone.
func targetTimeTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Usual, Columns: []page.Column{
		{Title: where(subjects), Words: true, Names: true, Stub: true}, {Words: true}, {Title: "P50"}, {Title: "P95"}, {Title: "P99"}, {Title: "left out"},
	}}
	for _, s := range subjects {
		f := s.focus
		if !ownLateness(f) {
			continue
		}
		label := s.label
		if len(subjects) == 1 {
			label = ""
		}
		r, u := &f.ResponseTime, &f.TargetTime.Undisturbed
		t.Add(page.Words(label), page.Words("response, bench's own lateness in it"), figureCell(r.Quantile(0.50)),
			figureCell(r.Quantile(0.95)), figureCell(r.Quantile(0.99)))
		t.Add(page.Words(label), page.Words("the target's own time"), figureCell(u.Quantile(0.50)),
			figureCell(u.Quantile(0.95)), figureCell(u.Quantile(0.99)), leftOut(f))
	}
	return t
}

// ownLateness reports whether a percentile of the response times is not the target's own.
func ownLateness(p *runfile.Phase) bool {
	if p.TargetTime == nil || p.TargetTime.Undisturbed.Count == 0 {
		return false
	}
	r, u := &p.ResponseTime, &p.TargetTime.Undisturbed
	for _, pair := range [][2]time.Duration{{r.P50NS, u.P50NS}, {r.P95NS, u.P95NS}, {r.P99NS, u.P99NS}} {
		if (pair[0] - pair[1]).Abs().Seconds() > apartShare*pair[1].Seconds() {
			return true
		}
	}
	return false
}

// leftOut is the share of the requests that the target's own time leaves out, as bench's lateness touched them.
func leftOut(p *runfile.Phase) page.Cell {
	if p.Disturbed == 0 {
		return page.Cell{}
	}
	return shareCell(float64(p.Disturbed) / float64(max(p.Requests.Due, 1)))
}

// toldShare is the share of disturbed requests from which on it is told without being asked for.
const toldShare = 0.01

// disturbances says how often bench itself could have sent and did not, and what is known of why.
func disturbances(subjects []subject, o Options) (texts []page.Block) {
	for _, s := range subjects {
		d := s.Disturbances
		if d == nil || d.Count == 0 {
			continue
		}
		share := float64(s.Overall.Disturbed) / float64(max(s.Overall.Requests.Due, 1))
		if share < toldShare && !o.Verbose {
			continue
		}
		text := fmt.Sprintf("bench could have sent and did not %s, for %s in all: that touched %s of the requests, whose target times decide nothing",
			plural(d.Count, "time"), units.Span(d.LateNS), units.Percent(share))
		if d.UnexplainedNS > 0 {
			text += fmt.Sprintf("; this machine paused for %s of it, and nothing in it explains that", units.Span(d.UnexplainedNS))
		}
		if len(subjects) > 1 {
			text = s.label + ": " + text
		}
		texts = append(texts, page.Text{Label: "late", Text: text, Detail: page.Usual})
	}
	return texts
}
