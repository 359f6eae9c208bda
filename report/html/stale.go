package html

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
)

// stale draws the stale reads of each second, where versions told of some.
func (o *overTime) stale() []page.Block {
	var series []chart.Series
	var told []string
	for _, m := range o.list {
		var stale uint64
		for i := range m.Intervals {
			stale += m.Intervals[i].Stale
		}
		if stale == 0 {
			continue
		}
		told = append(told, fmt.Sprintf("%s %s", m.of("stale", o.several), units.Count(stale)))
		c := o.column(m, "stale", chart.Number, func(i int) float64 { return float64(m.Intervals[i].Stale) })
		series = append(series, o.series(m, c, m.of("stale", o.several), chart.Series{Color: m.index}))
	}
	if len(series) == 0 {
		return nil
	}
	return []page.Block{page.Chart{Title: "Stale reads", Caption: strings.Join(told, "; ") + ".", Drawing: picture{o.plot("reads in a second", chart.Number, series)}}}
}
