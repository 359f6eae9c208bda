package report

import (
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// readings tabulates how a spike, or else the phase of the highest rate, was taken.
func readings(subjects []subject) *page.Table {
	heading := "peak P99"
	if of := where(subjects); strings.HasPrefix(of, "in ") {
		heading = strings.TrimPrefix(strings.TrimPrefix(of, "in "), "the ") + ": peak P99"
	}
	t := &page.Table{Detail: page.Usual, Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Of: true, Plain: true}, {Spark: true}, {Title: heading, Rank: 2}, {Title: "peak backlog", Rank: 3},
		{Title: "failed", Rank: 4}, {Title: "recovery", Words: true, Rank: 1},
	}}
	recovers := false
	for _, s := range subjects {
		peak, atLeast := s.peakP99(s.focus)
		p99 := page.Words(absent)
		if peak > 0 {
			p99 = boundedCell(peak, atLeast)
		}
		backlog := countCell(s.focus.Backlog.Peak)
		if s.closed() {
			backlog = page.Words(absent)
		}
		recovers = recovers || s.focus.Recovery != nil
		lost := lostCell(s.focus.Requests)
		if lost.Mark != "" {
			t.Notes = footnotesOf(map[string]bool{lost.Mark: true})
		}
		// The digits of few rows need not stay in line: the mark stands in the text.
		lost.Text, lost.Mark = lost.Text+lost.Mark, ""
		t.Add(page.Words(s.label), page.Cell{}, p99, backlog, lost, page.Words(recovery(s.focus.Recovery)))
	}
	return t.Without(func(c page.Column) bool { return c.Title == "recovery" && !recovers })
}

// recovery writes the time to recover in a few words.
func recovery(r *runfile.Recovery) string {
	switch {
	case r == nil:
		return absent
	case r.State == runfile.Recovered && r.AfterNS <= atOnce:
		return "at once"
	case r.State == runfile.Recovered:
		return "after " + Span(r.AfterNS)
	case r.State == runfile.NotRecovered:
		return "not in " + Span(r.AfterNS)
	}
	return name(string(r.State))
}
