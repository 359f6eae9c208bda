package html

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/page"
)

// WriteHistory writes the report of how saved runs went over time. Its error is that of w.
func WriteHistory(w io.Writer, h *history.History) error {
	var charts []page.Block
	for _, s := range h.Series {
		if len(s.Points) > 1 {
			charts = append(charts, seriesChart(s))
		}
	}
	p := report.HistoryPage(h, report.Options{Verbose: true})
	p.Blocks = afterHeadline(drawn(p.Blocks), section("Series", charts))
	return Write(w, p)
}

// seriesChart draws the percentiles of a series by run, the means between its changes, and the changes.
func seriesChart(s *history.Series) page.Chart {
	plot := chart.Plot{X: chart.Axis{Label: "run, the oldest first", Unit: chart.Number, From: 0.5, To: float64(len(s.Points)) + 0.5}, Y: chart.Axis{Label: "time", Unit: chart.Nanoseconds, Scale: chart.Log}, Height: 280}
	var told []string
	for i, p := range history.Percentiles {
		line := chart.Series{Name: strings.ToUpper(p.Key), Color: i, Shape: i, Thin: true}
		for n, pt := range s.Points {
			line.Points = append(line.Points, chart.Point{X: float64(n + 1), Y: float64(pt.Values[i]), Open: pt.AtLeast[i]})
		}
		dots := line
		dots.Name, dots.Style = "", chart.Dots
		plot.Series = append(plot.Series, line, dots)
		if changes := s.Changes[i]; len(changes) > 0 {
			plot.Series = append(plot.Series, chart.Series{Color: i, Dash: 1, Points: levels(changes, len(s.Points))})
		}
		for _, c := range s.Changes[i] {
			text := fmt.Sprintf("%s %s", strings.ToUpper(p.Key), signedShare(c.Ratio()-1))
			told = append(told, fmt.Sprintf("%s with run %d", text, c.Index+1))
			at := float64(c.Index) + 0.5
			plot.Marks = append(plot.Marks, chart.Mark{Name: text, Text: fmt.Sprintf("%s: %s, from %s to %s", s.Points[c.Index].Source, text, units.Duration(time.Duration(c.Before)), units.Duration(time.Duration(c.After))), From: at, To: at, Good: c.After < c.Before})
		}
	}
	caption := fmt.Sprintf("%d runs without a change.", len(s.Points))
	if len(told) > 0 {
		caption = strings.Join(told, ", ") + ". Dashes are the means between changes."
	}
	return page.Chart{Title: s.Plan.Profile + " at " + s.Target.Series(), Caption: caption, Drawing: picture{plot}}
}

// levels are the means of a series of n runs between its changes.
func levels(changes []history.Change, n int) []chart.Point {
	var points []chart.Point
	level := func(from, to int, v float64) {
		points = append(points, chart.Point{X: float64(from), Y: v}, chart.Point{X: float64(to), Y: v}, chart.Point{X: float64(to), Y: math.NaN()})
	}
	from := 1
	for _, c := range changes {
		level(from, c.Index, c.Before)
		from = c.Index + 1
	}
	level(from, n, changes[len(changes)-1].After)
	return points
}
