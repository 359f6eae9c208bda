package main

import (
	"io"
	"regexp"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// renderMarkdown writes a topic for people: paragraphs and lists filled to width cells, tables in columns, code indented. It
// knows the Markdown that the topics use: headings, paragraphs, lists of one level, tables, fenced code, emphasis, code and links.
func renderMarkdown(w io.Writer, text string, width int, colour bool) error {
	r := renderer{width: width}
	for _, block := range blocksOf(text) {
		r.block(block)
	}
	marks := plainMarks
	if colour {
		marks = colourMarks
	}
	_, err := io.WriteString(w, marks.Replace(r.b.String()))
	return err
}

// Marks that stand in a rendered text for what a terminal shows by colour. Those of colour are zero cells wide.
const (
	markBold, markCode, markEnd = "\x01", "\x02", "\x03"
	markSpace                   = "\ue000" // a space at which a line is not broken, one cell wide
)

var (
	plainMarks  = strings.NewReplacer(markBold, "", markCode, "", markEnd, "", markSpace, " ")
	colourMarks = strings.NewReplacer(markBold, "\x1b[1m", markCode, "\x1b[36m", markEnd, "\x1b[0m", markSpace, " ")
)

// listItem matches the beginning of a list's item.
var listItem = regexp.MustCompile(`^(-|[0-9]+\.) `)

// blocksOf splits a text into its blocks: the lines of a heading, a paragraph, a list item, a table or fenced code.
func blocksOf(text string) [][]string {
	var blocks [][]string
	var block []string
	end := func() {
		if len(block) > 0 {
			blocks = append(blocks, block)
		}
		block = nil
	}
	fenced := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		fence := strings.HasPrefix(line, "```")
		switch {
		case fence && fenced:
			fenced = false
			end()
		case fence:
			end()
			fenced = true
			block = []string{line}
		case fenced:
			block = append(block, line)
		case line == "":
			end()
		case strings.HasPrefix(line, "#"), listItem.MatchString(line):
			end()
			block = []string{line}
		default:
			block = append(block, line)
		}
	}
	end()
	return blocks
}

type renderer struct {
	b      strings.Builder
	width  int
	inList bool
}

func (r *renderer) block(lines []string) {
	first := lines[0]
	bullet := listItem.FindString(first)
	isItem := bullet != ""
	if r.b.Len() > 0 && !(isItem && r.inList) {
		r.b.WriteString("\n")
	}
	r.inList = isItem
	switch {
	case strings.HasPrefix(first, "```"):
		for _, line := range lines[1:] {
			r.b.WriteString(strings.TrimRight("    "+line, " ") + "\n")
		}
	case strings.HasPrefix(first, "#"):
		r.b.WriteString(markBold + strings.TrimLeft(first, "# ") + markEnd + "\n")
	case strings.HasPrefix(first, "|"):
		r.table(lines)
	case isItem:
		lines[0] = first[len(bullet):]
		r.fill(lines, bullet, strings.Repeat(" ", len(bullet)))
	default:
		r.fill(lines, "", "")
	}
}

// fill writes lines as one paragraph, of which the first line begins with first and the others with next.
func (r *renderer) fill(lines []string, first, next string) {
	for _, line := range wrap(inline(strings.Join(lines, " ")), r.width-len(next)) {
		r.b.WriteString(first + line + "\n")
		first = next
	}
}

// table writes rows in columns as wide as their cells; the last one takes what is left and is filled.
func (r *renderer) table(lines []string) {
	var rows [][]string
	var widths []int
	for i, line := range lines {
		if i == 1 {
			continue // it says how cells are aligned
		}
		cells := cellsOf(line)
		for c, cell := range cells {
			if c == len(widths) {
				widths = append(widths, 0)
			}
			widths[c] = max(widths[c], displaywidth.String(cell))
		}
		rows = append(rows, cells)
	}
	for i, cells := range rows {
		lead, used := "", 0
		last := len(cells) - 1
		for c, cell := range cells[:last] {
			lead += cell + strings.Repeat(" ", widths[c]-displaywidth.String(cell)+2)
			used += widths[c] + 2
		}
		for k, part := range wrap(cells[last], max(r.width-used, 20)) {
			if i == 0 {
				part = markBold + part + markEnd
				lead = markBold + lead + markEnd
			}
			if k > 0 {
				lead = strings.Repeat(" ", used)
			}
			r.b.WriteString(lead + part + "\n")
		}
	}
}

// cellsOf splits a row of a table. A | within code does not end a cell.
func cellsOf(row string) []string {
	var cells []string
	var cell strings.Builder
	code := false
	for _, c := range strings.TrimSuffix(strings.TrimPrefix(row, "|"), "|") {
		code = code != (c == '`')
		if c == '|' && !code {
			cells = append(cells, inline(strings.TrimSpace(cell.String())))
			cell.Reset()
			continue
		}
		cell.WriteRune(c)
	}
	return append(cells, inline(strings.TrimSpace(cell.String())))
}

var (
	boldText  = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	emphasis  = regexp.MustCompile(`\*([^* ][^*]*)\*`)
	topicLink = regexp.MustCompile(`\[[^\]]+\]\(([a-z-]+)\.md\)`)
	webLink   = regexp.MustCompile(`\[([^\]]+)\]\((https?:[^)]+)\)`)
)

// inline replaces what Markdown says within a line by marks. A link to a topic becomes the command that shows it.
func inline(text string) string {
	var b strings.Builder
	parts := strings.Split(text, "`")
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			b.WriteString(markCode + strings.ReplaceAll(part, " ", markSpace) + markEnd)
			continue
		}
		part = topicLink.ReplaceAllString(part, markCode+"bench"+markSpace+"help"+markSpace+"$1"+markEnd)
		part = webLink.ReplaceAllString(part, "$1 ($2)")
		part = boldText.ReplaceAllString(part, markBold+"$1"+markEnd)
		b.WriteString(emphasis.ReplaceAllString(part, markBold+"$1"+markEnd))
	}
	return b.String()
}
