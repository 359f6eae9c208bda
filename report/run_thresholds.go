package report

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// thresholdColumns bounds a threshold's own text; its sentence has the rest of the line.
const thresholdColumns = 30

// The words for what became of a threshold.
const (
	passWord      = "pass"
	failWord      = "FAIL"
	undecidedWord = "open"
)

func verdictWord(r runfile.ThresholdResult) string {
	switch {
	case r.Passed:
		return passWord
	case r.Undecided:
		return undecidedWord
	}
	return failWord
}

func verdictTone(r runfile.ThresholdResult) page.Tone {
	switch {
	case r.Passed:
		return page.Good
	case r.Undecided:
		return page.Plain
	}
	return page.Bad
}

// thresholdSection shows each threshold with its figure, and how well the first objective was met.
func thresholdSection(subjects []subject, o Options) page.Section {
	t := &page.Table{Label: "threshold", Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Stub: true, Of: true}, {Words: true}, {Title: "threshold", Words: true, Names: true},
		{Title: "found", Words: true},
	}}
	goodput := page.List{Label: "goodput", Detail: page.Usual}
	for _, s := range subjects {
		for _, r := range s.Thresholds {
			text := longName(r.Text)
			if !o.long {
				text = page.Clean(r.Text, thresholdColumns)
			}
			t.Add(page.Words(s.label), page.Cell{Text: verdictWord(r), Tone: verdictTone(r)}, page.Words(text), page.Words(sentence(r.Sentence)))
		}
		if o, ok := s.Objective(); ok {
			goodput.Items = append(goodput.Items, page.Item{Of: s.label,
				Text: fmt.Sprintf("%s within %s · Apdex %s", units.Rate(o.Goodput), units.Span(o.Target), apdex(o.Apdex))})
		}
	}
	return page.Section{Blocks: []page.Block{t, goodput}}
}

// apdex writes the index with the two decimals that it is given by, and nothing short of all as 1.
func apdex(v float64) string {
	if v < 1 && units.Nearest(v, 2) == 1 {
		return "> 0.99"
	}
	return units.Decimal(v, 2)
}

// Failed returns a sentence on the thresholds that runs have failed; "" where all passed, or no threshold was given.
func Failed(runs []*runfile.Run) string {
	return listThresholds(runs, "failed", func(r runfile.ThresholdResult) bool { return !r.Passed && !r.Undecided })
}

// Undecided returns a sentence on the thresholds that cannot be judged; "" where there are none.
func Undecided(runs []*runfile.Run) string {
	return listThresholds(runs, "cannot be judged", func(r runfile.ThresholdResult) bool { return r.Undecided })
}

// listThresholds names those that are so.
func listThresholds(runs []*runfile.Run, so string, is func(runfile.ThresholdResult) bool) string {
	var failed []string
	total := 0
	subjects := subjectsOf(runs)
	for _, s := range subjects {
		for _, r := range s.Thresholds {
			total++
			if !is(r) {
				continue
			}
			text := page.Clean(r.Text, thresholdColumns)
			if len(subjects) > 1 {
				text = s.label + " " + text
			}
			failed = append(failed, text)
		}
	}
	switch len(failed) {
	case 0:
		return ""
	case 1, 2, 3:
		return fmt.Sprintf("%d of %s %s: %s", len(failed), plural(uint64(total), "threshold"), so, strings.Join(failed, ", "))
	}
	return fmt.Sprintf("%d of %s %s: %s and %d more", len(failed), plural(uint64(total), "threshold"), so, strings.Join(failed[:3], ", "), len(failed)-3)
}
