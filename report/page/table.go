package page

// Table is a table of words and figures.
type Table struct {
	Label   string // a word for what it lists, in formats that have no header for it; "" gives it a header
	Of      string // the subject of all rows; "" where a column says that, or the rows have no common subject
	Caption string // what it shows; "" for none
	Columns []Column
	Rows    []Row
	Sparks  Sparks     // drawn in the column that is for it; nil for none
	Notes   []Footnote // on the marks of its cells
	Detail  Detail
}

// Column is a column of a table. The zero value is a column of figures: aligned to the right, kept at any width.
type Column struct {
	Title  string
	Short  string // a title for a table that is too wide; "" for none
	Words  bool   // aligned to the left
	Names  bool   // names from elsewhere
	Stub   bool   // names its row: a cell that repeats the one above may be left empty
	Of     bool   // names the subject
	Plain  bool   // its cells are understood without its title
	Wide   bool   // left out where the width is bounded, as something near says the same
	Spark  bool   // for a drawing that says what columns beside it say in figures
	Gap    int    // columns of characters before it; 0 takes two
	Rank   int    // columns of the highest rank go first from a table that is too wide; 0: stays
	Detail Detail
}

// Row is a row of a table.
type Row struct {
	Head   string // heads the row across its first cells, which are empty; "" for none
	Cells  []Cell // one for each column; those that are missing at the end are empty
	Detail Detail
}

// Cell is a cell of a table. It is shown as text; a figure keeps the value behind it.
type Cell struct {
	Text    string
	Mark    string  // of a footnote, behind the text
	Figure  bool    // Value is known
	Value   float64 // the value to sort rows by: nanoseconds, a rate per second, a share, a count
	AtLeast bool    // Value is a lower bound
	Tone    Tone
}

// Footnote explains a mark.
type Footnote struct{ Mark, Text string }

// Words is a cell of words.
func Words(text string) Cell { return Cell{Text: text} }

// Figure is a cell of a figure with its value.
func Figure(text string, value float64) Cell { return Cell{Text: text, Figure: true, Value: value} }

// Add adds a row of cells.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, Row{Cells: cells}) }

// AddWords adds a row of cells without values.
func (t *Table) AddWords(texts ...string) {
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		cells[i].Text = text
	}
	t.Add(cells...)
}

// Cell returns a cell, which is empty where the row has none for the column.
func (r Row) Cell(column int) Cell {
	if column < len(r.Cells) {
		return r.Cells[column]
	}
	return Cell{}
}

// Without returns the table without the columns for which drop holds.
func (t *Table) Without(drop func(Column) bool) *Table {
	kept := *t
	kept.Columns, kept.Rows = nil, make([]Row, len(t.Rows))
	for i, r := range t.Rows {
		kept.Rows[i] = Row{Head: r.Head, Detail: r.Detail}
	}
	for c, column := range t.Columns {
		if drop(column) {
			continue
		}
		kept.Columns = append(kept.Columns, column)
		for i, r := range t.Rows {
			kept.Rows[i].Cells = append(kept.Rows[i].Cells, r.Cell(c))
		}
	}
	return &kept
}

func (t *Table) level() Detail { return t.Detail }

func (t *Table) upto(detail Detail) *Table {
	kept := t.Without(func(c Column) bool { return c.Detail > detail })
	kept.Rows = keep(kept.Rows, detail, func(r Row) Detail { return r.Detail })
	return kept
}
