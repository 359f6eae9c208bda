package chart

import "math"

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
}

// Whole is a row of parts.
type Whole struct {
	Group string
	Name  string
	Parts []Part
	Text  string // at the right
}

// Parts shows wholes below each other, each as its parts one after the other, on one axis. Parts of one name look alike.
type Parts struct {
	Width float64
	X     Axis
	Rows  []Whole
}

// SVG draws the rows; labelledBy are the ids of the elements that name it.
func (t Parts) SVG(labelledBy string) string {
	rows := t.Rows[:min(len(t.Rows), maxForest)]
	group := func(i int) string { return rows[i].Group }
	width := sizeOr(t.Width, 760)
	left, right := textRoom(len(rows), func(i int) string { return rows[i].Name }, 60, 200), textRoom(len(rows), func(i int) string { return rows[i].Text }, 20, 220)
	f := frame{left: left, right: width - right, top: 22}
	f.bottom = f.top + rowsOf(len(rows), group, func(int, float64, string) {})
	names := map[string]int{}
	var order []string
	longest := 0.0
	for _, r := range rows {
		sum := 0.0
		for _, p := range r.Parts {
			if _, seen := names[clean(p.Name)]; !seen {
				names[clean(p.Name)] = len(order)
				order = append(order, clean(p.Name))
			}
			sum += within(p.Value, 0, maxValue)
		}
		longest = math.Max(longest, sum)
	}
	f.x = t.X.over(0, longest, f.left, f.right)
	return document(width, f.bottom+36, labelledBy, nil, func(c *canvas) {
		c.xAxis(f)
		x := f.left
		for i, name := range order {
			room := widthOf(name) + 26
			if x+room > width {
				break
			}
			c.rect(x, 4, x+12, 14, partLook(i)...)
			c.text(x+16, 13, "start", name)
			x += room
		}
		rowsOf(len(rows), group, func(i int, y float64, head string) {
			r := rows[i]
			y += f.top
			c.text(0, y-rowHeight+4, "start", cut(head, f.right), attr{"font-weight", "bold"})
			c.text(f.left-10, y+4, "end", cut(r.Name, f.left-12))
			c.text(f.right+10, y+4, "start", cut(r.Text, c.width-f.right-12))
			sum := 0.0
			for _, p := range r.Parts {
				from := f.x.at(sum)
				sum += within(p.Value, 0, maxValue)
				if to := f.x.at(sum); to > from {
					c.open("g")
					c.title(p.Name + " " + t.X.Unit.Text(p.Value))
					c.rect(from, y-7, to, y+7, partLook(names[clean(p.Name)])...)
					c.close("g")
				}
			}
		})
	})
}

// partLook is how the parts of a name look: those beyond the colours are paler, with a dashed edge.
func partLook(i int) []attr {
	attrs := []attr{{"fill", colorOf(i)}, {"fill-opacity", pick(opacities, i/4)}}
	return append(attrs, stroke(colorOf(i), pick(dashes, i/4), 1)...)
}
