package page

// Chart is a drawing of data.
type Chart struct {
	Title   string // "" for none
	Caption string // a sentence on what it shows; "" for none
	Drawing Drawing
	Folded  bool // a format that can fold shows it folded
	Detail  Detail
}

// Drawing draws what it was given as data. In characters every drawing can be shown, if only as nothing. A format that
// draws better looks for more in it, such as a method SVG(labelledBy string) string, so that this package knows of no format.
type Drawing interface {
	// Lines returns the drawing in characters, of lines not wider than width columns; nil where it has no such form.
	Lines(width int) []string
}

// Sparks draws a line of characters for each row of a table.
type Sparks interface {
	// Draw returns a drawing for each row of at most width columns, a title for them, and an axis below the last;
	// title and axis may be "".
	Draw(width int) (title string, rows []string, axis string)
}

// Lines is a drawing of given lines.
type Lines []string

// Lines returns the lines.
func (l Lines) Lines(int) []string { return l }

func (c Chart) level() Detail { return c.Detail }
