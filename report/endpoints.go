package report

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report/page"
)

// maxEndpointRows bounds the table for one run; a run holds no more than 33 endpoints of 4 classes.
const maxEndpointRows = 4 * 33

// writeEndpoints shows each endpoint's answers by class, in the phase that asks most of the target.
func writeEndpoints(p *oldPage, subjects []subject, _ Options) error {
	t := &table{columns: []column{
		{title: where(subjects), left: true}, {title: "endpoint", left: true}, {title: "class", left: true}, {title: "requests"},
		{title: "P50"}, {title: "P95"}, {title: "P99"}, {title: "max", rank: 2}, {title: "service P99", rank: 1},
	}}
	for _, s := range subjects {
		label := s.label
		for i := range s.focus.Endpoints {
			if i == maxEndpointRows {
				t.row("", fmt.Sprintf("and %d more", len(s.focus.Endpoints)-i))
				break
			}
			e := &s.focus.Endpoints[i]
			d := &e.ResponseTime
			t.row(label, page.Clean(e.Name, 2*nameColumns), name(string(e.Class)), Count(e.Count), figure(d, "p50_ns", d.P50NS),
				figure(d, "p95_ns", d.P95NS), figure(d, "p99_ns", d.P99NS), figure(d, "max_ns", d.MaxNS),
				figure(&e.ServiceTime, "p99_ns", e.ServiceTime.P99NS))
			label = ""
		}
	}
	return p.table(t)
}

// middleAndTail writes the median and the 99th percentile.
func middleAndTail(d *loadgen.Dist) string {
	if d.Count == 0 {
		return absent
	}
	return figure(d, "p50_ns", d.P50NS) + " / " + figure(d, "p99_ns", d.P99NS)
}
