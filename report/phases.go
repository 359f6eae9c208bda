package report

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen"
)

// maxPhases bounds the phases of a run that the table shows without Verbose; a profile may be made of many short ones.
const maxPhases = 12

// The footnote marks of the report, and what they say.
const (
	thinMark  = "¹"
	lostMark  = "²"
	partsMark = "³"
)

var footnotes = []struct{ mark, text string }{
	{thinMark, "fewer than 10 requests lie beyond it"},
	{lostMark, "with those that had no answer when the run ended"},
	{partsMark, "the parts do not add up to it: requests that were never sent or never answered lack some"},
}

// leading is the number of columns before the percentiles.
const leading = 4

// writePhases tabulates the response times of every phase.
func writePhases(p *oldPage, subjects []subject, o Options) error {
	t := newPhaseTable(subjects)
	for _, s := range subjects {
		t.add(s, o)
	}
	t.ratios(subjects)
	return t.write(p)
}

// phaseTable is the table in the making: figures keep their marks apart until each column is whole.
type phaseTable struct {
	named, offered bool // whether targets are named, and rates were offered
	cells          [][]marked
	ratio          string // heads the last row, where that holds ratios
}

func newPhaseTable(subjects []subject) *phaseTable {
	t := &phaseTable{named: len(subjects) > 1}
	for _, s := range subjects {
		t.offered = t.offered || !s.closed()
	}
	return t
}

func (t *phaseTable) columns() []column {
	cols := []column{{left: true}, {left: true}, {title: "offered"}, {title: "served"}}
	for _, q := range percentiles {
		cols = append(cols, column{title: q.title})
	}
	return append(cols, column{title: "failed"})
}

func (t *phaseTable) add(s subject, o Options) {
	label := s.label
	for _, index := range shownPhases(s, o.Verbose) {
		row := make([]marked, len(t.columns()))
		row[0].figure, label = label, ""
		switch {
		case index < 0:
			row[1].figure = "…"
		case index < len(s.Phases):
			t.fill(row, s, &s.Phases[index])
		default:
			t.fill(row, s, s.focus)
		}
		t.cells = append(t.cells, row)
	}
}

func (t *phaseTable) fill(row []marked, s subject, p *loadgen.Phase) {
	row[1].figure = name(p.Name)
	if row[1].figure == "" {
		row[1].figure = "the run"
	}
	if !s.closed() {
		row[2].figure = Rate(p.Offered.Rate)
	}
	row[3].figure = Rate(p.Served().Rate)
	for i, q := range percentiles {
		cell := &row[leading+i]
		cell.figure = q.of(&p.ResponseTime)
		if q.thin(&p.ResponseTime) {
			cell.mark = thinMark
		}
	}
	row[len(row)-1] = lostCell(p.Requests)
}

// lostCell writes the requests that failed, marked where it counts some without any answer among them.
func lostCell(r loadgen.Requests) marked {
	lost := marked{figure: some(unanswered(r))}
	if unanswered(r) > r.Failed {
		lost.mark = lostMark
	}
	return lost
}

// some writes a count, and nothing in particular for none.
func some(n uint64) string {
	if n == 0 {
		return absent
	}
	return Count(n)
}

// shownPhases returns the indices of the phases that the table shows; -1 stands for some left out.
func shownPhases(s subject, verbose bool) []int {
	var all []int
	focus := 0
	for i := range s.Phases {
		if verbose || s.Phases[i].Kind != kindWarmup {
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

// ratios compares two runs in the phase that asks most of them, percentile by percentile.
func (t *phaseTable) ratios(subjects []subject) {
	if len(subjects) != 2 || !samePlan(subjects) || subjects[0].focus.Name != subjects[1].focus.Name {
		return
	}
	under, over := subjects[0], subjects[1]
	row := make([]marked, len(t.columns()))
	found := false
	for i, q := range percentiles {
		low, high := &under.focus.ResponseTime, &over.focus.ResponseTime
		text, ok := ratio(q, high, low)
		row[leading+i].figure = text
		found = found || ok
	}
	if found {
		t.ratio = fmt.Sprintf("%s / %s %s", over.label, under.label, where(subjects))
		t.cells = append(t.cells, row)
	}
}

// ratio divides a percentile of one distribution by that of another. Where only one of them is a lower bound, so is the
// ratio, or an upper one; of two lower bounds nothing is known.
func ratio(q percentile, over, under *loadgen.Dist) (text string, ok bool) {
	if over.Count == 0 || under.Count == 0 || q.value(under) <= 0 {
		return absent, false
	}
	times := float64(q.value(over)) / float64(q.value(under))
	text = Times(times)
	switch a, b := over.IsLowerBound(q.key), under.IsLowerBound(q.key); {
	case a && b:
		return absent, false
	case a:
		text = "≥ " + timesTo(times, down)
	case b:
		text = "≤ " + timesTo(times, up)
	}
	return text, true
}

// write lays the table out: columns that hold nothing are left out, figures and their marks joined.
func (t *phaseTable) write(p *oldPage) error {
	grid := table{columns: t.columns(), rows: make([][]string, len(t.cells))}
	for c := range grid.columns {
		column := []marked{{figure: grid.columns[c].title}}
		for _, row := range t.cells {
			column = append(column, row[c])
		}
		texts := hang(column)
		grid.columns[c].title = texts[0]
		for r, text := range texts[1:] {
			grid.rows[r] = append(grid.rows[r], text)
		}
	}
	// Out of a table that is too wide the maximum goes first, then P99.9, then P95.
	grid.columns[leading+4].rank, grid.columns[leading+3].rank, grid.columns[leading+1].rank = 3, 2, 1
	grid.columns[0].hidden, grid.columns[2].hidden = !t.named, !t.offered
	for _, row := range t.cells {
		for _, cell := range row {
			if cell.mark != "" {
				p.marks[cell.mark] = true
			}
		}
	}
	grid.overLast = t.ratio
	return p.table(&grid)
}
