package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/page"
)

// The columns that a chart takes.
const (
	minSketch = 10
	maxSketch = 60
)

// leastSpread is the ratio of highest to lowest from which on a chart uses all its levels, so that noise looks like noise.
const leastSpread = 1.5

// historyChart draws each percentile of a series by run, the oldest first, with a mark below each run with which it changed.
type historyChart struct{ *history.Series }

// Lines draws the chart.
func (h historyChart) Lines(width int) (lines []string) {
	s := h.Series
	ranges, names, widest := make([]string, len(history.Percentiles)), 0, 0
	for q, percentile := range history.Percentiles {
		ranges[q] = rangeOf(s, q)
		widest = max(widest, page.Columns(ranges[q]))
		names = max(names, len(percentile.Key))
	}
	free := min(max(width-3-2-2-widest, minSketch), maxSketch)
	bucket := divideUp(len(s.Points), free)
	drawn := divideUp(len(s.Points), bucket)
	for q, percentile := range history.Percentiles {
		lines = append(lines, fmt.Sprintf("%-*s  %s  %s", names, strings.ToUpper(percentile.Key), pad(bucketRow(s, q, bucket), drawn), ranges[q]))
		if marks := markRow(s, q, bucket); marks != "" {
			lines = append(lines, strings.Repeat(" ", names+2)+marks)
		}
	}
	return lines
}

// extremes are the lowest and the highest value of a percentile.
func extremes(s *history.Series, q int) (low, high time.Duration, atLeast bool) {
	low = math.MaxInt64
	for _, p := range s.Points {
		low = min(low, p.Values[q])
		if p.Values[q] >= high {
			high, atLeast = p.Values[q], p.AtLeast[q]
		}
	}
	return low, high, atLeast
}

func rangeOf(s *history.Series, q int) string {
	low, high, atLeast := extremes(s, q)
	if bounded(high, atLeast) == Duration(low) {
		return Duration(low)
	}
	return Duration(low) + " … " + bounded(high, atLeast)
}

// bucketRow draws a character for each run or, where there are more than fit, for the highest of a few.
func bucketRow(s *history.Series, q, bucket int) string {
	low, high, _ := extremes(s, q)
	sk := sketch{low: max(low, 1), high: max(high, time.Duration(leastSpread*float64(low)))}
	var b strings.Builder
	for from := 0; from < len(s.Points); from += bucket {
		var highest time.Duration
		for _, p := range s.Points[from:min(from+bucket, len(s.Points))] {
			highest = max(highest, p.Values[q])
		}
		b.WriteString(bars[sk.level(max(highest, 1))])
	}
	return b.String()
}

// markRow puts a mark below each run with which a percentile changed.
func markRow(s *history.Series, q, bucket int) string {
	row, used := "", 0
	for _, c := range s.Changes[q] {
		if at := c.Index / bucket; at >= used {
			row += strings.Repeat(" ", at-used) + changeMark
			used = at + 1
		}
	}
	return row
}
