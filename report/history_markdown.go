package report

import (
	"io"

	"github.com/seed-5a006608/bench/report/history"
)

// HistoryMarkdown writes how the percentiles of saved runs went over time as text for a pull request or a wiki, of at most
// 60 kB: of each series its changes, a chart and its newest runs, and in the end what was left out. Its error is that of w.
func HistoryMarkdown(w io.Writer, h *history.History) error {
	return writeMarkdown(w, HistoryPage(h, Options{Verbose: true, long: true}), maxMarkdown)
}
