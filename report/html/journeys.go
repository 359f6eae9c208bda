package html

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
)

// journeys draws how many journeys arrived in each second, and how many of those came to their ends or failed.
func (o *overTime) journeys() []page.Block {
	var series []chart.Series
	var told []string
	for _, m := range o.list {
		var all runfile.JourneyCounts
		count := func(i int) (c runfile.JourneyCounts) {
			if j := m.Intervals[i].Journeys; j != nil {
				c = *j
			}
			return c
		}
		for i := range m.Intervals {
			c := count(i)
			all.Add(&c)
		}
		if all.Arrived == 0 {
			continue
		}
		told = append(told, fmt.Sprintf("%s: %s arrived, %s completed, %s failed", m.of("journeys", o.several), units.Count(all.Arrived), units.Count(all.Completed), units.Count(all.Failed)))
		for _, line := range []struct {
			name string
			of   func(runfile.JourneyCounts) uint64
			look chart.Series
		}{
			{"arrived", func(c runfile.JourneyCounts) uint64 { return c.Arrived }, chart.Series{Color: m.index, Dash: 2, Thin: true}},
			{"completed", func(c runfile.JourneyCounts) uint64 { return c.Completed }, chart.Series{Color: m.index}},
			{"failed", func(c runfile.JourneyCounts) uint64 { return c.Failed }, chart.Series{Color: m.index, Dash: 3, Thin: true}},
		} {
			if line.name == "failed" && all.Failed == 0 {
				continue
			}
			c := o.column(m, "journeys "+line.name, chart.Number, func(i int) float64 { return float64(line.of(count(i))) })
			series = append(series, o.series(m, c, m.of(line.name, o.several), line.look))
		}
	}
	if len(series) == 0 {
		return nil
	}
	return []page.Block{page.Chart{
		Title: "Journeys by when they arrived", Caption: strings.Join(told, "; ") + ".", Drawing: picture{o.plot("journeys that arrived in a second", chart.Number, series)},
	}}
}
