package report

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// writeParts says where the response time went. It takes means, since means add up and percentiles do not, and puts the
// median beside them: where few requests lie above the mean, a few slow ones made it.
func writeParts(p *oldPage, subjects []subject, _ Options) error {
	t := &table{columns: []column{
		{title: where(subjects), left: true},
		{title: "response: P50", rank: 1},
		{title: "mean (above it)"},
		{title: "=", gap: 1},
		{title: "waiting for a connection", gap: 1},
		{title: "+", gap: 1},
		{title: "bench's own lag", gap: 1},
		{title: "+", gap: 1},
		{title: "service", gap: 1},
	}}
	for _, s := range subjects {
		f := s.focus
		if f.ResponseTime.Count == 0 {
			continue
		}
		mark := ""
		if !adds(f) {
			mark = partsMark
			p.marks[partsMark] = true
		}
		label := s.label
		if len(subjects) == 1 {
			label = ""
		}
		t.row(label, figure(&f.ResponseTime, "p50_ns", f.ResponseTime.P50NS), mean(&f.ResponseTime)+mark+above(&f.ResponseTime),
			"=", mean(&f.Wait), "+", mean(&f.Lag), "+", mean(&f.ServiceTime))
	}
	if t.width(t.fitted(p.width)) > p.width {
		t.columns[waitColumn].title, t.columns[lagColumn].title = "waiting", "own lag"
	}
	return p.table(t)
}

// The columns whose titles have a short form.
const (
	waitColumn = 4
	lagColumn  = 6
)

func mean(d *loadgen.Dist) string { return figure(d, "mean_ns", d.MeanNS) }

// above writes the share of requests above the mean; nothing where no histogram tells.
func above(d *loadgen.Dist) string {
	share := d.ShareAbove(d.MeanNS)
	if share == 0 && d.MaxNS > d.MeanNS {
		return ""
	}
	return " (" + Percent(share) + ")"
}

// adds reports whether the means add up, as they do where every request has all three parts. Histograms of three digits
// are off by a thousandth each.
func adds(p *loadgen.Phase) bool {
	sum := p.Wait.MeanNS + p.Lag.MeanNS + p.ServiceTime.MeanNS
	off := math.Abs(float64(sum) - float64(p.ResponseTime.MeanNS))
	return off <= 0.005*float64(p.ResponseTime.MeanNS)+float64(2*time.Microsecond)
}
