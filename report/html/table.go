package html

import (
	"strconv"

	"github.com/seed-5a006608/bench/report/page"
)

// table writes a table that a script can sort, so each cell of a stub says what it stands for, also where it repeats the one
// above it.
func (d *document) table(t *page.Table) {
	if len(t.Rows) == 0 {
		return
	}
	t = t.Without(func(c page.Column) bool { return c.Spark })
	caption := label(t.Label) + label(t.Of) + text(t.Caption)
	sorts := " cellpadding=\"3\""
	if len(t.Rows) > 2 {
		sorts += " class=\"sorts\""
	}
	id := d.id()
	if caption == "" {
		d.raw("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"" + text(titles(t)) + "\"><table" + sorts + ">\n<thead><tr>")
	} else {
		d.raw("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-labelledby=\"" + id + "\"><table" + sorts + ">\n<caption id=\"" + id + "\">" + caption + "</caption>\n<thead><tr>")
	}
	for _, c := range t.Columns {
		if title := text(c.Title); title != "" {
			d.raw("<th scope=\"col\"" + align(c) + ">" + title + "</th>")
		} else {
			d.raw("<td></td>") // a head without a name heads nothing
		}
	}
	d.raw("</tr></thead>\n<tbody>\n")
	above := make([]string, len(t.Columns))
	for _, row := range t.Rows {
		d.raw("<tr>")
		for i, c := range t.Columns {
			cell := row.Cell(i)
			if c.Stub && cell.Text == "" && row.Head == "" {
				cell.Text = above[i]
			}
			if i == 0 && row.Head != "" {
				cell.Text = row.Head
			} else if i < headOver(row, len(t.Columns)) {
				continue
			}
			above[i] = cell.Text
			d.cell(c, cell, headOver(row, len(t.Columns))-i)
		}
		d.raw("</tr>\n")
	}
	d.raw("</tbody></table></div>\n")
	for _, n := range t.Notes {
		d.raw("<p class=\"note\">" + text(n.Mark+" "+n.Text) + "</p>\n")
	}
}

// headOver is over how many columns a row's head reaches, which is as far as they are empty; 0 without a head.
func headOver(row page.Row, columns int) int {
	if row.Head == "" {
		return 0
	}
	n := 1
	for n < columns && row.Cell(n).Text == "" {
		n++
	}
	return n
}

// align writes figures to the right also where no style is allowed.
func align(c page.Column) string {
	if c.Words {
		return " align=\"left\""
	}
	return " align=\"right\""
}

// wide is the length from which on a cell's text may break into lines.
const wide = 40

// cell writes a cell that reaches over so many columns.
func (d *document) cell(c page.Column, cell page.Cell, columns int) {
	attrs := align(c)
	if columns > 1 {
		attrs += " colspan=\"" + strconv.Itoa(columns) + "\""
	}
	if len(cell.Text) > wide {
		attrs += " class=\"text\""
	}
	if cell.Figure {
		attrs += " data-v=\"" + strconv.FormatFloat(cell.Value, 'g', -1, 64) + "\""
	}
	d.raw("<td" + attrs + ">" + toned(text(cell.Text), cell.Tone) + text(cell.Mark) + "</td>")
}
