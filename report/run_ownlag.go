package report

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

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
		t.Add(page.Words(label), page.Words("response, bench's own lateness in it"), durationCell(r, "p50_ns", r.P50NS),
			durationCell(r, "p95_ns", r.P95NS), durationCell(r, "p99_ns", r.P99NS))
		t.Add(page.Words(label), page.Words("the target's own time"), durationCell(u, "p50_ns", u.P50NS),
			durationCell(u, "p95_ns", u.P95NS), durationCell(u, "p99_ns", u.P99NS), leftOut(f))
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
			plural(d.Count, "time"), Span(d.LateNS), Percent(share))
		if d.UnexplainedNS > 0 {
			text += fmt.Sprintf("; this machine paused for %s of it, and nothing in it explains that", Span(d.UnexplainedNS))
		}
		if len(subjects) > 1 {
			text = s.label + ": " + text
		}
		texts = append(texts, page.Text{Label: "late", Text: text, Detail: page.Usual})
	}
	return texts
}
