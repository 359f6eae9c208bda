package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// What is shown of Server-Timing: its metrics as columns, and as rows with Verbose.
const (
	maxTimings    = 3
	maxTimingRows = 32
)

// cacheTable says what the target told of its own work: hits and misses apart, and its Server-Timing per request. It has no
// rows where no target tells anything.
func cacheTable(subjects []subject) *page.Table {
	timings := timingNames(subjects)
	timings = timings[:min(len(timings), maxTimings)]
	t := &page.Table{Detail: page.Usual, Columns: []page.Column{
		{Title: where(subjects), Words: true, Names: true},
		{Title: "hit ratio"},
		{Title: "warm after", Rank: 5},
		{Title: "hits, P50 / P99", Rank: 1},
		{Title: "misses, P50 / P99", Rank: 1},
	}}
	for i, timing := range timings {
		t.Columns = append(t.Columns, page.Column{Title: name(timing) + " per request", Gap: 3, Rank: 2 + i})
	}
	marks, warmed := false, false
	for _, s := range subjects {
		ratio := hitRatio(s.focus.Cache)
		marks, warmed = marks || ratio.Figure, warmed || s.CacheWarmUp != nil
		label := s.label
		if len(subjects) == 1 {
			label = ""
		}
		row := []page.Cell{page.Words(label), ratio, warmAfter(s.CacheWarmUp), page.Words(classTimes(s.focus, runfile.ClassHit)), page.Words(classTimes(s.focus, runfile.ClassMiss))}
		for _, timing := range timings {
			row = append(row, page.Words(timingCell(s.focus, timing)))
		}
		t.Add(row...)
	}
	switch {
	case !marks && len(timings) == 0:
		return &page.Table{}
	case !marks:
		return t.Without(func(c page.Column) bool {
			return slices.Contains([]string{"hit ratio", "warm after", "hits, P50 / P99", "misses, P50 / P99"}, c.Title)
		})
	case !warmed:
		return t.Without(func(c page.Column) bool { return c.Title == "warm after" })
	}
	return t
}

func hitRatio(c runfile.Cache) page.Cell {
	marks := float64(c.Hits) + float64(c.Misses)
	if marks == 0 {
		return page.Words(absent)
	}
	ratio := float64(c.Hits) / marks
	return page.Figure(units.Share(ratio), ratio)
}

// classTimes writes the response times of a class, of all endpoints together: so those of hits and of misses are of the
// same requests.
func classTimes(p *runfile.Phase, class runfile.Class) string {
	d, err := p.OfClass(class)
	if err != nil || d.Count == 0 {
		return absent
	}
	return fmt.Sprintf("%s / %s", d.Quantile(0.50), d.Quantile(0.99))
}

// timingNames returns the metrics that the subjects' Server-Timing named, in the order of their appearance but for the
// database, which the others stand before.
func timingNames(subjects []subject) []string {
	var names []string
	for _, s := range subjects {
		for _, st := range s.focus.ServerTiming {
			switch {
			case st.Count == 0 || slices.Contains(names, st.Name):
			case st.Name == "db":
				names = slices.Insert(names, 0, st.Name)
			default:
				names = append(names, st.Name)
			}
		}
	}
	return names
}

// timingCell writes how often an answer carried the metric and how long it took each time: 0.013 × 8.9 ms.
func timingCell(p *runfile.Phase, metric string) string {
	answers := p.Requests.Succeeded + p.Requests.Failed
	for _, st := range p.ServerTiming {
		if st.Name == metric && st.Count > 0 && answers > 0 {
			each := st.SumNS / time.Duration(min(st.Count, 1<<62))
			return fmt.Sprintf("%s × %s", units.Decimal(float64(st.Count)/float64(answers), 3), units.Duration(each))
		}
	}
	return absent
}

// timingTable shows every metric of the Server-Timing, one a row, where the table above had no room for it.
func timingTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Full, Columns: []page.Column{
		{Title: where(subjects), Words: true, Names: true, Stub: true}, {Title: "Server-Timing", Words: true, Names: true}, {Title: "answers"},
		{Title: "per request × time each"},
	}}
	for _, s := range subjects {
		for _, st := range s.focus.ServerTiming[:min(len(s.focus.ServerTiming), maxTimingRows)] {
			t.Add(page.Words(s.label), page.Words(name(st.Name)), numberCell(st.Count), page.Words(timingCell(s.focus, st.Name)))
		}
	}
	return t
}
