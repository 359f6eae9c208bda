package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/page"
)

// writeAccounts shows where every request went: due = succeeded + failed + unfinished + unsent.
func writeAccounts(p *oldPage, subjects []subject, _ Options) error {
	t := &table{columns: []column{
		{title: "requests", left: true}, {title: "planned"}, {title: "due"}, {title: "sent"}, {title: "succeeded"},
		{title: "failed"}, {title: "unfinished"}, {title: "unsent"}, {title: "retried"},
	}}
	for _, s := range subjects {
		r := s.Requests
		t.row(s.label, Count(r.Planned), Count(r.Due), Count(r.Sent), Count(r.Succeeded), Count(r.Failed),
			Count(r.Unfinished), Count(r.Unsent), Count(r.Retried))
	}
	return p.table(t)
}

// writeTransport shows the parts of every phase's response times, and what went over the connections.
func writeTransport(p *oldPage, subjects []subject, _ Options) error {
	parts := &table{columns: []column{
		{title: "P50 / P99", left: true}, {left: true}, {title: "service"}, {title: "first byte"}, {title: "wait"}, {title: "lag"},
	}}
	wires := &table{columns: []column{
		{title: "connections", left: true}, {left: true}, {title: "opened"}, {title: "connect, P50 / P99"}, {title: "received"},
		{title: "sent"}, {title: "backlog, start"}, {title: "end"},
	}}
	for _, s := range subjects {
		label := s.label
		for i := range s.Phases {
			f := &s.Phases[i]
			parts.row(label, name(f.Name), middleAndTail(&f.ServiceTime), middleAndTail(&f.FirstByte), middleAndTail(&f.Wait),
				middleAndTail(&f.Lag))
			wires.row(label, name(f.Name), some(f.Connect.Count), middleAndTail(&f.Connect), Bytes(f.Bytes.In), Bytes(f.Bytes.Out),
				some(f.Backlog.Start), some(f.Backlog.End))
			label = ""
		}
	}
	if err := p.table(parts); err != nil {
		return err
	}
	return p.table(wires)
}

// writeSetting shows what the runs were made with, as far as the header does not.
func writeSetting(p *oldPage, subjects []subject, _ Options) error {
	b := &block{page: p, label: "made with"}
	p.blank()
	seen := map[string]bool{}
	for _, s := range subjects {
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
		if text := dotted(parts); !seen[text] {
			seen[text] = true
			b.row(text, 0)
		}
	}
	for _, s := range subjects {
		if s.Target.URL != "" {
			b.row(fmt.Sprintf("%s at %s", s.label, page.Clean(s.Target.URL, 200)), 2)
		}
	}
	return nil
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + page.Clean(value, 40)
}
