package report

import (
	"fmt"
	"io"
	"strings"
)

// ComparisonMarkdown writes what a comparison or a gate found as text for a pull request: the verdict, the table, the
// curves, and how to repeat it. Its error is that of w.
func ComparisonMarkdown(w io.Writer, c *Compared) error { return comparisonMarkdown(w, c, maxMarkdown) }

// ComparisonSummary writes it for the summary of a GitHub Actions step, at most limit bytes.
func ComparisonSummary(w io.Writer, c *Compared, limit int) error {
	return comparisonMarkdown(w, c, limit)
}

func comparisonMarkdown(w io.Writer, c *Compared, limit int) error {
	t := &markdownText{limit: limit}
	t.line("**" + prose(ComparisonAnswer(c)) + "**")
	for i := range c.Result.Comparisons {
		t.comparison(c, i)
	}
	if lines := curveLines(c.Result.Curves); lines != nil {
		t.line("")
		t.line("<details><summary>percentile curves</summary>")
		t.line("")
		t.line("```text")
		for _, l := range lines {
			t.line(strings.ReplaceAll(l, "`", "'"))
		}
		t.line("```")
		t.line("</details>")
	}
	t.line("")
	t.line(prose(dotted(c.layoutParts())))
	for _, n := range c.notes() {
		t.line("")
		t.line(prose(strings.TrimPrefix(n, "note  ")))
	}
	if c.Repeat != "" {
		t.line("")
		t.line("Repeat: " + code(Clean(c.Repeat, 4096)))
	}
	if t.cut && t.b.Len() > 0 {
		t.b.WriteString(cutSentence)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *markdownText) comparison(c *Compared, index int) {
	grid := comparisonTable(c, index)
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
