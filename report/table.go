package report

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"github.com/seed-5a006608/bench/report/page"
)

// column is one column of a table. The zero value is a column of figures: aligned to the right, two spaces after the
// one before it, kept at any width.
type column struct {
	title  string
	left   bool // text, aligned to the left
	hidden bool // left out
	gap    int  // spaces before it where it is not the first; 0 takes two
	rank   int  // where the table is too wide, the columns of the highest rank go first; those of rank 0 stay
}

// table is a grid without lines.
type table struct {
	columns []column
	rows    [][]string

	// What stands in the place of the first, empty cells of the header and of the last row.
	overHeader, overLast string
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
	text = page.Clean(text, free-2)
	return text + line[page.Columns(text):]
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// lines renders the table within width by leaving out the columns of the highest ranks, as far as those suffice.
func (t *table) lines(width int) ([]string, error) {
	kept := t.fitted(width)
	header, aligns := make([]string, len(kept)), make([]tw.Align, len(kept))
	for i, c := range kept {
		header[i] = t.cell(t.columns[c].title, i, c)
		aligns[i] = tw.AlignRight
		if t.columns[c].left {
			aligns[i] = tw.AlignLeft
		}
	}
	rows := make([][]string, len(t.rows))
	for r, row := range t.rows {
		rows[r] = make([]string, len(kept))
		for i, c := range kept {
			rows[r][i] = t.cell(at(row, c), i, c)
		}
	}
	var out bytes.Buffer
	if err := renderGrid(&out, header, rows, aligns); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	lines[0] = overlay(lines[0], t.overHeader)
	lines[len(lines)-1] = overlay(lines[len(lines)-1], t.overLast)
	return lines, nil
}

// cell puts the gap before a cell's text, inside the cell: tablewriter knows padding of one character only.
func (t *table) cell(text string, position, c int) string {
	return strings.Repeat(" ", t.gap(position, c)) + text
}

func (t *table) gap(position, c int) int {
	switch {
	case position == 0:
		return 0
	case t.columns[c].gap == 0:
		return 2
	default:
		return t.columns[c].gap
	}
}

func at(row []string, i int) string {
	if i < len(row) {
		return row[i]
	}
	return ""
}

// fitted returns the indices of the columns that are shown.
func (t *table) fitted(width int) []int {
	var kept []int
	for i, c := range t.columns {
		if !c.hidden {
			kept = append(kept, i)
		}
	}
	for t.width(kept) > width {
		worst := 0
		for i, c := range kept {
			if t.columns[c].rank >= t.columns[kept[worst]].rank {
				worst = i
			}
		}
		if len(kept) == 0 || t.columns[kept[worst]].rank == 0 {
			break
		}
		kept = append(kept[:worst:worst], kept[worst+1:]...)
	}
	return kept
}

func (t *table) width(kept []int) int {
	total := 0
	for i, c := range kept {
		w := page.Columns(t.columns[c].title)
		for _, row := range t.rows {
			w = max(w, page.Columns(at(row, c)))
		}
		total += t.gap(i, c) + w
	}
	return total
}

// renderGrid writes the grid as it is: no lines, no wrapping, no rewriting of headers (which would make P99.9 "P 99 . 9"), no
// trimming of indents, and one width for the characters that some locales count as two.
func renderGrid(out *bytes.Buffer, header []string, rows [][]string, aligns []tw.Align) error {
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
