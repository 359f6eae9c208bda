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
