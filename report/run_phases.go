package report

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/page"
)

// maxPhases bounds the phases of a run that the table shows without Verbose; a profile may be made of many short ones.
const maxPhases = 12

// The footnote marks of the report, and what they say.
const (
	thinMark  = "¹"
	lostMark  = "²"
	partsMark = "³"
)

var footnotes = []page.Footnote{
	{Mark: thinMark, Text: "fewer than 10 requests lie beyond it"},
	{Mark: lostMark, Text: "with those that had no answer when the run ended"},
	{Mark: partsMark, Text: "the parts do not add up to it: requests that were never sent or never answered lack some"},
}

// footnotesOf explains the marks that were used.
func footnotesOf(marks map[string]bool) (notes []page.Footnote) {
	for _, f := range footnotes {
		if marks[f.Mark] {
			notes = append(notes, f)
		}
	}
	return notes
}

// leading is the number of columns before the percentiles.
const leading = 4

// phaseTable tabulates the response times of every phase.
func phaseTable(subjects []subject, o Options) *page.Table {
	t := &page.Table{Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Stub: true, Of: true, Plain: true}, {Title: "phase", Words: true, Names: true, Plain: true},
		{Title: "offered"}, {Title: "served"},
	}}
	for _, q := range percentiles {
		t.Columns = append(t.Columns, page.Column{Title: q.title})
	}
	// Out of a table that is too wide the maximum goes first, then P99.9, then P95.
	t.Columns[leading+4].Rank, t.Columns[leading+3].Rank, t.Columns[leading+1].Rank = 3, 2, 1
	t.Columns = append(t.Columns, page.Column{Title: "failed"}, page.Column{Title: "verdict", Words: true, Wide: true})
	offered := false
	marks := map[string]bool{}
	for _, s := range subjects {
		offered = offered || !s.closed()
		for _, index := range shownPhases(s, o.Verbose) {
			switch {
			case index < 0:
				t.AddWords(s.label, "…")
			case index < len(s.Phases):
				t.Add(phaseRow(s, &s.Phases[index], o, marks)...)
			default:
				t.Add(phaseRow(s, s.focus, o, marks)...)
			}
		}
	}
	t.Notes = footnotesOf(marks)
	addRatios(t, subjects)
	if !offered {
		return t.Without(func(c page.Column) bool { return c.Title == "offered" })
	}
	return t
}

// phaseRow are the cells of a phase.
func phaseRow(s subject, p *runfile.Phase, o Options, marks map[string]bool) []page.Cell {
	phase := o.name(p.Name)
	if phase == "" {
		phase = "the run"
	}
	offered := page.Words(absent)
	if !s.closed() {
		offered = rateCell(p.Offered.Rate)
	}
	cells := []page.Cell{page.Words(s.label), page.Words(phase), offered, rateCell(p.Served().Rate)}
	for _, q := range percentiles {
		cell := q.cell(&p.ResponseTime)
		if q.thin(&p.ResponseTime) {
			cell.Mark = thinMark
			marks[thinMark] = true
		}
		cells = append(cells, cell)
	}
	lost := lostCell(p.Requests)
	if lost.Mark != "" {
		marks[lost.Mark] = true
	}
	return append(cells, lost, page.Cell{Text: kindOf(p.Verdict), Tone: kindTone(p.Verdict)})
}

// lostCell writes the requests that failed, marked where it counts some without any answer among them.
func lostCell(r runfile.Requests) page.Cell {
	lost := countCell(unanswered(r))
	if unanswered(r) > r.Failed {
		lost.Mark = lostMark
	}
	return lost
}

// some writes a count, and nothing in particular for none.
func some(n uint64) string {
	if n == 0 {
		return absent
	}
	return units.Count(n)
}

// shownPhases returns the indices of the phases that the table shows; -1 stands for some left out.
func shownPhases(s subject, verbose bool) []int {
	var all []int
	focus := 0
	for i := range s.Phases {
		if verbose || s.Phases[i].Kind != profiles.Warmup {
			if &s.Phases[i] == s.focus {
				focus = len(all)
			}
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return []int{len(s.Phases)} // the run as a whole
	}
	if verbose || len(all) <= maxPhases {
		return all
	}
	var shown []int
	for i, index := range all {
		if i < 3 || i >= len(all)-3 || max(i-focus, focus-i) <= 2 {
			shown = append(shown, index)
		} else if shown[len(shown)-1] >= 0 {
			shown = append(shown, -1)
		}
	}
	return shown
}

// addRatios compares two runs in the phase that asks most of them, percentile by percentile.
func addRatios(t *page.Table, subjects []subject) {
	if len(subjects) != 2 || !samePlan(subjects) || subjects[0].focus.Name != subjects[1].focus.Name {
		return
	}
	under, over := subjects[0], subjects[1]
	row := page.Row{Head: fmt.Sprintf("%s / %s %s", over.label, under.label, where(subjects)), Cells: make([]page.Cell, len(t.Columns)), Detail: page.Usual}
	found := false
	for i, q := range percentiles {
		text, ok := ratio(q, &over.focus.ResponseTime, &under.focus.ResponseTime)
		row.Cells[leading+i].Text = text
		found = found || ok
	}
	if found {
		t.Rows = append(t.Rows, row)
	}
}

// ratio divides a percentile of one distribution by that of another. Where only one of them is a lower bound, so is the
// ratio, or an upper one; of two lower bounds nothing is known.
func ratio(q percentile, over, under *runfile.Dist) (text string, ok bool) {
	if over.Count == 0 || under.Count == 0 || q.of(under).Value <= 0 {
		return absent, false
	}
	a, b := q.of(over), q.of(under)
	times := float64(a.Value) / float64(b.Value)
	text = units.Times(times)
	switch {
	case a.AtLeast && b.AtLeast:
		return absent, false
	case a.AtLeast:
		text = "≥ " + units.TimesTo(times, units.Down)
	case b.AtLeast:
		text = "≤ " + units.TimesTo(times, units.Up)
	}
	return text, true
}
