package page

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// MarkdownOptions bounds a page in Markdown.
type MarkdownOptions struct {
	Limit  int    // bytes; 0 for none
	Cut    string // a line that ends a page which was cut
	Detail Detail
}

// maxItems bounds the items of a list with a label in Markdown; sentences without one are all told.
const maxItems = 20

// maxText bounds a text in Markdown, in columns.
const maxText = 4096

// Markdown writes a page as GitHub's Markdown. Text from elsewhere stays text: no markup, mention, reference or address.
// What does not fit the limit is cut between two lines; where not even the first line fits, nothing is written. The error is
// that of w.
func Markdown(w io.Writer, p *Page, o MarkdownOptions) error {
	t := &markdown{limit: o.Limit, cutLine: "\n" + o.Cut + "\n"}
	t.blocks(headlineFirst(p.Upto(o.Detail).Blocks))
	if t.cut && t.b.Len() > 0 {
		if strings.HasSuffix(t.b.String(), "\n\n") {
			t.cutLine = t.cutLine[1:]
		}
		t.b.WriteString(t.cutLine)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// headlineFirst puts the first headline before facts without a title, which say only how it was found.
func headlineFirst(blocks []Block) []Block {
	var facts, flat []Block
	for _, b := range blocks {
		if s, ok := b.(Section); ok && s.Title == "" {
			flat = append(flat, s.Blocks...)
		} else {
			flat = append(flat, b)
		}
	}
	for i, b := range flat {
		switch b := b.(type) {
		case Headline:
			return slices.Concat([]Block{b}, facts, flat[i+1:])
		case Facts:
			if b.Title == "" {
				facts = append(facts, b)
				continue
			}
		}
		break
	}
	return flat
}

// markdown is a text in the making that ends at its limit.
type markdown struct {
	b       strings.Builder
	limit   int
	cutLine string
	cut     bool
	listed  bool // the last block was a list, which another one continues
}

func (t *markdown) line(s string) {
	t.cut = t.cut || t.limit > 0 && t.b.Len()+len(s)+1+len(t.cutLine) > t.limit
	if !t.cut {
		t.b.WriteString(s + "\n")
	}
}

// blank parts two blocks.
func (t *markdown) blank() {
	if t.b.Len() > 0 {
		t.line("")
	}
	t.listed = false
}

func (t *markdown) paragraph(s string) {
	if s != "" {
		t.blank()
		t.line(s)
	}
}

func (t *markdown) blocks(blocks []Block) {
	for _, b := range blocks {
		t.block(b)
	}
}

func (t *markdown) block(b Block) {
	switch b := b.(type) {
	case Section:
		t.paragraph(strong(b.Title))
		t.blocks(b.Blocks)
	case Headline:
		t.paragraph(strong(b.Text))
	case Facts:
		t.facts(b)
	case Text:
		text := b.Text
		if b.Label != "" {
			text = b.Label + ": " + text
		}
		t.paragraph(prose(text))
	case Note:
		t.paragraph(prose(b.Text))
	case List:
		t.list(b)
	case *Table:
		t.table(b)
	case Chart:
		t.chart(b)
	case Commands:
		for _, line := range b.Lines {
			for _, c := range line {
				t.paragraph(prose(capitalised(c.Word)) + ": " + code(c.Text))
			}
		}
	}
}

func (t *markdown) facts(b Facts) {
	if b.Title != "" {
		t.paragraph("## " + prose(b.Title))
	}
	var texts []string
	if b.Command != "" && b.Title == "" {
		texts = append(texts, code(b.Command))
	}
	for _, part := range b.Parts {
		texts = append(texts, prose(part.Text))
	}
	t.paragraph(Dotted(texts))
}

func (t *markdown) list(b List) {
	for i, item := range b.Items {
		if i == 0 && !t.listed {
			t.blank()
		}
		t.listed = true
		if i == maxItems && b.Label != "" {
			t.line(fmt.Sprintf("- and %d more", len(b.Items)-i))
			return
		}
		word, text := item.Word, item.Text
		if word == "" {
			word = b.Label
		}
		if word != "" && text != "" {
			word += ": "
		}
		entry := prose(word + text)
		if item.Of != "" {
			entry = code(item.Of) + " " + entry
		}
		t.line("- " + entry)
	}
}

// table writes a table, but for one without rows.
func (t *markdown) table(b *Table) {
	b = b.Without(func(c Column) bool { return c.Spark })
	if len(b.Rows) == 0 || len(b.Columns) == 0 {
		return
	}
	if b.Caption != "" {
		caption := capitalised(b.Label)
		if b.Of != "" {
			caption += " of " + code(b.Of)
		}
		if caption != "" {
			caption += ", "
		}
		t.paragraph(caption + prose(b.Caption) + ":")
	}
	titles, rules := make([]string, len(b.Columns)), make([]string, len(b.Columns))
	for i, column := range b.Columns {
		if titles[i], rules[i] = prose(column.Title), "---:"; column.Words {
			rules[i] = "---"
		}
	}
	t.blank()
	t.line("| " + strings.Join(titles, " | ") + " |")
	t.line("| " + strings.Join(rules, " | ") + " |")
	for _, row := range b.Rows {
		cells := make([]string, len(b.Columns))
		for i, column := range b.Columns {
			cell := row.Cell(i)
			if cells[i] = prose(cell.Text + cell.Mark); column.Names {
				cells[i] = code(cell.Text)
			}
		}
		if row.Head != "" && cells[0] == "" {
			cells[0] = prose(row.Head)
		}
		t.line("| " + strings.Join(cells, " | ") + " |")
	}
	for _, f := range b.Notes {
		t.paragraph(prose(f.Mark + " " + f.Text))
	}
}

// markdownWidth is the width of a drawing, in columns: what a pull request shows without scrolling.
const markdownWidth = 100

func (t *markdown) chart(b Chart) {
	if b.Drawing == nil {
		return
	}
	lines := b.Drawing.Lines(markdownWidth)
	if len(lines) == 0 {
		return
	}
	if b.Folded {
		t.paragraph("<details><summary>" + prose(b.Title) + "</summary>")
	} else {
		t.paragraph(strong(b.Title))
	}
	t.blank()
	t.line("```text")
	for _, l := range lines {
		t.line(strings.TrimRight(strings.ReplaceAll(Clean(l, markdownWidth), "`", "'"), " "))
	}
	t.line("```")
	if b.Folded {
		t.line("</details>")
	}
}

func strong(s string) string {
	if s = prose(s); s == "" {
		return ""
	}
	return "**" + s + "**"
}

func capitalised(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// absent stands for a name that is empty.
const absent = "–"

// code shows clean text from elsewhere as a code span, where GitHub looks for no mention, reference, address or emoji. A
// span has no escapes, so text that would end it or its table cell is written in entities.
func code(s string) string {
	s = strings.TrimSpace(Clean(s, maxText))
	switch {
	case s == "":
		return absent
	case strings.ContainsAny(s, "`|\\"):
		return "<code>" + entities(s, func(string, int) bool { return true }) + "</code>"
	}
	return "`" + s + "`"
}

// prose writes a sentence of bench's own that may hold text from elsewhere: what is punctuation of a sentence stays, what
// Markdown or GitHub could read anything into becomes an entity.
func prose(s string) string {
	return entities(strings.TrimSpace(Clean(s, maxText)), func(s string, i int) bool {
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = s[i-1]
		}
		if i+1 < len(s) {
			after = s[i+1]
		}
		switch s[i] {
		case ',', ';', '(', ')', '%', '/', '?', '\'':
			return false
		case '.': // not in www.example.com
			return after != ' ' && (!isDigit(before) || !isDigit(after))
		case ':': // not in http://, nor the first of :smile:
			return after != ' '
		case '-': // not in GH-12
			return isDigit(after)
		}
		return true
	})
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// entities writes the ASCII punctuation of s for which escape holds as entities. Behind those by which GitHub finds names,
// numbers and addresses in finished text a comment parts it, which shows as nothing.
func entities(s string, escape func(s string, i int) bool) string {
	var b strings.Builder
	for i, r := range s {
		if r < 0x80 && (unicode.IsPunct(r) || unicode.IsSymbol(r)) && escape(s, i) {
			fmt.Fprintf(&b, "&#%d;", r)
			if strings.ContainsRune("@#:-.", r) {
				b.WriteString("<!-- -->")
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
