package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// What is shown of Server-Timing: its metrics as columns, and as rows with Verbose.
const (
	maxTimings    = 3
	maxTimingRows = 32
)

// writeCache says what the target told of its own work: hits and misses apart, and its Server-Timing per request. It is
// left out where no target tells anything.
func writeCache(p *oldPage, subjects []subject, _ Options) error {
	timings := timingNames(subjects)
	timings = timings[:min(len(timings), maxTimings)]
	t := &table{columns: []column{
		{title: where(subjects), left: true},
		{title: "hit ratio"},
		{title: "hits, P50 / P99", rank: 1},
		{title: "misses, P50 / P99", rank: 1},
	}}
	for i, timing := range timings {
		t.columns = append(t.columns, column{title: name(timing) + " per request", gap: 3, rank: 2 + i})
	}
	marks := false
	for _, s := range subjects {
		ratio := hitRatio(s.focus.Cache)
		marks = marks || ratio != absent
		label := s.label
		if len(subjects) == 1 {
			label = ""
		}
		row := []string{label, ratio, classTimes(s.focus, loadgen.ClassHit), classTimes(s.focus, loadgen.ClassMiss)}
		for _, timing := range timings {
			row = append(row, timingCell(s.focus, timing))
		}
		t.row(row...)
	}
	for i := 1; i <= 3; i++ {
		t.columns[i].hidden = !marks
	}
	if !marks && len(timings) == 0 {
		return nil
	}
	return p.table(t)
}

func hitRatio(c loadgen.Cache) string {
	marks := float64(c.Hits) + float64(c.Misses)
	if marks == 0 {
		return absent
	}
	return Share(float64(c.Hits) / marks)
}

// classTimes writes the response times of a class, of all endpoints together: so those of hits and of misses are of the
// same requests.
func classTimes(p *loadgen.Phase, class loadgen.Class) string {
	d, err := p.OfClass(class)
	if err != nil || d.Count == 0 {
		return absent
	}
	return figure(&d, "p50_ns", d.P50NS) + " / " + figure(&d, "p99_ns", d.P99NS)
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
func timingCell(p *loadgen.Phase, metric string) string {
	answers := p.Requests.Succeeded + p.Requests.Failed
	for _, st := range p.ServerTiming {
		if st.Name == metric && st.Count > 0 && answers > 0 {
			each := st.SumNS / time.Duration(min(st.Count, 1<<62))
			return fmt.Sprintf("%s × %s", decimal(float64(st.Count)/float64(answers), 3), Duration(each))
		}
	}
	return absent
}

// writeTimings shows every metric of the Server-Timing, one a row, where the table above had no room for it.
func writeTimings(p *oldPage, subjects []subject, _ Options) error {
	t := &table{columns: []column{
		{title: where(subjects), left: true}, {title: "Server-Timing", left: true}, {title: "answers"}, {title: "per request × time each"},
	}}
	for _, s := range subjects {
		label := s.label
		for i, st := range s.focus.ServerTiming {
			if i == maxTimingRows {
				break
			}
			t.row(label, name(st.Name), Count(st.Count), timingCell(s.focus, st.Name))
			label = ""
		}
	}
	return p.table(t)
}
