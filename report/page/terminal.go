package page

import (
	"fmt"
	"io"
	"strings"
)

// DefaultWidth is the default number of columns of a terminal.
const DefaultWidth = 100

// TerminalOptions says how a page is shown on a terminal.
type TerminalOptions struct {
	Width  int  // columns; 0 takes DefaultWidth
	Color  bool // whether escape sequences may be written; colour repeats a word and says nothing of its own
	Detail Detail
}

// Terminal writes a page for a terminal, once and when it is whole. No line is wider than the terminal, whatever its text;
// commands that are never broken are the exception. The error is that of w, or of a table that cannot be laid out.
func Terminal(w io.Writer, p *Page, o TerminalOptions) error {
	if o.Width <= 0 {
		o.Width = DefaultWidth
	}
	t := &terminal{width: o.Width, color: o.Color, several: len(p.Subjects) > 1, told: map[string]bool{}}
	for _, of := range p.Subjects {
		t.names = max(t.names, Columns(of)+2)
	}
	for _, b := range p.Upto(o.Detail).Blocks {
		if _, last := b.(Commands); last {
			t.footnotes()
		}
		t.blank()
		t.label = ""
		if err := t.block(b); err != nil {
			return fmt.Errorf("laying out the report: %w", err)
		}
	}
	t.footnotes()
	_, err := io.WriteString(w, t.out.String())
	return err
}

// terminal collects the lines of a page. It is the only way out: each line is cleaned and bounded here, whatever it was made
// of, and coloured only afterwards.
type terminal struct {
	width   int
	color   bool
	several bool // the page is of several subjects
	names   int  // width of their names, with the space behind them
	out     strings.Builder
	apart   bool   // a blank line stands before the next one
	label   string // of the rows that were written last
	notes   []Footnote
	told    map[string]bool // footnotes by their marks
}

func (t *terminal) block(b Block) error {
	switch b := b.(type) {
	case Section:
		t.text(b.Title, 2)
		for _, inner := range b.Blocks {
			if err := t.block(inner); err != nil {
				return err
			}
		}
	case Headline:
		for _, l := range Wrap(b.Text, t.width, 0) {
			if l = t.fit(l); l == "" {
				continue
			}
			if t.color {
				l = bold + l + reset
			}
			t.put(l)
		}
	case Facts:
		texts := []string{b.Command}
		for _, part := range b.Parts {
			texts = append(texts, part.Text)
		}
		t.lines(dottedLines(texts, t.width, 2))
	case Text:
		if b.Label == "" {
			t.text(b.Text, 2)
		} else {
			t.row(b.Label, b.Text, 0)
		}
	case Note:
		t.text("note  "+b.Text, 2)
	case List:
		t.list(b)
	case *Table:
		return t.table(b)
	case Chart:
		if b.Drawing == nil {
			return nil
		}
		drawn := b.Drawing.Lines(t.width)
		if len(drawn) > 0 && !b.Folded {
			t.text(b.Title, 2)
		}
		t.lines(drawn)
	case Commands:
		for _, line := range b.Lines {
			t.commands(line)
		}
	}
	return nil
}

// commands writes a line of commands.
func (t *terminal) commands(line []Command) {
	var texts []string
	for _, c := range line {
		switch {
		case c.Why != "":
			t.text(c.Word+": "+c.Why, 2)
			t.put("  " + Clean(c.Text, maxCommand))
		case c.File:
			texts = append(texts, c.Word+" "+c.Text)
		case c.Word != "":
			texts = append(texts, c.Word+": "+c.Text)
		default:
			texts = append(texts, c.Text)
		}
	}
	t.lines(dottedLines(texts, t.width, 2))
}

// maxCommand bounds a command that is to be copied, in columns.
const maxCommand = 4096

// footnotes explains the marks of the tables above that were not explained yet.
func (t *terminal) footnotes() {
	for _, f := range t.notes {
		if !t.told[f.Mark] {
			t.told[f.Mark] = true
			t.text(f.Mark+" "+f.Text, 2)
		}
	}
	t.notes = nil
}

// text writes a paragraph, the lines after its first indented.
func (t *terminal) text(s string, indent int) { t.lines(Wrap(s, t.width, indent)) }

func (t *terminal) lines(lines []string) {
	for _, l := range lines {
		if l = t.fit(l); l != "" {
			t.put(l)
		}
	}
}

// blank parts two blocks; several in a row are one, and none ends the page.
func (t *terminal) blank() { t.apart = t.out.Len() > 0 }

func (t *terminal) fit(s string) string { return strings.TrimRight(Clean(s, t.width), " ") }

func (t *terminal) put(s string) {
	if t.apart {
		t.out.WriteByte('\n')
		t.apart = false
	}
	t.out.WriteString(s)
	t.out.WriteByte('\n')
}

const (
	bold   = "\x1b[1m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

// tones are the colours of words.
var tones = map[Tone]string{Good: green, Doubtful: yellow, Bad: red}

// toned is a word to be coloured in a line.
type toned struct {
	text string
	tone Tone
	from int // bytes of the line before which it does not stand
}

// paint colours words of a finished line, each where it stands first.
func (t *terminal) paint(line string, words []toned) string {
	for i := len(words) - 1; i >= 0 && t.color; i-- {
		w := words[i]
		if tones[w.tone] == "" || w.text == "" || w.from > len(line) {
			continue
		}
		if at := strings.Index(line[w.from:], w.text); at >= 0 {
			at += w.from
			line = line[:at] + tones[w.tone] + w.text + reset + line[at+len(w.text):]
		}
	}
	return line
}
