package chart

import "math"

// Status is what became of a row that was judged.
type Status int

// The states: each has a shape and a colour of its own.
const (
	Unjudged Status = iota
	Passed
	Failed
	Undecided
)

func (s Status) color() string {
	switch s {
	case Passed:
		return good
	case Failed:
		return bad
	}
	return "currentColor"
}

// Interval is a row of a forest plot. A margin that is NaN is not drawn; an end that is infinite or NaN is open.
type Interval struct {
	Group            string // rows of one group stand together under its name
	Name             string
	Low, Value, High float64
	Margin           float64
	Status           Status
	Text             string // at the right
}

// Forest shows intervals below each other, each against its margin, with a line where nothing differs.
type Forest struct {
	Width float64
	X     Axis
	None  float64 // no difference
	Rows  []Interval
}

// maxForest bounds the rows of a drawing.
const maxForest = 200

// rowHeight is the height of a row, in px.
const rowHeight = 22.0

// rowsOf returns the height of rows under the names of their groups, and calls place with each row's middle and the name
// that stands above it.
func rowsOf(n int, group func(int) string, place func(i int, y float64, head string)) float64 {
	y, last := 0.0, ""
	for i := range n {
		head := clean(group(i))
		if head == last {
			head = ""
		} else if head != "" {
			y, last = y+rowHeight, head
		}
		place(i, y+rowHeight/2, head)
		y += rowHeight
	}
	return y
}

// SVG draws the forest plot; labelledBy are the ids of the elements that name it.
func (t Forest) SVG(labelledBy string) string {
	rows := t.Rows[:min(len(t.Rows), maxForest)]
	group := func(i int) string { return rows[i].Group }
	width := sizeOr(t.Width, 760)
	left, right := textRoom(len(rows), func(i int) string { return rows[i].Name }, 60, 200), textRoom(len(rows), func(i int) string { return rows[i].Text }, 20, 260)
	f := frame{left: left, right: width - right, top: 8}
	f.bottom = f.top + rowsOf(len(rows), group, func(int, float64, string) {}) + 4
	height := f.bottom + 36
	low, high := clamp(t.None), clamp(t.None)
	for _, r := range rows {
		for _, v := range []float64{r.Low, r.Value, r.High, r.Margin} {
			if !math.IsNaN(v) && !math.IsInf(v, 0) && (t.X.Scale != Log || v > 0) {
				low, high = math.Min(low, clamp(v)), math.Max(high, clamp(v))
			}
		}
	}
	low, high = t.beyond(rows, low, high)
	x := t.X
	x.Loose = true
	f.x = x.over(low, high, f.left, f.right)
	return document(width, height, labelledBy, nil, func(c *canvas) {
		c.xAxis(f)
		if none := f.x.at(t.None); !math.IsNaN(none) {
			c.line(none, f.top, none, f.bottom, attr{"stroke", "currentColor"}, attr{"stroke-opacity", "0.5"})
		}
		rowsOf(len(rows), group, func(i int, y float64, head string) {
			c.interval(f, rows[i], f.top+y, head)
		})
	})
}

// beyond leaves room for the arrows of intervals without an end.
func (t Forest) beyond(rows []Interval, low, high float64) (float64, float64) {
	const part = 0.15 // of the axis
	if t.X.Scale == Log && low <= 0 {
		return low, high
	}
	grow := func(v, by float64) float64 { return v + by*(high-low) }
	if t.X.Scale == Log {
		grow = func(v, by float64) float64 { return v * math.Pow(high/low, by) }
	}
	from, to := low, high
	for _, r := range rows {
		if math.IsNaN(clamp(r.Value)) {
			continue
		}
		if math.IsInf(r.Low, 0) || t.X.Scale == Log && r.Low <= 0 {
			from = grow(low, -part)
		}
		if math.IsInf(r.High, 0) {
			to = grow(high, part)
		}
	}
	return from, to
}

func textRoom(n int, text func(int) string, least, most float64) float64 {
	widest := least
	for i := range n {
		widest = math.Max(widest, widthOf(clean(text(i)))+16)
	}
	return math.Min(widest, most)
}

func (c *canvas) interval(f frame, r Interval, y float64, head string) {
	c.text(0, y-rowHeight+4, "start", cut(head, f.right), attr{"font-weight", "bold"})
	c.text(f.left-10, y+4, "end", cut(r.Name, f.left-12))
	c.open("g")
	c.title(r.Name + ": " + r.Text)
	low, high, at := f.x.at(r.Low), f.x.at(r.High), f.x.at(r.Value)
	if math.IsNaN(low) && !math.IsNaN(at) {
		low = f.left
	}
	if math.IsNaN(high) && !math.IsNaN(at) {
		high = f.right
	}
	if !math.IsNaN(low) && !math.IsNaN(high) {
		c.line(low, y, high, y, stroke(r.Status.color(), "", 2)...)
		c.end(low, y, -1, math.IsInf(r.Low, 0) || math.IsNaN(r.Low), r.Status)
		c.end(high, y, 1, math.IsInf(r.High, 0) || math.IsNaN(r.High), r.Status)
	}
	if !math.IsNaN(at) {
		shape := map[Status]int{Passed: 0, Failed: 1, Unjudged: 3, Undecided: 0}[r.Status]
		attrs := []attr{{"d", c.shapePath(shape, at, y, 4)}, {"fill", r.Status.color()}}
		if r.Status == Undecided {
			attrs = append(attrs, attr{"fill-opacity", "0.01"}, attr{"stroke", "currentColor"}, attr{"stroke-width", "1.5"})
		}
		c.empty("path", attrs...)
	}
	if m := f.x.at(r.Margin); !math.IsNaN(m) {
		c.line(m, y-rowHeight/2+2, m, y+rowHeight/2-2, attr{"stroke", "currentColor"}, attr{"stroke-width", "1.3"}, attr{"stroke-dasharray", "5 3"})
	}
	c.close("g")
	c.text(f.right+10, y+4, "start", cut(r.Text, c.width-f.right-12))
}

// end closes an interval with a bar, or with an arrow where it goes on.
func (c *canvas) end(x, y, side float64, open bool, s Status) {
	if open {
		c.empty("path", attr{"d", "M" + c.x(x-side*5) + " " + c.y(y-4) + "L" + c.x(x) + " " + c.y(y) + "L" + c.x(x-side*5) + " " + c.y(y+4)},
			attr{"fill", "none"}, attr{"stroke", s.color()}, attr{"stroke-width", "2"})
		return
	}
	c.line(x, y-4, x, y+4, stroke(s.color(), "", 2)...)
}
