package report

import (
	"io"
	"strings"

	"github.com/seed-5a006608/bench/report/page"
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
		t.table(comparisonTable(c, i))
	}
	if lines := curveLines(c.Result.Curves); lines != nil {
		t.line("")
		t.line("<details><summary>percentile curves</summary>")
		t.drawing(lines)
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
		t.line("Repeat: " + code(page.Clean(c.Repeat, 4096)))
	}
	return t.end(w)
}
