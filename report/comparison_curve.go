package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
)

const (
	curveRows   = 9
	curveMarks  = "ABCDEFGH"
	curveShared = "*" // several lie there
)

// curves are the percentile curves of all arms over each other: to the right a factor of ten fewer requests beyond, upwards
// slower, both logarithmic.
type curves []compare.Curve

// Lines draws them; nothing where there is nothing to draw.
func (list curves) Lines(int) []string {
	low, high := time.Duration(math.MaxInt64), time.Duration(0)
	width := 0
	for _, c := range list {
		for i, v := range c.Values {
			if v > 0 {
				low, high, width = min(low, v), max(high, v), max(width, i+1)
			}
		}
	}
	if high <= low || width < 2 {
		return nil
	}
	grid := make([][]string, curveRows)
	for y := range grid {
		grid[y] = make([]string, width)
		for x := range grid[y] {
			grid[y][x] = " "
		}
	}
	span := math.Log(float64(high) / float64(low))
	var arms, legend []string
	for _, c := range list {
		arms = append(arms, c.Arm)
	}
	arms = toldApart(arms...)
	for i, c := range list[:min(len(list), len(curveMarks))] {
		mark := string(curveMarks[i])
		legend = append(legend, mark+" "+arms[i])
		for x, v := range c.Values {
			if v <= 0 {
				continue
			}
			y := curveRows - 1 - int(math.Round(math.Log(float64(v)/float64(low))/span*(curveRows-1)))
			if grid[y][x] == " " {
				grid[y][x] = mark
			} else {
				grid[y][x] = curveShared
			}
		}
	}
	lines := []string{"latency by percentile, logarithmic    " + strings.Join(legend, "  ") + "  " + curveShared + " together"}
	for y, row := range grid {
		label := ""
		switch y {
		case 0, curveRows / 2, curveRows - 1:
			label = units.Duration(time.Duration(float64(low) * math.Exp(span*float64(curveRows-1-y)/(curveRows-1))))
		}
		lines = append(lines, fmt.Sprintf("%8s ┤%s", label, strings.TrimRight(strings.Join(row, ""), " ")))
	}
	axis := []byte(strings.Repeat(" ", width+6))
	for _, tick := range []struct {
		title string
		q     float64
	}{{"P50", 0.5}, {"P90", 0.9}, {"P99", 0.99}, {"P99.9", 0.999}} {
		if x := compare.CurveIndex(tick.q); x < width {
			copy(axis[x:], tick.title)
		}
	}
	return append(lines, strings.Repeat(" ", 10)+strings.TrimRight(string(axis), " "))
}
