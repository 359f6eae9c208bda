package chart

import (
	"math"
	"slices"
)

// Stacked lays series on each other as areas, the first at the bottom: point i of each is added to point i of those before.
// A gap counts as nothing.
func Stacked(list []Series) []Series {
	var height []float64
	stacked := make([]Series, len(list))
	for i, s := range list {
		points := make([]Point, len(s.Points))
		for j, p := range s.Points {
			if j == len(height) {
				height = append(height, 0)
			}
			p.Low = height[j]
			height[j] = within(height[j]+within(p.Y, 0, maxValue), 0, maxValue)
			p.Y = height[j]
			points[j] = p
		}
		s.Points, s.Style = points, Area
		stacked[i] = s
	}
	return stacked
}

// Part is a part of a whole.
type Part struct {
	Name  string
	Value float64
	Text  string // written in it where it has room
}

// Whole is a row of parts.
type Whole struct {
	Group string
	Name  string
	Parts []Part
	Text  string // at the right
}

// Parts shows wholes below each other, each as its parts one after the other. Parts of one name look alike.
type Parts struct {
	Width  float64
	Unit   Unit
	Shares bool // each whole takes all of the axis: its parts are shares of it
	Rows   []Whole
}

// SVG draws the rows; labelledBy are the ids of the elements that name it.
func (t Parts) SVG(labelledBy string) string {
	rows := t.rows()
	group := func(i int) string { return rows[i].Group }
	width := sizeOr(t.Width, 760)
	left, right := textRoom(len(rows), func(i int) string { return rows[i].Name }, 60, 280), textRoom(len(rows), func(i int) string { return rows[i].Text }, 20, 220)
	f := frame{left: left, right: width - right, top: 22}
	f.bottom = f.top + rowsOf(len(rows), group, func(int, float64, string) {})
	var names []string
	longest := 0.0
	for _, r := range rows {
		sum := 0.0
		for _, p := range r.Parts {
			if !slices.Contains(names, clean(p.Name)) {
				names = append(names, clean(p.Name))
			}
			sum += p.Value
		}
		longest = math.Max(longest, sum)
	}
	x := Axis{Unit: t.Unit}
	if t.Shares {
		x = Axis{Unit: Share, From: 0, To: 1}
	}
	f.x = x.over(0, longest, f.left, f.right)
	return document(width, f.bottom+24, labelledBy, nil, func(c *canvas) {
		c.xAxis(f)
		c.keys(f.left, names)
		rowsOf(len(rows), group, func(i int, y float64, head string) { c.whole(f, rows[i], f.top+y, head, names) })
	})
}

// rows are those that are drawn, with values that can be added up.
func (t Parts) rows() []Whole {
	rows := slices.Clone(t.Rows[:min(len(t.Rows), maxForest)])
	for i, r := range rows {
		parts, sum := slices.Clone(r.Parts), 0.0
		for j := range parts {
			parts[j].Value = within(parts[j].Value, 0, maxValue)
			sum += parts[j].Value
		}
		for j := range parts {
			if t.Shares && sum > 0 {
				parts[j].Value /= sum
			}
		}
		rows[i].Parts = parts
	}
	return rows
}

// keys explains what the parts of each name look like, as far as there is room.
func (c *canvas) keys(x float64, names []string) {
	for i, name := range names {
		room := widthOf(name) + 26
		if x+room > c.width {
			return
		}
		c.rect(x, 4, x+12, 14, partLook(i)...)
		c.text(x+16, 13, "start", name)
		x += room
	}
}

func (c *canvas) whole(f frame, r Whole, y float64, head string, names []string) {
	c.text(0, y-rowHeight+4, "start", cut(head, f.right), attr{"font-weight", "bold"})
	c.text(f.left-10, y+4, "end", cut(r.Name, f.left-12))
	c.text(f.right+10, y+4, "start", cut(r.Text, c.width-f.right-12))
	sum := 0.0
	for _, p := range r.Parts {
		from := f.x.at(sum)
		sum += p.Value
		to := f.x.at(sum)
		if !(to > from) {
			continue
		}
		c.open("g")
		c.title(p.Name + " " + p.Text)
		c.rect(from, y-8, to, y+8, partLook(slices.Index(names, clean(p.Name)))...)
		if text := clean(p.Text); widthOf(text)+6 < to-from {
			c.text((from+to)/2, y+4, "middle", text)
		}
		c.close("g")
	}
}

// partLook is how the parts of a name look: those beyond the colours are paler, with a dashed edge.
func partLook(i int) []attr {
	attrs := []attr{{"fill", colorOf(i)}, {"fill-opacity", pick(opacities, i/4)}}
	return append(attrs, stroke(colorOf(i), pick(dashes, i/4), 1)...)
}
