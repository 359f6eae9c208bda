package report

import "github.com/seed-5a006608/bench/report/page"

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
				durationCell(d, "p50_ns", d.P50NS), durationCell(d, "p99_ns", d.P99NS))
		}
	}
	return t
}
