package report

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// absent stands where there is no figure.
const absent = units.Absent

// figureCell shows a duration that may be a lower bound.
func figureCell(f runfile.Figure) page.Cell {
	if f.Missing {
		return page.Words(absent)
	}
	return page.Cell{Text: f.String(), Figure: true, Value: float64(f.Value), AtLeast: f.AtLeast}
}

func rateCell(v float64) page.Cell { return page.Figure(units.Rate(v), v) }

// shareCell shows a share from 0 to 1 as a percentage.
func shareCell(v float64) page.Cell { return page.Figure(units.Percent(v), v) }

func bytesCell(n uint64) page.Cell { return page.Figure(units.Bytes(n), float64(n)) }

// countCell shows a count, and a dash for 0.
func countCell(n uint64) page.Cell { return page.Figure(some(n), float64(n)) }

// numberCell shows a count, 0 as well.
func numberCell(n uint64) page.Cell { return page.Figure(units.Count(n), float64(n)) }

func spanCell(d time.Duration) page.Cell { return page.Figure(units.Duration(d), float64(d)) }
