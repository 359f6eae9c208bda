package report

import (
	"fmt"
	"io"

	"github.com/seed-5a006608/bench/report/history"
)

// markdownChart is the width of a chart, in columns: what a pull request shows without scrolling.
const markdownChart = 100

// HistoryMarkdown writes how the percentiles of saved runs went over time as text for a pull request or a wiki, of at most
// 60 kB: of each series its changes, a chart and its newest runs, and in the end what was left out. Its error is that of w.
func HistoryMarkdown(w io.Writer, h *history.History) error {
	t := &markdownText{limit: maxMarkdown}
	if len(h.Series) == 0 {
		t.answers([]string{"No run is left to show."})
	}
	for i, s := range h.Series {
		if i > 0 {
			t.line("")
		}
		if err := t.series(s, h.Options); err != nil {
			return fmt.Errorf("laying out the report: %w", err)
		}
	}
	for i, l := range h.LeftOut {
		if i == 0 {
			t.line("")
		}
		t.line("- Left out: " + prose(omitted(l)))
	}
	return t.end(w)
}

func (t *markdownText) series(s *history.Series, o history.Options) error {
	t.answers(seriesAnswers(s, o))
	t.line("")
	t.line(prose(dotted(seriesParts(s))))
	if differs := differing(s, apart); differs != "" {
		t.line("")
		t.line(prose(differs))
	}
	if len(s.Points) > 1 {
		lines, err := historyChart(s, markdownChart).lines(markdownChart)
		if err != nil {
			return err
		}
		t.drawing(lines[1:]) // without the titles, of which it has none
	}
	from := max(len(s.Points)-shownRuns, 0)
	t.table(runsTable(s, from, dateTime))
	if from > 0 {
		t.line("")
		t.line(fmt.Sprintf("And %s before them.", plural(uint64(from), "run")))
	}
	for _, note := range runNotes(s, from) {
		t.line("")
		t.line(prose(note))
	}
	return nil
}
