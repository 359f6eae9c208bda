package report

import (
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
)

// sketchColumn is the place of the sketch in the table of readings.
const sketchColumn = 1

// readings tabulates how a spike, or else the phase of the highest rate, was taken; the sketches are still to be filled
// in.
func readings(subjects []subject) *table {
	heading := "peak P99"
	if of := where(subjects); strings.HasPrefix(of, "in ") {
		heading = strings.TrimPrefix(strings.TrimPrefix(of, "in "), "the ") + ": peak P99"
	}
	t := &table{columns: []column{
		{left: true, hidden: len(subjects) == 1},
		{left: true},
		{title: heading, rank: 2},
		{title: "peak backlog", rank: 3},
		{title: "failed", rank: 4},
		{title: "recovery", left: true, rank: 1, hidden: true},
	}}
	for _, s := range subjects {
		peak, atLeast := s.peakP99(s.focus)
		p99 := absent
		if peak > 0 {
			p99 = bounded(peak, atLeast)
		}
		backlog := some(s.focus.Backlog.Peak)
		if s.closed() {
			backlog = absent
		}
		if s.focus.Recovery != nil {
			t.columns[len(t.columns)-1].hidden = false
		}
		lost := lostCell(s.focus.Requests)
		t.row(s.label, "", p99, backlog, lost.figure+lost.mark, recovery(s.focus.Recovery))
	}
	return t
}

// recovery writes the time to recover in a few words.
func recovery(r *loadgen.Recovery) string {
	switch {
	case r == nil:
		return absent
	case r.State == loadgen.Recovered && r.AfterNS <= atOnce:
		return "at once"
	case r.State == loadgen.Recovered:
		return "after " + Span(r.AfterNS)
	case r.State == loadgen.NotRecovered:
		return "not in " + Span(r.AfterNS)
	}
	return name(string(r.State))
}
