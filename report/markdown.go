package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report/page"
)

// maxMarkdown bounds a Markdown report, in bytes: GitHub takes 65,536 characters as the text of a pull request.
const maxMarkdown = 60_000

// cutSentence ends a report that was too long.
const cutSentence = "\nCut here, as it was too long: the whole is in the run file (`-o json=FILE`).\n"

// Markdown writes the runs as text for a pull request in GitHub's Markdown, of at most 60 kB: the answer, the thresholds,
// the phases, what limited them, and the errors.
func Markdown(w io.Writer, runs []*loadgen.Run) error { return markdown(w, runs, maxMarkdown) }

// markdown writes at most limit bytes; what does not fit is cut between two lines, with a sentence. Where not even the
// answer fits it writes nothing.
func markdown(w io.Writer, runs []*loadgen.Run, limit int) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	return writeMarkdown(w, runPage(subjects, Options{Verbose: true, long: true}), limit)
}

// writeMarkdown writes the brief form of a page.
func writeMarkdown(w io.Writer, p *page.Page, limit int) error {
	return page.Markdown(w, p, page.MarkdownOptions{Limit: limit, Cut: strings.TrimSpace(cutSentence)})
}

// markdownText is a text in the making that ends at its limit.
type markdownText struct {
	b     strings.Builder
	limit int
	cut   bool
}

func (t *markdownText) line(s string) {
	if t.cut = t.cut || t.b.Len()+len(s)+1+len(cutSentence) > t.limit; !t.cut {
		t.b.WriteString(s + "\n")
	}
}

// answers opens a text, or a part of it, with its sentences.
func (t *markdownText) answers(sentences []string) {
	for i, s := range sentences {
		if i > 0 {
			t.line("")
		}
		t.line("**" + prose(s) + "**")
	}
}

// end writes what was made, and that it was cut where it was.
func (t *markdownText) end(w io.Writer) error {
	if t.cut && t.b.Len() > 0 {
		t.b.WriteString(cutSentence)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// table writes a table, but for one without rows.
func (t *markdownText) table(grid *table) {
	if len(grid.rows) == 0 {
		return
	}
	titles, rules := make([]string, len(grid.columns)), make([]string, len(grid.columns))
	for i, col := range grid.columns {
		if titles[i], rules[i] = prose(col.title), "---:"; col.left {
			rules[i] = "---"
		}
	}
	t.line("")
	t.line("| " + strings.Join(titles, " | ") + " |")
	t.line("| " + strings.Join(rules, " | ") + " |")
	for _, row := range grid.rows {
		cells := make([]string, len(grid.columns))
		for i := range cells {
			cells[i] = prose(at(row, i))
		}
		t.line(fmt.Sprintf("| %s |", strings.Join(cells, " | ")))
	}
}

// drawing writes lines whose columns matter.
func (t *markdownText) drawing(lines []string) {
	t.line("")
	t.line("```text")
	for _, l := range lines {
		t.line(strings.ReplaceAll(l, "`", "'"))
	}
	t.line("```")
}

// code shows clean text from elsewhere as a code span, where GitHub looks for no mention, reference, address or emoji. A
// span has no escapes, so text that would end it or its table cell is written in entities.
func code(s string) string {
	s = strings.TrimSpace(s)
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
	return entities(strings.TrimSpace(s), func(s string, i int) bool {
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
