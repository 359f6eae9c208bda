package html

import (
	"math"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/report/chart"
)

// Data holds the values behind charts over time, a row or a line for each second. It is shown folded, and page.js reads it.
type Data struct {
	ID      string // the name that the series of charts have for it
	Title   string
	Columns []DataColumn
}

// DataColumn is one series. NaN is shown as an empty cell.
type DataColumn struct {
	Title  string
	Unit   chart.Unit
	Values []float64
	Open   []bool // whether each value is a lower bound; nil: no value is
}

// Lines returns nothing: there is no form of it in characters.
func (Data) Lines(int) []string { return nil }

// written is the unit in which a column is written, and its size in that of the values.
func (c DataColumn) written() (unit string, size float64) {
	switch c.Unit {
	case chart.Nanoseconds:
		return "ms", 1e6
	case chart.Bytes:
		return "MB", 1e6
	case chart.Share:
		return "%", 0.01
	}
	return string(c.Unit), 1
}

// cell writes a value: counts exactly, others with four digits.
func (c DataColumn) cell(i int) string {
	if i >= len(c.Values) || math.IsNaN(c.Values[i]) || math.IsInf(c.Values[i], 0) {
		return ""
	}
	_, size := c.written()
	v := c.Values[i] / size
	s := ""
	if c.Unit == chart.Number || c.Unit == chart.Seconds {
		s = strconv.FormatFloat(v, 'f', -1, 64)
	} else {
		s = fourDigits(v)
	}
	if i < len(c.Open) && c.Open[i] {
		return "≥" + s
	}
	return s
}

func fourDigits(v float64) string {
	s := strconv.FormatFloat(v, 'g', 4, 64)
	if strings.ContainsRune(s, 'e') {
		short, _ := strconv.ParseFloat(s, 64) // just written
		s = strconv.FormatFloat(short, 'f', -1, 64)
	}
	return s
}

// data writes the values as a table. It is the bulk of a long report: HTML needs no ends of cells.
func (d *document) data(t Data) {
	if len(t.Columns) == 0 {
		return
	}
	rows := 0
	for _, c := range t.Columns {
		rows = max(rows, len(c.Values))
	}
	d.raw("<details class=\"data\"><summary>" + text(t.Title) + "</summary>\n<div class=\"scroll grid\" tabindex=\"0\" role=\"group\" aria-label=\"" + text(t.Title) + "\">" +
		"<table cellpadding=\"3\" id=\"" + text(t.ID) + "\">\n<thead><tr>")
	for _, c := range t.Columns {
		unit, size := c.written()
		d.raw("<th scope=\"col\" align=\"right\"")
		if unit != "" {
			d.raw(" data-unit=\"" + unit + "\"")
		}
		if size != 1 {
			d.raw(" data-scale=\"" + strconv.FormatFloat(size, 'g', -1, 64) + "\"")
		}
		d.raw(">" + text(c.Title))
		if unit != "" {
			d.raw(", " + unit)
		}
		d.raw("</th>")
	}
	d.raw("</tr></thead>\n<tbody align=\"right\">\n")
	lines := 1
	if rows > maxRows {
		lines = linesOfRow
	}
	for i := 0; i < rows; i += lines {
		d.raw("<tr>")
		for _, c := range t.Columns {
			d.raw("<td>" + c.lines(i, min(i+lines, rows)))
		}
		d.raw("</tr>\n")
	}
	d.raw("</tbody></table></div></details>\n")
}

// A table of more than maxRows has a line for each second, and linesOfRow of them in a row: the cells of an hour of two targets would
// be 160,000 elements, which take a browser longer to read than all else.
const (
	maxRows    = 600
	linesOfRow = 60
)

// lines writes the values from one to before another, of which each is a line where there is more than one.
func (c DataColumn) lines(from, to int) string {
	if to == from+1 {
		return c.cell(from)
	}
	var b strings.Builder
	b.WriteString("<pre>") // HTML drops a line end behind it
	for i := from; i < to; i++ {
		b.WriteString("\n" + c.cell(i))
	}
	b.WriteString("</pre>")
	return b.String()
}
