package html

import (
	"io"
	"math"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
	"github.com/seed-5a006608/bench/report/sweep"
)

// WriteSweep writes the report of a sweep. Its error is that of w.
func WriteSweep(w io.Writer, s *sweep.Sweep) error {
	return Write(w, charted(sweep.Page(s), section("Cells", cellPoints(s)), section("Pairs", pairForests(s))))
}

// cellPoints draws each cell by latency and stale share, and where an option is a number, latency by its value.
func cellPoints(s *sweep.Sweep) (blocks []page.Block) {
	y := chart.Axis{Label: "latency of the reads", Unit: chart.Nanoseconds, Scale: chart.Log}
	if points := s.Points(); len(points) > 1 {
		plot := chart.Plot{Height: 300, X: chart.Axis{Label: "stale reads", Unit: chart.Share}, Y: y}
		for i, p := range points {
			plot.Series = append(plot.Series, pointSeries(i, p))
			if p.XLow < p.XHigh {
				plot.Series = append(plot.Series, chart.Series{Color: i, Thin: true, Points: []chart.Point{{X: p.XLow, Y: p.Y}, {X: p.XHigh, Y: p.Y}}})
			}
		}
		blocks = append(blocks, page.Chart{Title: "Latency against stale share", Caption: "Each cell with the intervals of both, 95 %, by the scatter of its rounds.", Drawing: picture{plot}})
	}
	if points := s.Curve(); len(points) > 1 {
		plot := chart.Plot{Height: 300, X: chart.Axis{Label: s.Options[0], Unit: chart.Number}, Y: y}
		if points[0].X > 0 && points[len(points)-1].X >= 8*points[0].X {
			plot.X.Scale = chart.Log
		}
		line := chart.Series{Name: s.Options[0], Thin: true}
		dots := chart.Series{Style: chart.Dots}
		for _, p := range points {
			line.Points = append(line.Points, chart.Point{X: p.X, Y: p.Y})
			dots.Points = append(dots.Points, chart.Point{X: p.X, Y: p.Y, Low: p.YLow, High: p.YHigh})
		}
		plot.Series = []chart.Series{line, dots}
		blocks = append(blocks, page.Chart{Title: "Latency by " + s.Options[0], Caption: "With its interval, 95 %, by the scatter of the rounds.", Drawing: picture{plot}})
	}
	return blocks
}

func pointSeries(i int, p sweep.Point) chart.Series {
	return chart.Series{Name: p.Name, Color: i, Shape: i + i/4, Style: chart.Dots, Points: []chart.Point{{X: p.X, Y: p.Y, Low: p.YLow, High: p.YHigh}}}
}

// pairForests draw every pair by the intervals that decided, percentile by percentile.
func pairForests(s *sweep.Sweep) (blocks []page.Block) {
	var metrics []string
	for _, p := range s.Pairs {
		if !slices.Contains(metrics, p.Metric) {
			metrics = append(metrics, p.Metric)
		}
	}
	for _, metric := range metrics {
		if f := pairForest(s, metric); len(f.Rows) > 0 {
			blocks = append(blocks, page.Chart{Title: "Every pair at " + strings.ToUpper(metric) + " of the reads", Caption: "By the intervals that decided: all tests together err with 5 %.", Drawing: picture{f}})
		}
	}
	return blocks
}

func pairForest(s *sweep.Sweep, metric string) chart.Forest {
	f := chart.Forest{X: chart.Axis{Label: "factor", Unit: chart.Factor, Scale: chart.Log}, None: 1}
	for _, p := range s.Pairs {
		if p.Ratio == 0 || p.Metric != metric {
			continue
		}
		low, high, status, word := p.Decide.Low, p.Decide.High, chart.Undecided, "not told apart"
		if low == 0 {
			low = math.Inf(-1)
		}
		if high == 0 {
			high = math.Inf(1)
		}
		if p.Slower != "" {
			status, word = chart.Passed, "told apart"
		}
		f.Rows = append(f.Rows, chart.Interval{Name: s.Cells[p.B].Name + " / " + s.Cells[p.A].Name, Low: low, Value: p.Ratio, High: high, Margin: math.NaN(), Status: status,
			Text: factor(low) + " … " + factor(high) + ", " + word})
	}
	return f
}
