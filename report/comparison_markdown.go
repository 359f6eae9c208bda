package report

import (
	"io"
)

// ComparisonMarkdown writes what a comparison or a gate found as text for a pull request: the verdict, the table, the
// curves, and how to repeat it. Its error is that of w.
func ComparisonMarkdown(w io.Writer, c *Compared) error {
	return writeMarkdown(w, ComparisonPage(c), maxMarkdown)
}

// ComparisonSummary writes it for the summary of a GitHub Actions step, at most limit bytes.
func ComparisonSummary(w io.Writer, c *Compared, limit int) error {
	return writeMarkdown(w, ComparisonPage(c), limit)
}
