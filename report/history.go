package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/history"
)

const (
	shownRuns    = 20 // newest runs of a series, where not all are asked for
	shownLeftOut = 10 // runs that stand alone or are left out, likewise
	dateTime     = "2006-01-02 15:04:05"
	shortTime    = "01-02 15:04" // where the page is narrower than narrowPage
	narrowPage   = 60

	changeMark = "▲"
)

// History writes how the percentiles of saved runs went over time, for a terminal: of each series its changes, a chart and
// a table, and in the end what was left out. Its error is that of w.
func History(w io.Writer, h *history.History, o Options) error {
	p := newPage(o.Width, o.Color)
	if len(h.Series) == 0 {
		p.strong("No run is left to show.")
	}
	var alone []*history.Series
	for i, s := range h.Series {
		if len(s.Points) == 1 && i > 0 {
			alone = append(alone, s)
			continue
		}
		if err := writeSeries(p, s, h.Options, o); err != nil {
			return fmt.Errorf("laying out the report: %w", err)
		}
	}
	p.blank()
	for i, s := range alone {
		if i == shownLeftOut && !o.Verbose {
			p.text(fmt.Sprintf("and %d more that stand alone, named with -v", len(alone)-i), 2)
			break
		}
		p.text(fmt.Sprintf("one run of %s, %s, stands alone%s", seriesName(s), sentence(s.Points[0].Source), differing(s, " as it differs in ")), 2)
	}
	writeLeftOut(p, h.LeftOut, o.Verbose)
	_, err := io.WriteString(w, p.out.String())
	return err
}

func seriesName(s *history.Series) string {
	return name(s.Plan.Profile) + " at " + name(s.Target.Series())
}

// differing says what keeps a series from the one before it.
func differing(s *history.Series, opening string) string {
	if len(s.Differs) == 0 {
		return ""
	}
	return opening + sentence(strings.Join(s.Differs, "; "))
}

func writeSeries(p *oldPage, s *history.Series, options history.Options, o Options) error {
	p.blank()
	for _, answer := range seriesAnswers(s, options) {
		p.strong(answer)
	}
	p.parts(seriesParts(s), 2)
	p.text(differing(s, apart), 2)
	if len(s.Points) > 1 {
		if err := p.table(historyChart(s, p.width)); err != nil {
			return err
		}
	}
	return writeRunsOf(p, s, o)
}

// apart opens what keeps a series from the one above it.
const apart = "apart from the series above: "

// seriesParts says what a series is of.
func seriesParts(s *history.Series) []string {
	first, last := s.Points[0], s.Points[len(s.Points)-1]
	parts := []string{seriesName(s), loadOf(&s.Plan), plural(uint64(len(s.Points)), "run")}
	if len(s.Points) > 1 {
		parts = append(parts, first.Started.UTC().Format(dateTime)+" … "+last.Started.UTC().Format(dateTime))
	}
	return parts
}

// seriesAnswers says which percentiles changed, when, and by how much.
func seriesAnswers(s *history.Series, o history.Options) []string {
	var answers []string
	for i, percentile := range history.Percentiles {
		for _, c := range s.Changes[i] {
			verb := "rose"
			if c.After < c.Before {
				verb = "fell"
			}
			answers = append(answers, fmt.Sprintf("%s of %s %s by %s, from %s to %s, with the run of %s (%s).",
				strings.ToUpper(percentile.Key), seriesName(s), verb, changeBy(c), Duration(time.Duration(c.Before)), Duration(time.Duration(c.After)),
				s.Points[c.Index].Started.UTC().Format(dateTime), pWords(c.P)))
		}
	}
	if answers != nil {
		return answers
	}
	if len(s.Points) < 3 {
		return []string{fmt.Sprintf("%s: %s, and a change takes three or more to tell.", seriesName(s), plural(uint64(len(s.Points)), "run"))}
	}
	beyond := ""
	if o.Magnitude > 0 {
		beyond = fmt.Sprintf(" of more than %s", Share(o.Magnitude))
	}
	return []string{fmt.Sprintf("%s: no change%s was found in %s.", seriesName(s), beyond, plural(uint64(len(s.Points)), "run"))}
}

// changeBy writes by how much the mean changed, without its sign.
func changeBy(c history.Change) string {
	if asPercent(c.Ratio()) {
		return strings.TrimLeft(percentChange(c.Ratio()), "+−")
	}
	if c.Ratio() < 1 {
		return "a factor of " + strings.TrimSuffix(Times(1/c.Ratio()), "×")
	}
	return "a factor of " + strings.TrimSuffix(Times(c.Ratio()), "×")
}

func pWords(p float64) string {
	if p < 0.0001 {
		return "p < 0.0001"
	}
	return "p = " + decimal(p, 4)
}

// writeRunsOf writes the table of a series' runs.
func writeRunsOf(p *oldPage, s *history.Series, o Options) error {
	layout, from := dateTime, max(len(s.Points)-shownRuns, 0)
	if p.width < narrowPage {
		layout = shortTime
	}
	if o.Verbose {
		from = 0
	}
	if err := p.table(runsTable(s, from, layout)); err != nil {
		return err
	}
	if from > 0 {
		p.text(fmt.Sprintf("and %s before them, shown with -v", plural(uint64(from), "run")), 2)
	}
	for _, note := range runNotes(s, from) {
		p.text("note  "+note, 2)
	}
	return nil
}

// runsTable lists the runs of a series from one on, with a row before each with which something changed.
func runsTable(s *history.Series, from int, layout string) *table {
	t := &table{columns: []column{{title: "started (UTC)", left: true}}}
	for _, percentile := range history.Percentiles {
		t.columns = append(t.columns, column{title: strings.ToUpper(percentile.Key)})
	}
	t.columns = append(t.columns, column{title: "requests", rank: 1}, column{title: "", left: true, rank: 2})
	for i := from; i < len(s.Points); i++ {
		point := s.Points[i]
		if cells, changed := changeCells(s, i); changed {
			t.row(cells...)
		}
		cells := []string{point.Started.UTC().Format(layout)}
		for q := range history.Percentiles {
			cells = append(cells, bounded(point.Values[q], point.AtLeast[q]))
		}
		t.row(append(cells, Count(point.Requests), sentence(point.Source))...)
	}
	return t
}

// runNotes says of the runs of a series from one on in what each differs from the one before it.
func runNotes(s *history.Series, from int) []string {
	var notes []string
	for _, point := range s.Points[from:] {
		if len(point.Differs) > 0 {
			notes = append(notes, fmt.Sprintf("the run of %s differs from the one before it in %s", point.Started.UTC().Format(dateTime),
				sentence(strings.Join(point.Differs, "; "))))
		}
	}
	return notes
}

// changeCells is the row of what changed with a run.
func changeCells(s *history.Series, run int) (cells []string, changed bool) {
	cells = []string{"change"}
	for q := range history.Percentiles {
		cell := ""
		if c := changeAt(s, q, run); c != nil {
			changed = true
			if cell = Times(c.Ratio()); asPercent(c.Ratio()) {
				cell = percentChange(c.Ratio())
			}
		}
		cells = append(cells, cell)
	}
	return cells, changed
}

// writeLeftOut names what is no point of a series, and why.
func writeLeftOut(p *oldPage, list []history.LeftOut, all bool) {
	if len(list) == 0 {
		return
	}
	p.blank()
	for i, l := range list {
		if i == shownLeftOut && !all {
			p.text(fmt.Sprintf("and %d more, named with -v", len(list)-i), 2)
			return
		}
		p.text("left out  "+omitted(l), 2)
	}
}

func omitted(l history.LeftOut) string {
	what := sentence(l.Source)
	if l.Target != "" {
		what += ": the run of " + name(l.Target)
	}
	return what + " " + sentence(l.Why)
}
