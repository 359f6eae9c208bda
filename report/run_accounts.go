package report

import (
	"fmt"
	"strings"
	"time"

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
			t.Add(page.Words(s.label), page.Words(name(f.Name)), countCell(f.Connect.Count), page.Words(middleAndTail(&f.Connect)), bytesCell(f.Bytes.In),
				bytesCell(f.Bytes.Out), countCell(f.Backlog.Start), countCell(f.Backlog.End))
		}
	}
	return t
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
			parts = append(parts, limit.name+" "+Span(limit.value))
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
