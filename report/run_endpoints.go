package report

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// maxEndpointRows bounds the table for one run; a run holds no more than 33 endpoints of 4 classes.
const maxEndpointRows = 4 * 33

// endpointTable shows each endpoint's answers by class, in the phase that asks most of the target.
func endpointTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: where(subjects), Words: true, Names: true, Stub: true}, {Title: "endpoint", Words: true, Names: true}, {Title: "class", Words: true},
		{Title: "requests"}, {Title: "P50"}, {Title: "P95"}, {Title: "P99"}, {Title: "max", Rank: 2}, {Title: "service P99", Rank: 1},
	}}
	for _, s := range subjects {
		for i := range s.focus.Endpoints {
			if i == maxEndpointRows {
				t.AddWords(s.label, fmt.Sprintf("and %d more", len(s.focus.Endpoints)-i))
				break
			}
			e := &s.focus.Endpoints[i]
			d := &e.ResponseTime
			t.Add(page.Words(s.label), page.Words(page.Clean(e.Name, 2*nameColumns)), page.Words(name(string(e.Class))), numberCell(e.Count),
				figureCell(d.Quantile(0.50)), figureCell(d.Quantile(0.95)), figureCell(d.Quantile(0.99)),
				figureCell(d.Quantile(1)), figureCell(e.ServiceTime.Quantile(0.99)))
		}
	}
	return t
}

// middleAndTail writes the median and the 99th percentile.
func middleAndTail(d *runfile.Dist) string {
	if d.Count == 0 {
		return absent
	}
	return fmt.Sprintf("%s / %s", d.Quantile(0.50), d.Quantile(0.99))
}

// addressTable says what each address of a host with several got.
func addressTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Stub: true, Of: true, Plain: true}, {Title: "address", Words: true, Names: true}, {Title: "requests"},
		{Title: "failed"}, {Title: "service: P50"}, {Title: "P99"},
	}}
	for _, s := range subjects {
		for i := range s.Addresses {
			a := &s.Addresses[i]
			d := &a.ServiceTime
			t.Add(page.Words(s.label), page.Words(a.Address), numberCell(a.Requests), numberCell(a.Failed),
				figureCell(d.Quantile(0.50)), figureCell(d.Quantile(0.99)))
		}
	}
	return t
}
