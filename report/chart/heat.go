package chart

import (
	"math"
	"strconv"
	"strings"
)

// Bounds of a heat map: so many cells can be told apart.
const (
	maxColumns = 600
	maxRows    = 60
)

// shares are the lower bounds of a heat map's colour steps: the share of a column's values that lie in a cell.
var shares = [9]float64{0, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5}

var shareOpacities = [9]string{"0.12", "0.22", "0.32", "0.43", "0.54", "0.65", "0.76", "0.88", "1"}

// Bin counts the values at a place of the y axis.
type Bin struct {
	Value float64
	Count float64
}

// Column is a stretch of time with the distribution of its values. Lost counts what has no end, and so no value.
type Column struct {
	Bins []Bin
	Lost float64
}

// Heat is a heat map over time with a logarithmic y axis: the colour of a cell is its share of the column. Each column lasts
// Every seconds from Start on; where there are more than can be told apart, neighbours are added up.
type Heat struct {
	Width, Height float64
	Label         string
	Unit          Unit
	Color         int
	Start, Every  float64
	Columns       []Column
	Spans         []Span
	Marks         []Mark
	LostName      string   // of the row at the top
	To            float64  // of the x axis, where that is longer than the columns
	Beside        []Series // series that are not drawn; a script shows their values under its cursor
}

// lostHeight is the height of the row at the top, in px.
const lostHeight = 9.0

// lostRoom is how much of the drawing the row at the top takes from the others, in px.
const lostRoom = lostHeight + 7

// SVG draws the heat map; labelledBy are the ids of the elements that name it.
func (h Heat) SVG(labelledBy string) string {
	width, height := sizeOr(h.Width, 760), sizeOr(h.Height, 250)
	f := frame{left: 62, top: 34, right: width - liveRoom, bottom: height - 24}
	every := h.Every
	if !(every > 0) || every > maxValue {
		every = 1
	}
	start := within(h.Start, -maxValue, maxValue)
	columns, joined := merged(h.Columns)
	end := start + every*float64(joined*max(len(columns), 1))
	f.x = Axis{Unit: Seconds, From: start, To: math.Max(end, within(h.To, start, start+maxValue))}.over(0, 0, f.left, f.right)
	grid := h.grid(columns, &f)
	return document(width, height, labelledBy, append(f.live(), attr{"data-heat", exact(start, every*float64(joined))}), func(c *canvas) {
		c.spans(f, h.Spans)
		inner := f
		inner.top += lostRoom
		c.axes(inner)
		c.text(f.left-6, f.top+lostHeight-1, "end", h.LostName, attr{"font-size", number(minText)})
		used := (end - start) / (f.x.To - f.x.From) // of the x axis
		c.cells("cells", f, inner.top, used*(f.right-f.left), grid.rows, colorOf(h.Color))
		c.cells("cells", frame{left: f.left, top: f.top, right: f.right, bottom: f.top + lostHeight}, f.top, used*(f.right-f.left), grid.lost, bad)
		c.marks(inner, h.Marks)
		for _, s := range h.Beside {
			c.empty("g", append([]attr{{"class", "series"}}, s.known()...)...)
		}
		c.legend(f, colorOf(h.Color))
	})
}

// merged adds up neighbouring columns until there are few enough, and says how many became one.
func merged(columns []Column) ([]Column, int) {
	every := (len(columns) + maxColumns - 1) / maxColumns
	if every <= 1 {
		return columns, 1
	}
	var list []Column
	for i := 0; i < len(columns); i += every {
		var sum Column
		for _, c := range columns[i:min(i+every, len(columns))] {
			sum.Bins = append(sum.Bins, c.Bins...)
			sum.Lost += within(c.Lost, 0, maxValue)
		}
		list = append(list, sum)
	}
	return list, every
}

// grid holds the colour step of each cell, row by row from the top; -1 is an empty cell.
type grid struct{ rows, lost [][]int8 }

// grid places the columns' values in rows, and sets the y axis.
func (h Heat) grid(columns []Column, f *frame) grid {
	low, high := math.Inf(1), math.Inf(-1)
	for _, col := range columns {
		for _, b := range col.Bins {
			if v := clamp(b.Value); v > 0 && b.Count > 0 {
				low, high = math.Min(low, v), math.Max(high, v)
			}
		}
	}
	f.y = Axis{Label: h.Label, Unit: h.Unit, Scale: Log}.over(low, high, f.bottom, f.top+lostRoom)
	g := grid{lost: emptyRows(1, len(columns)), rows: emptyRows(maxRows, len(columns))}
	for i, col := range columns {
		var counts [maxRows]float64
		lost := within(col.Lost, 0, maxValue)
		total := lost
		for _, b := range col.Bins {
			part, n := f.y.part(b.Value), within(b.Count, 0, maxValue)
			if math.IsNaN(part) || n == 0 {
				continue
			}
			counts[min(int((1-part)*maxRows), maxRows-1)] += n
			total += n
		}
		for row, n := range counts {
			g.rows[row][i] = shareStep(n, total)
		}
		g.lost[0][i] = shareStep(lost, total)
	}
	return g
}

func emptyRows(rows, columns int) [][]int8 {
	list := make([][]int8, rows)
	for i := range list {
		list[i] = make([]int8, columns)
	}
	return list
}

// shareStep returns the colour step of a part; -1 of nothing.
func shareStep(part, total float64) int8 {
	if part <= 0 {
		return -1
	}
	step := int8(0)
	for i, s := range shares {
		if part/total >= s {
			step = int8(i)
		}
	}
	return step
}

// cells draws rows of cells: one path for each colour step, runs of equal cells as one stroke. An svg element of its own
// counts in cells and cuts off what a script moves out of it.
func (c *canvas) cells(class string, f frame, top, width float64, rows [][]int8, color string) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	size := strconv.Itoa(len(rows[0])) + " " + strconv.Itoa(len(rows))
	c.open("svg", attr{"class", class}, attr{"x", c.x(f.left)}, attr{"y", c.y(top)}, attr{"width", number(math.Max(width, 0.1))}, attr{"height", number(f.bottom - top)},
		attr{"viewBox", "0 0 " + size}, attr{"preserveAspectRatio", "none"}, attr{"data-cells", size})
	c.open("g", attr{"transform", "translate(0 .5)"}, attr{"stroke", color}, attr{"stroke-width", "1"}, attr{"shape-rendering", "crispEdges"})
	for step := range shares {
		if d := runs(rows, int8(step)); d != "" {
			c.empty("path", attr{"d", d}, attr{"stroke-opacity", shareOpacities[step]})
		}
	}
	c.close("g")
	c.close("svg")
}

// runs writes the runs of one colour step, those of a row relative to each other.
func runs(rows [][]int8, step int8) string {
	var d strings.Builder
	for y, row := range rows {
		pen := -1
		for x := 0; x < len(row); {
			if row[x] != step {
				x++
				continue
			}
			from := x
			for x < len(row) && row[x] == step {
				x++
			}
			if pen < 0 {
				d.WriteString("M" + strconv.Itoa(from) + " " + strconv.Itoa(y))
			} else {
				d.WriteString("m" + strconv.Itoa(from-pen) + " 0")
			}
			d.WriteString("h" + strconv.Itoa(x-from))
			pen = x
		}
	}
	return d.String()
}

// legend explains the colour steps.
func (c *canvas) legend(f frame, color string) {
	c.open("g", attr{"class", "labels"})
	x, y := f.right+12, f.top+lostHeight+2
	c.text(x, y+8, "start", "share of a column", attr{"font-size", number(minText)})
	for i := range shares {
		top := y + 16 + float64(len(shares)-1-i)*lineHeight
		c.rect(x, top, x+16, top+lineHeight, attr{"fill", color}, attr{"fill-opacity", shareOpacities[i]})
		text := "≥ " + Share.Text(shares[i])
		if i == 0 {
			text = "less"
		}
		c.text(x+22, top+10, "start", text, attr{"font-size", number(minText)})
	}
	c.close("g")
}
