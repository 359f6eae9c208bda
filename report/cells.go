package report

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// durationCell shows a duration of a distribution as [figure] writes it.
func durationCell(d *runfile.Dist, key string, value time.Duration) page.Cell {
	if d.Count == 0 {
		return page.Words(absent)
	}
	cell := page.Figure(figure(d, key, value), float64(value))
	cell.AtLeast = d.IsLowerBound(key)
	return cell
}

// boundedCell shows a duration that may be a lower bound.
func boundedCell(d time.Duration, atLeast bool) page.Cell {
	return page.Cell{Text: bounded(d, atLeast), Figure: true, Value: float64(d), AtLeast: atLeast}
}

func rateCell(v float64) page.Cell { return page.Figure(Rate(v), v) }

// shareCell shows a share from 0 to 1 as a percentage.
func shareCell(v float64) page.Cell { return page.Figure(Percent(v), v) }

func bytesCell(n uint64) page.Cell { return page.Figure(Bytes(n), float64(n)) }

// countCell shows a count, and nothing in particular for none.
func countCell(n uint64) page.Cell { return page.Figure(some(n), float64(n)) }

// numberCell shows a count, 0 as well.
func numberCell(n uint64) page.Cell { return page.Figure(Count(n), float64(n)) }

func spanCell(d time.Duration) page.Cell { return page.Figure(Duration(d), float64(d)) }
