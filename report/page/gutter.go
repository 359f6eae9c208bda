package page

import "strings"

// gutter is where the text of a labelled row begins.
const gutter = 10

// row writes a row with its label at the left, which the first of several with one label has. The lines after its first
// are indented by hanging beside the label. It colours words, which stand after the label.
func (t *terminal) row(label, text string, hanging int, words ...toned) {
	head := label
	if t.label == label {
		head = ""
	}
	t.label = label
	head = pad(head, gutter-1) + " "
	for i, l := range Wrap(head+text, t.width, gutter+hanging) {
		if l = t.fit(l); l == "" {
			continue
		}
		if i == 0 {
			for w := range words {
				words[w].from += len(head)
			}
			l = t.paint(l, words)
		}
		t.put(l)
	}
}

// list writes the items of a list: the names of their subjects, their words and their texts below each other.
func (t *terminal) list(b List) {
	names, words := 0, 0
	for _, item := range b.Items {
		if t.several && item.Of != "" {
			names = t.names
		}
		if item.Word != "" {
			words = max(words, Columns(item.Word)+3)
		}
	}
	for _, item := range b.Items {
		of := ""
		if t.several {
			of = pad(item.Of, names)
		}
		switch {
		case b.Label == "":
			t.text("  "+of+pad(item.Word, words)+item.Text, 4)
		case words == 0:
			t.row(b.Label, of+item.Text, 2)
		default:
			t.row(b.Label, of+pad(item.Word, words)+item.Text, names+words, toned{item.Word, item.Tone, len(of)})
		}
		for _, more := range item.More {
			t.row(b.Label, strings.Repeat(" ", names)+more, names+2)
		}
	}
}

// labelled writes a table with a label: without a header, a figure's title behind it, the last column's text going on
// below itself.
func (t *terminal) labelled(b *Table) {
	if b.Caption != "" {
		of := ""
		if t.several && b.Of != "" {
			of = pad(b.Of, t.names)
		}
		t.row(b.Label, of+b.Caption, 2)
	}
	b = b.Without(func(c Column) bool { return c.Wide || c.Spark || c.Of && !t.several })
	b = b.unrepeated()
	last := len(b.Columns) - 1
	texts, widths := make([][]string, len(b.Rows)), make([]int, len(b.Columns))
	for r, row := range b.Rows {
		texts[r] = make([]string, len(b.Columns))
		for c := range b.Columns {
			cell := row.Cell(c)
			texts[r][c] = cell.Text + cell.Mark
			widths[c] = max(widths[c], Columns(texts[r][c]))
		}
	}
	for r, row := range b.Rows {
		line, hanging := "", 0
		var words []toned
		for c, column := range b.Columns {
			text := texts[r][c]
			if c > 0 {
				gap := 2
				if column.Gap > 0 {
					gap = column.Gap
				}
				line += strings.Repeat(" ", gap)
			}
			words = append(words, toned{text, row.Cell(c).Tone, len(line)})
			if c == last {
				hanging = Columns(line)
			}
			switch {
			case !column.Words:
				line += strings.Repeat(" ", widths[c]-Columns(text)) + text + " " + column.Title
			case c == last:
				line += text
			default:
				line += pad(text, widths[c])
			}
		}
		t.row(b.Label, line, hanging, words...)
	}
	t.notes = append(t.notes, b.Notes...)
}

// unrepeated returns the table without the cells of its stubs that say what the row above says: of a second stub only
// where the first repeats too.
func (t *Table) unrepeated() *Table {
	kept := t.Without(func(Column) bool { return false })
	for r := len(t.Rows) - 1; r > 0; r-- {
		for c, column := range t.Columns {
			if !column.Stub || t.Rows[r].Cell(c).Text != t.Rows[r-1].Cell(c).Text {
				break
			}
			if c < len(kept.Rows[r].Cells) {
				kept.Rows[r].Cells[c] = Cell{}
			}
		}
	}
	return kept
}
