package report

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// apartShare is by how much response time and target time differ where both are shown.
const apartShare = 0.02

// writeTargetTime puts the target's own time beside the response time where bench's own lateness makes them differ: what the
// table of phases shows is then not the target's doing alone.
func writeTargetTime(p *oldPage, subjects []subject, _ Options) error {
	t := &table{columns: []column{
		{title: where(subjects), left: true}, {title: "", left: true}, {title: "P50"}, {title: "P95"}, {title: "P99"}, {title: "left out"},
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
		t.row(label, "response, bench's own lateness in it", figure(r, "p50_ns", r.P50NS), figure(r, "p95_ns", r.P95NS), figure(r, "p99_ns", r.P99NS), "")
		t.row("", "the target's own time", figure(u, "p50_ns", u.P50NS), figure(u, "p95_ns", u.P95NS), figure(u, "p99_ns", u.P99NS), leftOut(f))
	}
	return p.table(t)
}

// ownLateness reports whether a percentile of the response times is not the target's own.
func ownLateness(p *loadgen.Phase) bool {
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
func leftOut(p *loadgen.Phase) string {
	if p.Disturbed == 0 {
		return ""
	}
	return Percent(float64(p.Disturbed) / float64(max(p.Requests.Due, 1)))
}

// toldShare is the share of disturbed requests from which on it is told without being asked for.
const toldShare = 0.01

// writeDisturbances says how often bench itself could have sent and did not, and what is known of why.
func writeDisturbances(p *oldPage, subjects []subject, o Options) error {
	b := &block{page: p, label: "late"}
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
		b.row(text, 0)
	}
	return nil
}
