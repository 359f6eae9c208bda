package report

import (
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// warmAfter says when a cache was warm.
func warmAfter(w *runfile.CacheWarmUp) page.Cell {
	switch {
	case w == nil:
		return page.Words(absent)
	case !w.Ended:
		return page.Words("not warm")
	case w.AfterNS == 0:
		return page.Words("at once")
	}
	return page.Words(units.Span(w.AfterNS))
}

// originSection says what the origins of the subjects were asked, and which writes they lack. It is empty where that is known of none
// but by Server-Timing, which the table of the caches shows.
func originSection(subjects []subject) page.Section {
	if !slices.ContainsFunc(subjects, func(s subject) bool {
		return s.Origin != nil && s.Origin.Source == runfile.OriginCounter || lostOf(s) != nil
	}) {
		return page.Section{}
	}
	section := page.Section{Blocks: []page.Block{originTable(subjects)}}
	timings := false
	for _, s := range subjects {
		if s.Origin == nil {
			continue
		}
		timings = timings || s.Origin.Source == runfile.OriginTimings
		if text := s.Origin.Problem; text != "" {
			section.Blocks = append(section.Blocks, page.Text{Text: prefixed(s, subjects, "the origin's load is not known: "+sentence(text)), Detail: page.Usual})
		}
	}
	if timings {
		section.Blocks = append(section.Blocks, page.Text{Text: "≥ by Server-Timing, which leaves out what is asked in the background", Detail: page.Usual})
	}
	return section
}

// originTable has a row for each subject.
func originTable(subjects []subject) *page.Table {
	t := &page.Table{Detail: page.Usual, Columns: []page.Column{
		{Title: "at the origin", Words: true, Names: true}, {Title: "statements"},
		{Title: "loads", Rank: 2}, {Title: "writes", Rank: 3}, {Title: "flushes", Rank: 4}, {Title: "background", Rank: 5},
		{Title: "lost writes", Rank: 1},
	}}
	told := map[string]bool{t.Columns[0].Title: true}
	for _, s := range subjects {
		label := s.label
		if len(subjects) == 1 {
			label = ""
		}
		row := append([]page.Cell{page.Words(label)}, originCells(s.Origin)...)
		row = append(row, lostWritesCell(lostOf(s)))
		for i, c := range row {
			told[t.Columns[i].Title] = told[t.Columns[i].Title] || i > 0 && c.Text != absent
		}
		t.Add(row...)
	}
	return t.Without(func(c page.Column) bool { return !told[c.Title] })
}

// prefixed puts the name of a subject before a text where there are several.
func prefixed(s subject, all []subject, text string) string {
	if len(all) == 1 {
		return text
	}
	return s.label + ": " + text
}

// originCells are the statements per second, all of them and by what they were for.
func originCells(o *runfile.Origin) []page.Cell {
	cells := slices.Repeat([]page.Cell{page.Words(absent)}, 5)
	if !o.Known() {
		return cells
	}
	cells[0] = page.Figure(units.Rate(o.Rate()), o.Rate())
	if o.Source == runfile.OriginTimings {
		cells[0] = page.Words("≥ " + units.Rate(o.Rate()))
	}
	if w := o.Work; w != nil {
		for i, n := range []uint64{w.Loads, w.Writes, w.Flushes, w.Background} {
			rate := runfile.PerSecond(n, o.LengthNS.Seconds())
			cells[i+1] = page.Figure(units.Rate(rate), rate)
		}
	}
	return cells
}

func lostOf(s subject) *runfile.Lost {
	if c := s.Overall.Consistency; c != nil {
		return c.Lost
	}
	return nil
}

// lostWritesCell says how many writes the origin lacks, of how many keys.
func lostWritesCell(l *runfile.Lost) page.Cell {
	switch {
	case l == nil:
		return page.Words(absent)
	case l.Keys == 0:
		return page.Words("none written")
	case l.Judged() == 0:
		return page.Words("not judged")
	case l.Writes == 0:
		return page.Words(fmt.Sprintf("0 of %s keys", units.Count(l.Judged())))
	}
	return page.Words(fmt.Sprintf("%s, %s of %s keys", units.Count(l.Writes), units.Count(l.GoneBack), units.Count(l.Judged())))
}

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
		return "no read could be judged: " + c.WhyNoReads()
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
