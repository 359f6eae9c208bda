package report

import (
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// consistencySection says which reads were stale, by their versions. It is empty where no run tells versions.
func consistencySection(subjects []subject) page.Section {
	told := slices.DeleteFunc(slices.Clone(subjects), func(s subject) bool { return s.Overall.Consistency == nil })
	var s page.Section
	if len(told) == 0 {
		return s
	}
	for _, of := range told {
		who := ""
		if len(subjects) > 1 {
			who = of.label + ": "
		}
		s.Blocks = append(s.Blocks, page.Text{Label: "stale", Text: who + staleSentence(of.Overall.Consistency)})
	}
	s.Blocks = append(s.Blocks, staleTable(subjects, told))
	for _, of := range told {
		if c := of.Overall.Consistency; c.Disputed() {
			s.Blocks = append(s.Blocks, page.Note{Text: fmt.Sprintf(
				"%s: somebody else writes here: %s returned a version that bench did not write, and such reads are not judged", of.label, units.Reads(c.Foreign))})
		}
	}
	return s
}

func staleSentence(c *runfile.Consistency) string {
	switch {
	case c.Reads == 0:
		return "no read could be judged"
	case c.Stale == 0:
		return fmt.Sprintf("none of %s was stale, by the versions of %s", units.Reads(c.Reads), writes(c.Writes))
	}
	text := fmt.Sprintf("%s of %s (%s): a newer write of the key was acknowledged before the read was sent",
		units.Count(c.Stale), units.Reads(c.Reads), units.Share(c.StaleShare()))
	if c.OwnStale > 0 {
		text += fmt.Sprintf("; %s of them did not see the same user's own write", units.Count(c.OwnStale))
	}
	return text
}

func writes(n uint64) string {
	if n == 1 {
		return "1 write"
	}
	return units.Count(n) + " writes"
}

// staleTable shows the ages of the stale reads, each at least that, and what could not be judged.
func staleTable(subjects, told []subject) *page.Table {
	t := &page.Table{Detail: page.Usual, Columns: []page.Column{
		{Title: "versions", Words: true, Names: true},
		{Title: "stale"}, {Title: "age, P50"}, {Title: "P99"}, {Title: "max"}, {Title: "not judged", Gap: 3}, {Title: "foreign"},
		{Title: "writes", Gap: 3, Rank: 2}, {Title: "of unknown outcome", Rank: 1},
	}}
	for _, s := range told {
		c, label := s.Overall.Consistency, s.label
		if len(subjects) == 1 {
			label = ""
		}
		stale := page.Words(absent)
		if c.Reads > 0 {
			stale = page.Figure(units.Share(c.StaleShare()), c.StaleShare())
		}
		a := &c.StaleAge
		t.Add(page.Words(label), stale, figureCell(a.Quantile(0.50)), figureCell(a.Quantile(0.99)), figureCell(a.Quantile(1)),
			countCell(c.NotJudged), countCell(c.Foreign), numberCell(c.Writes), countCell(c.Unknown))
	}
	return t
}
