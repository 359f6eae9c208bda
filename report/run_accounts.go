package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// accountsTable shows where every request went: due = succeeded + failed + unfinished + unsent.
func accountsTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "requests", Words: true, Names: true}, {Title: "planned"}, {Title: "due"}, {Title: "sent"}, {Title: "succeeded"},
		{Title: "failed"}, {Title: "unfinished"}, {Title: "unsent"}, {Title: "retried"},
	}}
	for _, s := range subjects {
		r := s.Requests
		cells := []page.Cell{page.Words(s.label)}
		for _, n := range []uint64{r.Planned, r.Due, r.Sent, r.Succeeded, r.Failed, r.Unfinished, r.Unsent, r.Retried} {
			cells = append(cells, numberCell(n))
		}
		t.Add(cells...)
	}
	return t
}

// partsOfPhases shows the parts of every phase's response times.
func partsOfPhases(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "P50 / P99", Words: true, Names: true, Stub: true}, {Words: true, Names: true}, {Title: "service"}, {Title: "first byte"},
		{Title: "wait"}, {Title: "lag"},
	}}
	for _, s := range subjects {
		for i := range s.Phases {
			f := &s.Phases[i]
			t.AddWords(s.label, name(f.Name), middleAndTail(&f.ServiceTime), middleAndTail(&f.FirstByte), middleAndTail(&f.Wait), middleAndTail(&f.Lag))
		}
	}
	return t
}

// transportTable shows what went over the connections in every phase.
func transportTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "connections", Words: true, Names: true, Stub: true}, {Words: true, Names: true}, {Title: "opened"}, {Title: "connect, P50 / P99"},
		{Title: "received"}, {Title: "sent"}, {Title: "backlog, start"}, {Title: "end"},
	}}
	for _, s := range subjects {
		for i := range s.Phases {
			f := &s.Phases[i]
			t.Add(page.Words(s.label), page.Words(name(f.Name)), countCell(f.Connect.Count), page.Words(connecting(f)), bytesCell(f.Bytes.In),
				bytesCell(f.Bytes.Out), countCell(f.Backlog.Start), countCell(f.Backlog.End))
		}
	}
	return t
}

// connecting writes how long connecting took, and the part of TLS where there is some.
func connecting(p *runfile.Phase) string {
	text := middleAndTail(&p.Connect)
	if p.Handshake.Count > 0 {
		text += " (TLS " + middleAndTail(&p.Handshake) + ")"
	}
	return text
}

// madeWith shows what the runs were made with, as far as the header does not.
func madeWith(subjects []subject) (blocks []page.Block) {
	seen := map[string]bool{}
	for _, s := range subjects {
		if text := page.Dotted(settingOf(s)); !seen[text] {
			seen[text] = true
			blocks = append(blocks, page.Text{Label: "made with", Text: text, Detail: page.Full})
		}
	}
	targets := page.List{Label: "targets", Detail: page.Full}
	for _, s := range subjects {
		if s.Target.URL != "" {
			targets.Items = append(targets.Items, page.Item{Text: fmt.Sprintf("%s at %s", s.label, page.Clean(s.Target.URL, 200))})
		}
	}
	return append(blocks, targets)
}

func settingOf(s subject) []string {
	e, plan := &s.Environment, &s.Plan
	system := strings.Trim(e.OS+"/"+e.Arch, "/")
	parts := []string{labelled("bench", e.Bench), page.Clean(e.Go, 24), page.Clean(system, 24), page.Clean(e.Kernel, 64)}
	if e.OpenFiles > 0 {
		parts = append(parts, "may open "+plural(e.OpenFiles, "file"))
	}
	if plan.Connections > 0 {
		parts = append(parts, "at most "+plural(uint64(plan.Connections), "connection"))
	}
	if plan.NoKeepAlive {
		parts = append(parts, "a new one for each request")
	}
	if plan.Requests > 0 {
		parts = append(parts, "at most "+plural(plan.Requests, "request"))
	}
	for _, limit := range []struct {
		name  string
		value time.Duration
	}{{"timeout", plan.TimeoutNS}, {"drain", plan.DrainNS}, {"deadline", plan.DeadlineNS}} {
		if limit.value > 0 {
			parts = append(parts, limit.name+" "+units.Span(limit.value))
		}
	}
	if e.CPUs != "" {
		parts = append(parts, "processors "+name(e.CPUs))
	}
	return parts
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + page.Clean(value, 40)
}

// partsTable says where the response time went. It takes means, since means add up and percentiles do not, and puts the
// median beside them: where few requests lie above the mean, a few slow ones made it.
func partsTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Usual, Columns: []page.Column{
		{Title: where(subjects), Words: true, Names: true},
		{Title: "response: P50", Rank: 1},
		{Title: "mean (above it)"},
		{Title: "=", Gap: 1},
		{Title: "waiting for a connection", Short: "waiting", Gap: 1},
		{Title: "+", Gap: 1},
		{Title: "bench's own lag", Short: "own lag", Gap: 1},
		{Title: "+", Gap: 1},
		{Title: "service", Gap: 1},
	}}
	for _, s := range subjects {
		f := s.focus
		if f.ResponseTime.Count == 0 {
			continue
		}
		whole, mark := mean(&f.ResponseTime), ""
		if !adds(f) {
			mark = partsMark
			t.Notes = footnotesOf(map[string]bool{partsMark: true})
		}
		whole.Text += mark + above(&f.ResponseTime)
		label := s.label
		if len(subjects) == 1 {
			label = ""
		}
		t.Add(page.Words(label), figureCell(f.ResponseTime.Quantile(0.50)), whole,
			page.Words("="), mean(&f.Wait), page.Words("+"), mean(&f.Lag), page.Words("+"), mean(&f.ServiceTime))
	}
	return t
}

func mean(d *runfile.Dist) page.Cell { return figureCell(d.Mean()) }

// above writes the share of requests above the mean; nothing where no histogram tells.
func above(d *runfile.Dist) string {
	share := d.ShareAbove(d.MeanNS)
	if share == 0 && d.MaxNS > d.MeanNS {
		return ""
	}
	return " (" + units.Percent(share) + ")"
}

// adds reports whether the means add up, as they do where every request has all three parts. Histograms of three digits
// are off by a thousandth each.
func adds(p *runfile.Phase) bool {
	sum := p.Wait.MeanNS + p.Lag.MeanNS + p.ServiceTime.MeanNS
	off := math.Abs(float64(sum) - float64(p.ResponseTime.MeanNS))
	return off <= 0.005*float64(p.ResponseTime.MeanNS)+float64(2*time.Microsecond)
}

// stampList says what the clock of the answers is worth, and what the network did.
func stampList(subjects []subject) page.List {
	b := page.List{Label: "timed by", Detail: page.Full}
	for _, s := range subjects {
		var parts []string
		if share, ok := stamped(s.Stamps); ok {
			parts = append(parts, "the kernel "+units.Percent(share)+" of the answers")
			if s.Overall.FirstByte.Count == 0 && s.Overall.ServiceTime.Count > 0 {
				parts = append(parts, "first byte not measured: longer answers were read late")
			}
		}
		if n := s.Network; n != nil && n.Samples > 0 {
			parts = append(parts,
				"round trip "+units.Duration(n.RoundTripSum/time.Duration(min(n.Samples, math.MaxInt64)))+" on average, "+units.Duration(n.RoundTripMax)+" at most",
				plural(n.Retransmitted, "segment")+" sent again")
		}
		if len(parts) > 0 {
			b.Items = append(b.Items, page.Item{Of: s.label, Text: page.Dotted(parts)})
		}
	}
	return b
}

// stamped returns the share of the answers whose arrival the kernel stamped.
func stamped(s *runfile.Stamps) (share float64, ok bool) {
	if s == nil || s.Kernel+s.User == 0 {
		return 0, false
	}
	return float64(s.Kernel) / (float64(s.Kernel) + float64(s.User)), true
}

// spokenOver says over what the requests went: of what is not HTTP/1.1 without TLS.
func spokenOver(list []runfile.ConnectionFigures) (parts []string) {
	for i := range list {
		f := &list[i]
		if f.TLS == "" && f.Protocol == "HTTP/1.1" {
			continue
		}
		text := protocolName(f) + fmt.Sprintf(" over %s", plural(f.Opened, "connection"))
		if f.TLS != "" {
			text += " with " + name(f.TLS)
		}
		if f.Resumed > 0 {
			text += " (" + units.Percent(float64(f.Resumed)/float64(f.Opened)) + " resumed)"
		}
		parts = append(parts, text)
	}
	return parts
}

// protocolName is what people call the protocol: HTTP/2, without a minor version.
func protocolName(f *runfile.ConnectionFigures) string {
	return strings.TrimSuffix(name(f.Protocol), ".0")
}

// connectionTable says over what kinds of connections the requests went.
func connectionTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Stub: true, Of: true, Plain: true}, {Title: "protocol", Words: true, Names: true},
		{Title: "TLS", Words: true, Names: true}, {Title: "suite", Words: true, Names: true}, {Title: "opened"}, {Title: "resumed"}, {Title: "answers in one read with a later one"},
	}}
	for _, s := range subjects {
		for i := range s.Connections {
			f := &s.Connections[i]
			t.Add(page.Words(s.label), page.Words(protocolName(f)), page.Words(name(f.TLS)), page.Words(name(f.Suite)), numberCell(f.Opened), numberCell(f.Resumed), countCell(f.Shared))
		}
	}
	return t
}
