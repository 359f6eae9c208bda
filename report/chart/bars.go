package chart

import "math"

// Bar is a figure against its limit. NaN draws no bar.
type Bar struct {
	Group  string
	Name   string
	Value  float64
	Limit  float64
	Open   bool // Value is a lower bound
	Status Status
	Text   string // at the right
}

// Bars shows figures of any kind below each other, each as a part of its own limit.
type Bars struct {
	Width float64
	Rows  []Bar
}

// Of a bar that is longer only the beginning is drawn, with an arrow.
const longestBar = 2.0 // times the limit

// SVG draws the bars; labelledBy are the ids of the elements that name it.
func (t Bars) SVG(labelledBy string) string {
	rows := t.Rows[:min(len(t.Rows), maxForest)]
	group := func(i int) string { return rows[i].Group }
	width := sizeOr(t.Width, 760)
	left, right := textRoom(len(rows), func(i int) string { return rows[i].Name }, 60, 230), textRoom(len(rows), func(i int) string { return rows[i].Text }, 20, 260)
	f := frame{left: left, right: width - right, top: 18}
	f.bottom = f.top + rowsOf(len(rows), group, func(int, float64, string) {})
	f.x = Axis{From: 0, To: longestBar}.over(0, 0, f.left, f.right)
	return document(width, f.bottom+4, labelledBy, nil, func(c *canvas) {
		limit := f.x.at(1)
		c.text(limit, f.top-6, "middle", "limit", attr{"font-size", number(minText)})
		rowsOf(len(rows), group, func(i int, y float64, head string) { c.bar(f, rows[i], f.top+y, head) })
		c.line(limit, f.top-2, limit, f.bottom, attr{"stroke", "currentColor"}, attr{"stroke-width", "1.3"}, attr{"stroke-dasharray", "5 3"})
	})
}

func (c *canvas) bar(f frame, r Bar, y float64, head string) {
	c.text(0, y-rowHeight+4, "start", cut(head, f.right), attr{"font-weight", "bold"})
	c.text(f.left-10, y+4, "end", cut(r.Name, f.left-12))
	c.text(f.right+10, y+4, "start", cut(r.Text, c.width-f.right-12))
	part := partOf(r.Value, r.Limit)
	if math.IsNaN(part) {
		return
	}
	c.open("g", attr{"fill", r.Status.color()}, attr{"stroke", r.Status.color()})
	c.title(r.Name + ": " + r.Text)
	end := f.x.at(part)
	attrs := []attr{{"fill-opacity", "0.75"}, {"stroke", "none"}}
	if r.Status == Undecided || r.Status == Unjudged {
		attrs = []attr{{"fill-opacity", "0.15"}, {"stroke-width", "1"}}
	}
	c.rect(f.left, y-6, math.Max(end, f.left+1), y+6, attrs...)
	if part > longestBar || r.Open {
		c.empty("path", attr{"d", "M" + c.x(end-5) + " " + c.y(y-6) + "L" + c.x(end+3) + " " + c.y(y) + "L" + c.x(end-5) + " " + c.y(y+6)},
			attr{"fill", "none"}, attr{"stroke-width", "2"})
	}
	c.close("g")
}

// partOf returns a value as a part of its limit. Against a limit of 0 any value is beyond the end.
func partOf(value, limit float64) float64 {
	value, limit = clamp(value), clamp(limit)
	switch {
	case math.IsNaN(value) || math.IsNaN(limit):
		return math.NaN()
	case limit == 0 && value == 0:
		return 0
	case limit == 0:
		return 2 * longestBar
	}
	return math.Max(value/limit, 0)
}
