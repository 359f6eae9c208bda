package html

import (
	"io"
	"time"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

// WriteSelfcheck writes the report of a selfcheck. Its error is that of w.
func WriteSelfcheck(w io.Writer, r *selfcheck.Report) error {
	return Write(w, charted(report.SelfcheckPage(r, report.Options{Verbose: true}), section("Lateness", lateness(r))))
}

// lateness draws how late requests were sent at each rate, a mark for each try.
func lateness(r *selfcheck.Report) []page.Block {
	plot := chart.Plot{
		X: chart.Axis{Label: "offered rate", Unit: chart.PerSecond, Scale: chart.Log}, Y: chart.Axis{Label: "late by", Unit: chart.Nanoseconds, Scale: chart.Log},
		Limits: []chart.Limit{{Name: "trusted up to", Value: float64(selfcheck.MaxLag)}}, Height: 280,
	}
	for i, e := range r.Engines {
		for j, p := range []struct {
			name  string
			value func(selfcheck.Lateness) time.Duration
		}{{"P50", func(l selfcheck.Lateness) time.Duration { return l.P50NS }}, {"P99", func(l selfcheck.Lateness) time.Duration { return l.P99NS }}} {
			s := chart.Series{Name: e.Name + " " + p.name, Color: i, Shape: 2 * j, Style: chart.Dots}
			for _, try := range e.Pacing {
				s.Points = append(s.Points, chart.Point{X: try.Rate, Y: float64(p.value(try.Lag)), Open: !try.Holds})
			}
			plot.Series = append(plot.Series, s)
		}
	}
	if len(plot.Series) == 0 {
		return nil
	}
	return []page.Block{page.Chart{Title: "Lateness by rate", Caption: "One mark for each try; it is open where the rate did not hold.", Drawing: picture{plot}}}
}
