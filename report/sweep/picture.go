package sweep

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// Point is a cell in a picture, with the bounds of both its figures.
type Point struct {
	Name        string
	X, Y        float64 // X: share of stale reads, 0-1, or the value of the option; Y: the tested percentile, ns
	XLow, XHigh float64
	YLow, YHigh float64
}

// Points are latency against stale share by cell, where some read was stale.
func (s *Sweep) Points() (list []Point) {
	stale := false
	for _, i := range s.order() {
		c := &s.Cells[i]
		if c.Stale == nil || c.Stale.Judged == 0 || s.value(c) <= 0 {
			continue
		}
		stale = stale || c.Stale.Stale > 0
		p := s.point(c, c.Stale.share())
		if c.Stale.Between != nil {
			p.XLow, p.XHigh = c.Stale.Between[0], c.Stale.Between[1]
		}
		list = append(list, p)
	}
	if !stale {
		return nil
	}
	return list
}

// Curve is latency by the value of a numeric option, the least value first; nil where there is no such option.
func (s *Sweep) Curve() (list []Point) {
	for _, i := range numeric(s.Cells, len(s.Options)) {
		c := &s.Cells[i]
		if x, _ := number(c.Values[0]); s.value(c) > 0 {
			list = append(list, s.point(c, x))
		}
	}
	return list
}

func (s *Sweep) point(c *Cell, x float64) Point {
	y := float64(s.value(c))
	p := Point{Name: c.name(), X: x, XLow: x, XHigh: x, Y: y, YLow: y, YHigh: y}
	if b := c.Reads.Between; b != nil {
		p.YLow, p.YHigh = b[0], b[1]
	}
	return p
}

// picture is the chart of a sweep in characters; nil where there is nothing to draw.
func (s *Sweep) picture() page.Block {
	if points := s.Points(); len(points) > 1 {
		return page.Chart{Title: "latency against stale share", Folded: true, Detail: page.Usual,
			Drawing: scatter{points, s.percentile() + " of the reads, logarithmic, against the share of stale reads", func(v float64) string { return units.Share(v) }}}
	}
	if points := s.Curve(); len(points) > 1 {
		for i := range points { // evenly, as the values are often powers
			points[i].X, points[i].XLow, points[i].XHigh = float64(i), float64(i), float64(i)
		}
		cells := numeric(s.Cells, len(s.Options))
		return page.Chart{Title: "latency by " + s.Options[0], Folded: true, Detail: page.Usual,
			Drawing: scatter{points, s.percentile() + " of the reads, logarithmic, by " + page.Clean(s.Options[0], nameColumns), func(v float64) string {
				if i := int(math.Round(v)); i >= 0 && i < len(cells) {
					return page.Clean(s.Cells[cells[i]].Values[0], 12)
				}
				return ""
			}}}
	}
	return nil
}

// scatter draws points with their intervals.
type scatter struct {
	points []Point
	title  string
	x      func(float64) string
}

const (
	scatterRows  = 11
	scatterMarks = "ABCDEFGH"
	labelColumns = 10
)

// Lines draws them: a letter a cell, its interval upright and across, and * where several lie.
func (d scatter) Lines(width int) []string {
	columns := min(max(width-labelColumns-2, 20), 70)
	low, high, most, least := math.Inf(1), 0.0, 0.0, math.Inf(1)
	for _, p := range d.points {
		low, high = min(low, p.YLow), max(high, p.YHigh)
		least, most = min(least, p.XLow), max(most, p.XHigh)
	}
	if low <= 0 || most <= least {
		return nil
	}
	span := max(math.Log(high/low), 1e-9)
	row := func(y float64) int {
		return scatterRows - 1 - int(math.Round(math.Log(y/low)/span*(scatterRows-1)))
	}
	column := func(x float64) int { return int(math.Round((x - least) / (most - least) * float64(columns-1))) }
	grid := make([][]rune, scatterRows)
	for y := range grid {
		grid[y] = []rune(strings.Repeat(" ", columns))
	}
	for _, p := range d.points {
		for y := row(p.YHigh); y <= row(p.YLow); y++ {
			grid[y][column(p.X)] = '│'
		}
		for x := column(p.XLow); x <= column(p.XHigh); x++ {
			if grid[row(p.Y)][x] == ' ' {
				grid[row(p.Y)][x] = '─'
			}
		}
	}
	var legend []string
	for i, p := range d.points {
		mark := rune(scatterMarks[i%len(scatterMarks)])
		legend = append(legend, string(mark)+" "+p.Name)
		at := &grid[row(p.Y)][column(p.X)]
		if strings.ContainsRune(scatterMarks+"*", *at) {
			mark = '*'
		}
		*at = mark
	}
	lines := append(page.Wrap(d.title, width, 0), page.Wrap(strings.Join(legend, "  ")+"  * together", width, 2)...)
	for y, r := range grid {
		label := ""
		if y == 0 || y == scatterRows/2 || y == scatterRows-1 {
			label = units.Duration(time.Duration(low * math.Exp(span*float64(scatterRows-1-y)/(scatterRows-1))))
		}
		lines = append(lines, fmt.Sprintf("%*s ┤%s", labelColumns-2, label, strings.TrimRight(string(r), " ")))
	}
	from, to := d.x(least), d.x(most)
	return append(lines, strings.Repeat(" ", labelColumns)+from+strings.Repeat(" ", max(columns-page.Columns(from)-page.Columns(to), 1))+to)
}
