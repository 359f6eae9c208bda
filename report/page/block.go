package page

import "slices"

// Page is a report.
type Page struct {
	Title    string   // of the whole, for formats that have one apart from the blocks
	Subjects []string // names of the subjects with figures here; a format may leave a single one out
	Blocks   []Block
}

// Add puts blocks at the end.
func (p *Page) Add(blocks ...Block) { p.Blocks = append(p.Blocks, blocks...) }

// Block is a part of a page: [Section], [Headline], [Facts], [Text], [Note], [List], [*Table], [Chart] or [Commands].
// Blocks of a page stand apart, those of a section close together.
type Block interface{ level() Detail }

// Detail says who is shown a block, or a part of it. The zero value is shown to everyone.
type Detail int

const (
	Brief Detail = iota // in every report, also a short one for a pull request
	Usual               // in a report that somebody opens
	Full                // all that was measured
)

// Section holds blocks that belong together.
type Section struct {
	Title  string // "" for none
	Blocks []Block
	Detail Detail
}

// Headline is the finding, in a sentence or two.
type Headline struct{ Text string }

// Facts says in a few words each what was done, where, and with what.
type Facts struct {
	Title   string // a heading in formats that have some
	Command string // what was run, before the parts; "" for none
	Parts   []Part
	Detail  Detail
}

// Part is one of several short texts in a row.
type Part struct {
	Text   string
	Detail Detail
}

// Parts makes parts of texts, all of one level.
func Parts(detail Detail, texts ...string) []Part {
	parts := make([]Part, len(texts))
	for i, text := range texts {
		parts[i] = Part{text, detail}
	}
	return parts
}

// Text is a paragraph.
type Text struct {
	Label  string // a word that says what it is about; "" for none
	Text   string
	Detail Detail
}

// Note is a paragraph that has to be known to read the figures.
type Note struct {
	Text   string
	Detail Detail
}

// List is a list of texts of one kind.
type List struct {
	Label  string // a word that says what they are; "" for none
	Items  []Item
	Detail Detail
}

// Item is an entry of a list.
type Item struct {
	Of     string // the subject that it is about; "" for none
	Word   string // what it says in a word, such as a verdict; "" for none
	Tone   Tone   // of the word
	Text   string
	More   []string // further sentences where everything was asked for
	Detail Detail
}

// Items makes items of texts.
func Items(texts ...string) []Item {
	items := make([]Item, len(texts))
	for i, text := range texts {
		items[i].Text = text
	}
	return items
}

// Commands says where something was written and how to go on, a line each.
type Commands struct {
	Lines  [][]Command
	Detail Detail
}

// Command is a command to copy, or the path of a file that was written.
type Command struct {
	Word   string // what it does: "again", "repeat", "next", "saved"; "" continues the one before it
	Text   string // the command, or the path
	File   bool   // Text is a path
	Why    string // stands before a command in place of its mere word; such a command is never broken
	Detail Detail
}

// Tone says what a word means for its reader.
type Tone int

const (
	Plain Tone = iota
	Good
	Doubtful
	Bad
)

func (b Section) level() Detail  { return b.Detail }
func (Headline) level() Detail   { return Brief }
func (b Facts) level() Detail    { return b.Detail }
func (b Text) level() Detail     { return b.Detail }
func (b Note) level() Detail     { return b.Detail }
func (b List) level() Detail     { return b.Detail }
func (b Commands) level() Detail { return b.Detail }

// Upto returns the page without what only more detail shows. It shares what is unchanged with p.
func (p *Page) Upto(detail Detail) *Page {
	kept := *p
	kept.Blocks = upto(p.Blocks, detail)
	return &kept
}

func upto(blocks []Block, detail Detail) []Block {
	var kept []Block
	for _, b := range blocks {
		if b.level() > detail {
			continue
		}
		switch x := b.(type) {
		case Section:
			if x.Blocks = upto(x.Blocks, detail); len(x.Blocks) == 0 {
				continue
			}
			b = x
		case Facts:
			x.Parts = keep(x.Parts, detail, func(p Part) Detail { return p.Detail })
			b = x
		case List:
			x.Items = keep(x.Items, detail, func(i Item) Detail { return i.Detail })
			for i := range x.Items {
				if detail < Full {
					x.Items[i].More = nil
				}
			}
			b = x
		case *Table:
			b = x.upto(detail)
		case Commands:
			var lines [][]Command
			for _, line := range x.Lines {
				if line = keep(line, detail, func(c Command) Detail { return c.Detail }); len(line) > 0 {
					lines = append(lines, line)
				}
			}
			x.Lines = lines
			b = x
		}
		kept = append(kept, b)
	}
	return kept
}

// keep returns a copy of a list without what only more detail shows.
func keep[T any](list []T, detail Detail, of func(T) Detail) []T {
	return slices.DeleteFunc(slices.Clone(list), func(v T) bool { return of(v) > detail })
}
