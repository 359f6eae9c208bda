package chart

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxPoints bounds the points of a line: of more, the highest of each stretch is drawn.
const maxPoints = 600

// Style is how a series is drawn.
type Style int

// The styles of series. An Area reaches from Low to Y, a Band from Low to High.
const (
	Line Style = iota
	Dots
	Area
	Band
)

// Point is a value of a series.
type Point struct {
	X, Y      float64
	Open      bool    // Y is a lower bound
	Low, High float64 // its interval, or the span of a band; both 0: no interval
}

// Series is a row of points in the order of X. NaN as Y is a gap.
type Series struct {
	Name   string
	Key    string // id of the table with the values, and the column, for a script
	Group  string // series of one group are shown and hidden together
	Color  int    // of Colors; Neutral takes that of the text
	Dash   int    // 0 is a solid line
	Shape  int    // of dots
	Style  Style
	Thin   bool
	Hidden bool // shown only by a script
	Points []Point
}

// Span is a stretch of the x axis, shaded.
type Span struct {
	Name     string
	From, To float64
}

// Limit is a value that is not to be crossed.
type Limit struct {
	Name  string
	Value float64
}

// Mark is an event at a place of the x axis, To beyond it where it lasted.
type Mark struct {
	Name     string // in a word, beside it where there is room
	Text     string // text under the pointer
	From, To float64
	Good     bool
}

// Plot draws series over a common x axis. Width and Height are in px, 0 takes 760 by 230.
type Plot struct {
	Width, Height float64
	X, Y          Axis
	Series        []Series
	Spans         []Span
	Limits        []Limit
	Marks         []Mark
	VLimits       []Limit // limits of the x axis
	Live          bool    // the x axis is the time of a run: a script may zoom it with its like
}

// frame is the part of a drawing between the axes, in px.
type frame struct {
	left, top, right, bottom float64
	x, y                     scale
}

// SVG draws the plot; labelledBy are the ids of the elements that name it.
func (p Plot) SVG(labelledBy string) string {
	width, height := sizeOr(p.Width, 760), sizeOr(p.Height, 230)
	f := frame{left: 62, top: 34, right: width - p.labelRoom(), bottom: height - 24}
	if p.X.Label != "" {
		f.bottom -= 12
	}
	minX, maxX, minY, maxY := p.extent()
	f.x = p.X.over(minX, maxX, f.left, f.right)
	f.y = p.Y.over(minY, maxY, f.bottom, f.top)
	var attrs []attr
	if p.Live {
		attrs = f.live()
	}
	return document(width, height, labelledBy, attrs, func(c *canvas) {
		c.spans(f, p.Spans)
		c.axes(f)
		c.marks(f, p.Marks)
		for _, s := range p.Series {
			c.series(f, s)
		}
		c.limits(f, p.Limits, p.VLimits)
		c.labels(f, p.names(f))
	})
}

// live are the attributes by which a script draws the same again.
func (f frame) live() []attr {
	kind := "lin"
	if f.y.Scale == Log {
		kind = "log"
	}
	return []attr{
		{"data-plot", exact(f.left, f.top, f.right, f.bottom)}, {"data-x", exact(f.x.From, f.x.To)}, {"data-y", exact(f.y.From, f.y.To)},
		{"data-scale", kind}, {"data-unit", string(f.y.Unit)},
	}
}

// exact writes values for a script.
func exact(values ...float64) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = strconv.FormatFloat(clamp(v), 'g', 8, 64)
	}
	return strings.Join(parts, " ")
}

func sizeOr(v, fallback float64) float64 {
	if !(v > 0) {
		return fallback
	}
	return within(v, 160, 4000)
}

// labelRoom is the width that the names at the right take.
func (p Plot) labelRoom() float64 {
	if p.Live {
		return liveRoom
	}
	widest := 0.0
	for _, s := range p.Series {
		widest = math.Max(widest, widthOf(clean(s.Name)))
	}
	for _, l := range p.Limits {
		widest = math.Max(widest, widthOf(clean(l.Name)))
	}
	if widest == 0 {
		return 14
	}
	return math.Min(widest, maxLabel) + 34
}

// liveRoom is that of charts over time, which stand in line below each other.
const liveRoom = 150.0

// maxLabel bounds the width of a name beside its line, in px.
const maxLabel = 150

// extent returns the range of what is drawn; infinite the wrong way round where nothing is.
func (p Plot) extent() (minX, maxX, minY, maxY float64) {
	minX, maxX, minY, maxY = math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	grow := func(low, high *float64, v float64) {
		if v = clamp(v); !math.IsNaN(v) {
			*low, *high = math.Min(*low, v), math.Max(*high, v)
		}
	}
	growY := func(v float64) {
		if p.Y.Scale != Log || v > 0 {
			grow(&minY, &maxY, v)
		}
	}
	for _, s := range p.Series {
		for _, pt := range s.Points {
			grow(&minX, &maxX, pt.X)
			growY(pt.Y)
			if pt.Low != pt.High {
				growY(pt.Low)
				growY(pt.High)
			}
		}
	}
	for _, s := range p.Spans {
		grow(&minX, &maxX, s.From)
		grow(&minX, &maxX, s.To)
	}
	for _, l := range p.VLimits {
		grow(&minX, &maxX, l.Value)
	}
	for _, l := range p.Limits {
		growY(l.Value)
	}
	return minX, maxX, minY, maxY
}

// spans shades every other of several stretches darker, and names all that have room.
func (c *canvas) spans(f frame, spans []Span) {
	if len(spans) == 0 {
		return
	}
	c.open("g", attr{"class", "spans"})
	for i, s := range spans {
		from, to := f.x.at(s.From), f.x.at(s.To)
		if math.IsNaN(from) || math.IsNaN(to) || to <= from {
			continue
		}
		opacity := "0.1"
		if i%2 == 0 && len(spans) > 1 {
			opacity = "0.03"
		}
		c.rect(from, f.top, to, f.bottom, attr{"fill-opacity", opacity}, attr{"data-from", exact(s.From)}, attr{"data-to", exact(s.To)},
			attr{"data-name", clean(s.Name)})
		if name := cut(s.Name, to-from-4); len([]rune(name)) > 2 || name == clean(s.Name) {
			c.text((from+to)/2, f.top-5, "middle", name, attr{"font-size", number(minText)})
		}
	}
	c.close("g")
}

// axes draws the grid, the ticks and what the axes are called.
func (c *canvas) axes(f frame) {
	c.text(0, 11, "start", f.y.Label)
	c.open("g", attr{"class", "grid"}, attr{"stroke", "currentColor"}, attr{"stroke-opacity", "0.18"})
	yTicks := f.y.ticks(int((f.bottom - f.top) / 30))
	for _, t := range yTicks {
		c.line(f.left, f.y.at(t.value), f.right, f.y.at(t.value))
	}
	c.close("g")
	c.open("g", attr{"class", "y-axis"})
	for _, t := range yTicks {
		c.text(f.left-6, f.y.at(t.value)+4, "end", t.text)
	}
	c.close("g")
	c.xAxis(f)
}

func (c *canvas) xAxis(f frame) {
	c.open("g", attr{"class", "x-axis"})
	c.line(f.left, f.bottom, f.right, f.bottom, attr{"stroke", "currentColor"}, attr{"stroke-opacity", "0.6"})
	free := -math.MaxFloat64
	most := int((f.right - f.left) / 70)
	if f.x.Unit == Number && f.x.Scale == Linear { // short words, and no halves of what is counted
		most = min(int((f.right-f.left)/40), max(int(within(f.x.To-f.x.From, 0, 1000)), 2))
	}
	for _, t := range f.x.ticks(most) {
		x, half := f.x.at(t.value), widthOf(t.text)/2
		c.line(x, f.bottom, x, f.bottom+4, attr{"stroke", "currentColor"}, attr{"stroke-opacity", "0.6"})
		if x-half < free || x+half > c.width {
			continue
		}
		c.text(x, f.bottom+16, "middle", t.text)
		free = x + half + 6
	}
	if f.x.Label != "" {
		c.text((f.left+f.right)/2, c.height-3, "middle", f.x.Label)
	}
	c.close("g")
}

// marks draws events: a line, and what they last shaded.
func (c *canvas) marks(f frame, marks []Mark) {
	if len(marks) == 0 {
		return
	}
	marks = marks[:min(len(marks), maxMarks)]
	names := besides(f, marks)
	c.open("g", attr{"class", "marks"})
	for i, m := range marks {
		from, to := f.x.at(m.From), f.x.at(math.Max(m.From, m.To))
		if math.IsNaN(from) {
			continue
		}
		color := bad
		if m.Good {
			color = good
		}
		c.open("g", attr{"data-from", exact(m.From)}, attr{"data-to", exact(math.Max(m.From, m.To))}, attr{"fill", color}, attr{"stroke", color})
		c.title(m.Text)
		if to > from+1 {
			c.rect(from, f.top, to, f.bottom, attr{"fill-opacity", "0.15"}, attr{"stroke", "none"})
		}
		c.line(from, f.top, from, f.bottom, attr{"stroke-dasharray", "2 2"})
		c.empty("path", attr{"d", c.shapePath(2, from, f.top+3, 3.5)}, attr{"stroke", "none"})
		if n := names[i]; n != nil {
			c.text(n.x, f.top+10, n.anchor, m.Name, attr{"font-size", number(minText)}, attr{"stroke", "none"}, attr{"fill", "currentColor"})
		}
		c.close("g")
	}
	c.close("g")
}

// beside is the place of a name beside its mark's line.
type beside struct {
	x      float64
	anchor string
}

// besides places the names of marks to the right of their lines, or else to the left, where they cross no line and no other name;
// nil where there is no such place.
func besides(f frame, marks []Mark) []*beside {
	places := make([]*beside, len(marks))
	var taken [][2]float64
	free := func(from, to float64) bool {
		for _, m := range marks {
			if x := f.x.at(m.From); x > from && x < to {
				return false
			}
		}
		return from >= f.left && to <= f.right && !slices.ContainsFunc(taken, func(t [2]float64) bool { return from < t[1] && t[0] < to })
	}
	for i, m := range marks {
		x, width := f.x.at(m.From), widthOf(clean(m.Name))
		if math.IsNaN(x) || width == 0 {
			continue
		}
		if free(x+1, x+width+6) {
			places[i], taken = &beside{x + 5, "start"}, append(taken, [2]float64{x + 1, x + width + 6})
		} else if free(x-width-6, x-1) {
			places[i], taken = &beside{x - 5, "end"}, append(taken, [2]float64{x - width - 6, x - 1})
		}
	}
	return places
}

// maxMarks bounds the events of a drawing.
const maxMarks = 100

// limits draws lines that are not to be crossed, of the y axis and of the x axis.
func (c *canvas) limits(f frame, ys, xs []Limit) {
	if len(ys)+len(xs) == 0 {
		return
	}
	c.open("g", attr{"class", "limits"}, attr{"stroke", "currentColor"}, attr{"stroke-width", "1.3"}, attr{"stroke-dasharray", "5 3"})
	for _, l := range ys {
		if y := f.y.at(l.Value); !math.IsNaN(y) {
			c.line(f.left, y, f.right, y, attr{"data-at", exact(l.Value)})
		}
	}
	c.vlimits(f, xs)
	c.close("g")
}

// vlimits draws the limits of the x axis, each name in a line of its own at its limit, which begins there: so none runs through a
// name to the left of it.
func (c *canvas) vlimits(f frame, limits []Limit) {
	limits = slices.DeleteFunc(slices.Clone(limits), func(l Limit) bool { return math.IsNaN(f.x.at(l.Value)) })
	fits := func(l Limit) bool { return f.x.at(l.Value)+widthOf(clean(l.Name))+6 <= f.right }
	slices.SortStableFunc(limits, func(a, b Limit) int {
		if fits(a) != fits(b) { // those whose names stand to the left come first, from the right
			if fits(b) {
				return -1
			}
			return 1
		}
		if fits(a) {
			return cmp.Compare(a.Value, b.Value)
		}
		return cmp.Compare(b.Value, a.Value)
	})
	y := f.top
	for _, l := range limits {
		x := f.x.at(l.Value)
		c.line(x, math.Min(y+2, f.bottom), x, f.bottom)
		if y += lineHeight; y > f.bottom {
			continue
		}
		if fits(l) {
			c.text(x+4, y, "start", l.Name, attr{"stroke", "none"})
		} else {
			c.text(x-4, y, "end", l.Name, attr{"stroke", "none"})
		}
	}
}

// names are the labels of the series and of the limits.
func (p Plot) names(f frame) []label {
	var list []label
	for _, l := range p.Limits {
		if y := f.y.at(l.Value); !math.IsNaN(y) && clean(l.Name) != "" {
			list = append(list, label{text: l.Name, y: y, look: stroke("currentColor", "5 3", 2), attrs: []attr{{"data-at", exact(l.Value)}}})
		}
	}
	for _, s := range p.Series {
		y, found := f.end(s)
		if !found || s.Hidden || clean(s.Name) == "" {
			continue
		}
		l := label{text: s.Name, y: y, color: colorOf(s.Color), shape: s.Shape, attrs: s.known()}
		if s.Style != Dots {
			l.look = stroke(l.color, pick(dashes, s.Dash), 2)
		}
		list = append(list, l)
	}
	return apart(list, f.top+4, f.bottom-2)
}

// known are the attributes by which a script knows what belongs to a series.
func (s Series) known() []attr {
	var attrs []attr
	for _, a := range []attr{{"data-name", clean(s.Name)}, {"data-key", clean(s.Key)}, {"data-group", clean(s.Group)}} {
		if a.value != "" && s.Key != "" {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

// end returns where the last value of a series lies.
func (f frame) end(s Series) (float64, bool) {
	for i := len(s.Points) - 1; i >= 0; i-- {
		pt := s.Points[i]
		v := pt.Y
		if s.Style == Band || s.Style == Area {
			v = (pt.Low + pt.High) / 2
			if s.Style == Area {
				v = (pt.Low + pt.Y) / 2
			}
		}
		if y := f.y.at(v); !math.IsNaN(y) && !math.IsNaN(f.x.at(pt.X)) {
			return y, true
		}
	}
	return 0, false
}

// labels writes names beside the ends of their lines, each after a piece of its line.
func (c *canvas) labels(f frame, labels []label) {
	if len(labels) == 0 {
		return
	}
	c.open("g", attr{"class", "labels"})
	for _, l := range labels {
		c.open("g", l.attrs...)
		x := f.right + 6
		if l.look != nil {
			c.line(x, l.y, x+18, l.y, l.look...)
		} else {
			c.empty("path", attr{"d", c.shapePath(l.shape, x+9, l.y, 3.5)}, attr{"fill", l.color})
		}
		c.text(x+22, l.y+4, "start", cut(l.text, c.width-x-24))
		c.close("g")
	}
	c.close("g")
}

func stroke(color, dash string, width float64) []attr {
	attrs := []attr{{"stroke", color}, {"stroke-width", number(width)}}
	if dash != "" {
		attrs = append(attrs, attr{"stroke-dasharray", dash})
	}
	return attrs
}
