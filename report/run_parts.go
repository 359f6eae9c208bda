package report

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

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
		t.Add(page.Words(label), durationCell(&f.ResponseTime, "p50_ns", f.ResponseTime.P50NS), whole,
			page.Words("="), mean(&f.Wait), page.Words("+"), mean(&f.Lag), page.Words("+"), mean(&f.ServiceTime))
	}
	return t
}

func mean(d *runfile.Dist) page.Cell { return durationCell(d, "mean_ns", d.MeanNS) }

// above writes the share of requests above the mean; nothing where no histogram tells.
func above(d *runfile.Dist) string {
	share := d.ShareAbove(d.MeanNS)
	if share == 0 && d.MaxNS > d.MeanNS {
		return ""
	}
	return " (" + Percent(share) + ")"
}

// adds reports whether the means add up, as they do where every request has all three parts. Histograms of three digits
// are off by a thousandth each.
func adds(p *runfile.Phase) bool {
	sum := p.Wait.MeanNS + p.Lag.MeanNS + p.ServiceTime.MeanNS
	off := math.Abs(float64(sum) - float64(p.ResponseTime.MeanNS))
	return off <= 0.005*float64(p.ResponseTime.MeanNS)+float64(2*time.Microsecond)
}
