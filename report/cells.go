package report

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// absent stands where there is no figure.
const absent = units.Absent

// Figure writes a duration of a distribution by its key in the run file, such as "p99_ns": with ≥ where it is a lower bound.
func Figure(d *runfile.Dist, key string, v time.Duration) string { return figure(d, key, v) }

// Focus is the phase of a run that asked most of the target: the spike where there is one.
func Focus(r *runfile.Run) *runfile.Phase { return focusOf(r) }

// LeastDuration writes a lower bound of a duration, with ≥ and never with more than is known.
func LeastDuration(d time.Duration) string { return units.DurationAtLeast(d) }

// MetricName is what a metric of a comparison is called in reports.
func MetricName(m compare.Metric) string { return metricName(m) }

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

func rateCell(v float64) page.Cell { return page.Figure(units.Rate(v), v) }

// shareCell shows a share from 0 to 1 as a percentage.
func shareCell(v float64) page.Cell { return page.Figure(units.Percent(v), v) }

func bytesCell(n uint64) page.Cell { return page.Figure(units.Bytes(n), float64(n)) }

// countCell shows a count, and nothing in particular for none.
func countCell(n uint64) page.Cell { return page.Figure(some(n), float64(n)) }

// numberCell shows a count, 0 as well.
func numberCell(n uint64) page.Cell { return page.Figure(units.Count(n), float64(n)) }

func spanCell(d time.Duration) page.Cell { return page.Figure(units.Duration(d), float64(d)) }
