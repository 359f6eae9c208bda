package chart

import (
	"math"
	"strings"
)

// series draws one series.
func (c *canvas) series(f frame, s Series) {
	color := colorOf(s.Color)
	attrs := append([]attr{{"class", "series"}}, s.known()...)
	if s.Style == Area {
		attrs = append(attrs, attr{"data-style", "area"})
	}
	if s.Hidden {
		attrs = append(attrs, attr{"display", "none"})
	}
	c.open("g", attrs...)
	defer c.close("g")
	points := reduced(s.Points)
	switch s.Style {
	case Dots:
		c.intervals(f, points, color)
		c.dots(f, points, color, s.Shape)
	case Area:
		c.area(f, points, color, s.Dash, func(p Point) (float64, float64) { return p.Low, p.Y })
	case Band:
		c.area(f, points, color, s.Dash, func(p Point) (float64, float64) { return p.Low, p.High })
	default:
		width := 1.8
		if s.Thin {
			width = 1.2
		}
		c.polyline(f, points, append(stroke(color, pick(dashes, s.Dash), width), attr{"fill", "none"}, attr{"stroke-linejoin", "round"}))
		c.openPoints(f, points, color)
	}
}

// reduced keeps the highest of each stretch of points, and the gaps, where there are more than can be told apart.
func reduced(points []Point) []Point {
	if len(points) <= maxPoints {
		return points
	}
	kept := make([]Point, 0, maxPoints)
	for i := range maxPoints {
		from, to := i*len(points)/maxPoints, (i+1)*len(points)/maxPoints
		best := points[from]
		for _, p := range points[from+1 : to] {
			if math.IsNaN(best.Y) || p.Y > best.Y {
				best = p
			}
		}
		kept = append(kept, best)
	}
	return kept
}

// polyline draws lines between the points without gaps; one alone gets a short line.
func (c *canvas) polyline(f frame, points []Point, attrs []attr) {
	var d strings.Builder
	joined, alone := false, false
	last := ""
	for _, p := range points {
		x, y := f.x.at(p.X), f.y.at(p.Y)
		if math.IsNaN(x) || math.IsNaN(y) {
			joined = false
			continue
		}
		at := c.x(x) + " " + c.y(y)
		switch {
		case !joined:
			if alone {
				d.WriteString("h1")
			}
			d.WriteString("M" + at)
			alone = true
		case at != last:
			d.WriteString("L" + at)
			alone = false
		}
		joined, last = true, at
	}
	if alone {
		d.WriteString("h1")
	}
	if d.Len() > 0 {
		c.empty("path", append([]attr{{"d", d.String()}}, attrs...)...)
	}
}

// openPoints draws a ring at each lower bound: the true value lies there or above.
func (c *canvas) openPoints(f frame, points []Point, color string) {
	var d strings.Builder
	for _, p := range points {
		x, y := f.x.at(p.X), f.y.at(p.Y)
		if p.Open && !math.IsNaN(x) && !math.IsNaN(y) {
			d.WriteString(c.shapePath(0, x, y, 2.5))
		}
	}
	if d.Len() > 0 {
		c.empty("path", attr{"class", "open"}, attr{"d", d.String()}, attr{"fill", "none"}, attr{"stroke", color})
	}
}

func (c *canvas) dots(f frame, points []Point, color string, shape int) {
	var filled, open strings.Builder
	for _, p := range points {
		x, y := f.x.at(p.X), f.y.at(p.Y)
		if math.IsNaN(x) || math.IsNaN(y) {
			continue
		}
		to := &filled
		if p.Open {
			to = &open
		}
		to.WriteString(c.shapePath(shape, x, y, 3.2))
	}
	if filled.Len() > 0 {
		c.empty("path", attr{"d", filled.String()}, attr{"fill", color})
	}
	if open.Len() > 0 {
		c.empty("path", attr{"class", "open"}, attr{"d", open.String()}, attr{"fill", "none"}, attr{"stroke", color})
	}
}

// intervals draws the interval of each point that has one.
func (c *canvas) intervals(f frame, points []Point, color string) {
	var d strings.Builder
	for _, p := range points {
		x, low, high := f.x.at(p.X), f.y.at(p.Low), f.y.at(p.High)
		if p.Low != p.High && !math.IsNaN(x) && !math.IsNaN(low) && !math.IsNaN(high) {
			d.WriteString("M" + c.x(x) + " " + c.y(low) + "V" + c.y(high))
		}
	}
	if d.Len() > 0 {
		c.empty("path", append([]attr{{"d", d.String()}}, stroke(color, "", 1.2)...)...)
	}
}

// opacities of areas: those of one colour are told apart by it and by the line of their edge.
var opacities = [4]string{"0.65", "0.4", "0.22", "0.1"}

// area fills what lies between two edges, each stretch without gaps for itself.
func (c *canvas) area(f frame, points []Point, color string, dash int, edges func(Point) (low, high float64)) {
	var d, back strings.Builder
	var lower []string
	finish := func() {
		for i := len(lower) - 1; i >= 0; i-- {
			d.WriteString("L" + lower[i])
		}
		if len(lower) > 0 {
			d.WriteString("Z")
		}
		lower = lower[:0]
	}
	for _, p := range points {
		low, high := edges(p)
		x, l, h := f.x.at(p.X), f.y.at(low), f.y.at(high)
		if math.IsNaN(x) || math.IsNaN(l) || math.IsNaN(h) {
			finish()
			continue
		}
		at := "L"
		if len(lower) == 0 {
			at = "M"
		}
		d.WriteString(at + c.x(x) + " " + c.y(h))
		back.WriteString(at + c.x(x) + " " + c.y(h))
		lower = append(lower, c.x(x)+" "+c.y(l))
	}
	finish()
	if d.Len() == 0 {
		return
	}
	c.empty("path", attr{"d", d.String()}, attr{"fill", color}, attr{"fill-opacity", pick(opacities, dash)})
	c.empty("path", append([]attr{{"class", "edge"}, {"d", back.String()}, {"fill", "none"}}, stroke(color, pick(dashes, dash), 1)...)...)
}
