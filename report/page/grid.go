package page

import (
	"bytes"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// The columns that a line of a table's drawing takes.
const (
	minSparks = 10
	maxSparks = 60
)

// table writes a table; nothing where it has no rows.
func (t *terminal) table(b *Table) error {
	switch {
	case len(b.Rows) == 0:
		return nil
	case b.Label != "":
		t.labelled(b)
		return nil
	}
	if b.Caption != "" {
		t.text(b.Caption, 2)
	}
	g := newGrid(b, t.several)
	if len(g.columns) == 0 {
		return nil
	}
	title := ""
	if b.Sparks != nil {
		if title = g.spark(b.Sparks, t.width); title != "" {
			t.text(title, 2)
		}
	}
	lines, err := g.lines(t.width)
	if err != nil {
		return err
	}
	for i, l := range lines {
		if l = t.fit(l); l == "" {
			continue
		}
		if i > 0 && i <= len(b.Rows) {
			l = t.paint(l, g.tones[i-1])
		}
		t.put(l)
	}
	t.notes = append(t.notes, b.Notes...)
	return nil
}

// grid is a table as a grid of texts without lines.
type grid struct {
	columns []Column
	titles  []string
	rows    [][]string
	heads   []string  // of the rows
	tones   [][]toned // of the rows
	over    string    // stands in the place of the first, empty titles
}

// newGrid takes from a table what a terminal shows of it. Marks hang: the digits above and below a marked figure stay in
// line.
func newGrid(b *Table, several bool) *grid {
	b = b.Without(func(c Column) bool { return c.Wide || c.Of && !several }).unrepeated()
	g := &grid{columns: b.Columns, titles: make([]string, len(b.Columns)), rows: make([][]string, len(b.Rows)),
		heads: make([]string, len(b.Rows)), tones: make([][]toned, len(b.Rows))}
	for c, column := range b.Columns {
		widest := 0
		for _, row := range b.Rows {
			if !column.Words {
				widest = max(widest, Columns(row.Cell(c).Mark))
			}
		}
		hang := func(text, mark string) string { return text + mark + strings.Repeat(" ", max(widest-Columns(mark), 0)) }
		if !column.Plain {
			g.titles[c] = hang(column.Title, "")
		}
		for r, row := range b.Rows {
			cell := row.Cell(c)
			g.rows[r] = append(g.rows[r], hang(cell.Text, cell.Mark))
			if cell.Tone != Plain {
				g.tones[r] = append(g.tones[r], toned{cell.Text, cell.Tone, 0})
			}
		}
	}
	for r, row := range b.Rows {
		g.heads[r] = row.Head
	}
	return g
}

// spark draws the sparks in the room that the other columns leave. Their title stands over the column and those before it;
// it returns one that is too long for that.
func (g *grid) spark(s Sparks, width int) (title string) {
	column := slices.IndexFunc(g.columns, func(c Column) bool { return c.Spark })
	if column < 0 {
		return ""
	}
	free := width - g.width(g.all())
	title, drawn, axis := s.Draw(min(max(free, minSparks), maxSparks))
	for r := range g.rows {
		if r < len(drawn) {
			g.rows[r][column] = drawn[r]
		}
	}
	if axis != "" {
		row := make([]string, len(g.columns))
		row[column] = axis
		g.rows, g.heads, g.tones = append(g.rows, row), append(g.heads, ""), append(g.tones, nil)
	}
	beside := 0
	for c := range column {
		beside += g.width([]int{c}) + g.gap(1, c+1)
	}
	if spare := Columns(title) - beside; spare <= free {
		g.rows[0][column] = pad(g.rows[0][column], spare)
		g.over, title = title, ""
	}
	return title
}

// lines renders the grid within width by leaving out the columns of the highest ranks, as far as those suffice, and by
// shorter titles where they do not.
func (g *grid) lines(width int) ([]string, error) {
	if g.width(g.fitted(width)) > width {
		for c, column := range g.columns {
			if column.Short != "" {
				g.titles[c] = column.Short
			}
		}
	}
	kept := g.fitted(width)
	header, aligns := make([]string, len(kept)), make([]tw.Align, len(kept))
	for i, c := range kept {
		header[i] = g.cell(g.titles[c], i, c)
		aligns[i] = tw.AlignRight
		if g.columns[c].Words || g.columns[c].Spark {
			aligns[i] = tw.AlignLeft
		}
	}
	rows := make([][]string, len(g.rows))
	for r, row := range g.rows {
		rows[r] = make([]string, len(kept))
		for i, c := range kept {
			rows[r][i] = g.cell(row[c], i, c)
		}
	}
	var out bytes.Buffer
	if err := render(&out, header, rows, aligns); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	lines[0] = overlay(lines[0], g.over)
	for r, head := range g.heads {
		if r+1 < len(lines) {
			lines[r+1] = overlay(lines[r+1], head)
		}
	}
	return lines, nil
}

// overlay writes text over the spaces that a line opens with, as far as they last.
func overlay(line, text string) string {
	free := len(line) - len(strings.TrimLeft(line, " "))
	switch {
	case text == "":
		return line
	case free == len(line): // nothing else stands there
		return text
	}
	text = Clean(text, free-2)
	return text + line[Columns(text):]
}

// cell puts the gap before a cell's text, inside the cell: tablewriter knows padding of one character only.
func (g *grid) cell(text string, position, c int) string {
	return strings.Repeat(" ", g.gap(position, c)) + text
}

func (g *grid) gap(position, c int) int {
	switch {
	case position == 0:
		return 0
	case g.columns[c].Gap == 0:
		return 2
	default:
		return g.columns[c].Gap
	}
}

// all returns the indices of all columns.
func (g *grid) all() []int {
	all := make([]int, len(g.columns))
	for c := range all {
		all[c] = c
	}
	return all
}

// fitted returns the indices of the columns that are shown.
func (g *grid) fitted(width int) []int {
	kept := g.all()
	for g.width(kept) > width {
		worst := 0
		for i, c := range kept {
			if g.columns[c].Rank >= g.columns[kept[worst]].Rank {
				worst = i
			}
		}
		if len(kept) == 0 || g.columns[kept[worst]].Rank == 0 {
			break
		}
		kept = append(kept[:worst:worst], kept[worst+1:]...)
	}
	return kept
}

func (g *grid) width(kept []int) int {
	total := 0
	for i, c := range kept {
		w := Columns(g.titles[c])
		for _, row := range g.rows {
			w = max(w, Columns(row[c]))
		}
		total += g.gap(i, c) + w
	}
	return total
}

// render writes the grid as it is: no lines, no wrapping, no rewriting of headers (which would make P99.9 "P 99 . 9"), no
// trimming of indents, and one width for the characters that some locales count as two.
func render(out *bytes.Buffer, header []string, rows [][]string, aligns []tw.Align) error {
	verbatim := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Padding:    tw.CellPadding{Global: tw.PaddingNone},
		Alignment:  tw.CellAlignment{PerColumn: aligns},
	}
	grid := tablewriter.NewTable(out,
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone},
		})),
		tablewriter.WithConfig(tablewriter.Config{
			Header:   verbatim,
			Row:      verbatim,
			Behavior: tw.Behavior{AutoHide: tw.Off, TrimSpace: tw.Off, TrimLine: tw.Off, TrimTab: tw.Off},
		}),
	)
	grid.Header(header)
	if err := grid.Bulk(rows); err != nil {
		return err
	}
	return grid.Render()
}
