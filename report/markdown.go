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

// maxMarkdownErrors bounds the kinds of errors that a Markdown report lists of each run.
const maxMarkdownErrors = 20

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
	t := &markdownText{limit: limit}
	t.line("**" + prose(Answer(runs)) + "**")
	t.line("")
	t.line(markdownHead(subjects))
	t.thresholds(subjects)
	t.phases(subjects)
	t.verdicts(subjects)
	t.failures(subjects)
	t.profiles(subjects)
	return t.end(w)
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

func markdownHead(subjects []subject) string {
	first := subjects[0]
	parts := []string{code("bench " + longName(first.Plan.Profile))}
	if samePlan(subjects) {
		if load := loadOf(&first.Plan); load != "" {
			parts = append(parts, prose(load))
		}
	} else {
		parts = append(parts, "driven by different plans")
	}
	for _, text := range repeated(subjects) {
		parts = append(parts, prose(text))
	}
	for _, text := range sequences(subjects) {
		parts = append(parts, prose(text))
	}
	return strings.Join(parts, " · ")
}

func (t *markdownText) thresholds(subjects []subject) {
	head := []string{"", "| target | threshold | | found |", "| --- | --- | --- | --- |"}
	for _, s := range subjects {
		for _, r := range s.Thresholds {
			for _, l := range head {
				t.line(l)
			}
			head = nil
			t.line("| " + strings.Join([]string{code(s.label), code(longName(r.Text)), verdictWord(r), prose(sentence(r.Sentence))}, " | ") + " |")
		}
	}
}

func (t *markdownText) phases(subjects []subject) {
	t.line("")
	t.line("| target | phase | offered | served | P50 | P95 | P99 | P99.9 | max | failed | verdict |")
	t.line("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
	marks := map[string]bool{}
	for _, s := range subjects {
		for _, index := range shownPhases(s, true) {
			p := s.focus
			if index < len(s.Phases) {
				p = &s.Phases[index]
			}
			cells := []string{code(s.label), code(longName(p.Name)), absent, Rate(p.Served().Rate)}
			if !s.closed() {
				cells[2] = Rate(p.Offered.Rate)
			}
			for _, q := range percentiles {
				cell := q.of(&p.ResponseTime)
				if q.thin(&p.ResponseTime) {
					cell += thinMark
					marks[thinMark] = true
				}
				cells = append(cells, cell)
			}
			lost := lostCell(p.Requests)
			if lost.mark != "" {
				marks[lost.mark] = true
			}
			cells = append(cells, lost.figure+lost.mark, kindOf(p.Verdict))
			for i, cell := range cells[2:] {
				cells[i+2] = prose(cell)
			}
			t.line("| " + strings.Join(cells, " | ") + " |")
		}
	}
	for _, f := range footnotes {
		if marks[f.mark] {
			t.line("")
			t.line(f.mark + " " + f.text)
		}
	}
}

func (t *markdownText) verdicts(subjects []subject) {
	t.line("")
	for _, s := range subjects {
		of, evidence := s.evidence()
		text := listed(evidence, true)
		if of != "" && text != "" {
			text = of + ": " + text
		}
		if text != "" {
			text = ": " + text
		}
		t.line("- " + code(s.label) + " " + prose(kindOf(s.Verdict)+text))
	}
	for _, s := range subjects {
		if s.closed() {
			t.line("- Closed model: a slow answer delays the next request, so these percentiles flatter (coordinated omission).")
			break
		}
	}
}

func (t *markdownText) failures(subjects []subject) {
	for _, s := range subjects {
		if len(s.Errors)+len(s.Events) == 0 {
			continue
		}
		t.line("")
		t.line("Errors and events of " + code(s.label) + ":")
		t.line("")
		for i, e := range mostFrequent(s.Errors) {
			if i == maxMarkdownErrors {
				t.line(fmt.Sprintf("- and %s more", plural(uint64(len(s.Errors)-i), "kind")))
				break
			}
			row := fmt.Sprintf("- %s× %s", Count(e.Count), code(sentence(e.Kind)))
			if sample := page.Clean(e.Sample, 120); strings.TrimSpace(sample) != "" {
				row += ": " + code(sample)
			}
			t.line(row)
		}
		for _, e := range s.Events {
			t.line("- Event: " + prose(event(e)))
		}
	}
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
