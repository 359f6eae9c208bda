package sweep

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// absent stands where there is no figure.
const absent = "–"

// The bounds of the texts of a report.
const (
	textColumns = 400
	maxCommand  = 4096
	maxMarkdown = 60000 // bytes
)

// WriteTerminal writes a sweep for a terminal. Its error is that of w.
func WriteTerminal(w io.Writer, s *Sweep, o report.Options) error {
	detail := page.Usual
	if o.Verbose {
		detail = page.Full
	}
	return page.Terminal(w, Page(s), page.TerminalOptions{Width: o.Width, Color: o.Color, Detail: detail})
}

// WriteMarkdown writes a sweep as text for a pull request. Its error is that of w.
func WriteMarkdown(w io.Writer, s *Sweep) error {
	return page.Markdown(w, Page(s), page.MarkdownOptions{Limit: maxMarkdown, Cut: "The rest is cut off."})
}

// Page is the report of a sweep.
func Page(s *Sweep) *page.Page {
	p := &page.Page{Title: "sweep of " + page.Clean(s.Subject, textColumns) + " over " + page.Clean(strings.Join(s.Options, ", "), textColumns)}
	p.Add(page.Headline{Text: Answer(s)}, s.table())
	for _, t := range []*page.Table{hitTable(s), pairTable(s)} {
		if t.Detail = page.Full; len(t.Rows) > 0 {
			p.Add(t)
		}
	}
	if drawing := s.picture(); drawing != nil {
		p.Add(drawing)
	}
	made := []page.Block{page.Facts{Parts: page.Parts(page.Brief, s.made()...)}}
	for _, note := range s.footnotes() {
		made = append(made, page.Text{Text: note})
	}
	for _, note := range s.Notes {
		made = append(made, page.Note{Text: page.Clean(note, textColumns)})
	}
	p.Add(page.Section{Blocks: made})
	var last page.Commands
	if s.Repeat != "" {
		last.Lines = append(last.Lines, []page.Command{{Word: "repeat", Text: page.Clean(s.Repeat, maxCommand)}})
	}
	if s.Saved != "" {
		last.Lines = append(last.Lines, []page.Command{{Word: "saved", Text: page.Clean(s.Saved, maxCommand), File: true, Detail: page.Usual}})
	}
	p.Add(last)
	return p
}

// column is a column of figures, which stands only where some cell has the figure.
type column struct {
	page.Column
	of func(*Cell) (page.Cell, bool)
}

// table is a row a cell, by place.
func (s *Sweep) table() *page.Table {
	t := &page.Table{Columns: []page.Column{{Title: s.load(), Words: true, Names: true, Stub: true}}}
	var shown []column
	for _, c := range s.columns() {
		if slices.ContainsFunc(s.Cells, func(cell Cell) bool { _, ok := c.of(&cell); return ok }) {
			shown = append(shown, c)
			t.Columns = append(t.Columns, c.Column)
		}
	}
	for _, i := range s.order() {
		cell := &s.Cells[i]
		cells := []page.Cell{page.Words(cell.name())}
		for _, c := range shown {
			figure, ok := c.of(cell)
			if !ok {
				figure = page.Words(absent)
			}
			cells = append(cells, figure)
		}
		t.Add(cells...)
	}
	return t
}

// load heads the table with what was offered.
func (s *Sweep) load() string {
	text := "at " + units.Rate(s.Rate)
	if s.Reads > 0 && s.Reads < 1 {
		text += ", " + units.Share(s.Reads) + " reads"
	}
	return text
}

func (s *Sweep) columns() []column {
	title := func(t string) page.Column { return page.Column{Title: t} }
	close := func(t, short string) page.Column { return page.Column{Title: t, Short: short, Gap: 1} }
	ranked := func(t string, rank int) page.Column { return page.Column{Title: t, Rank: rank} }
	full := func(t, short string, rank int) page.Column { // what goes where a column more than usual stands beside
		c := close(t, short)
		if s.crowded() {
			c.Rank = rank
		}
		return c
	}
	return []column{
		{close("place", ""), placeCell},
		{title("P50"), func(c *Cell) (page.Cell, bool) { return c.Reads.cell("p50_ns", c.Reads.P50NS) }},
		{title("P95"), func(c *Cell) (page.Cell, bool) { return c.Reads.cell("p95_ns", c.Reads.P95NS) }},
		{title("P99"), func(c *Cell) (page.Cell, bool) { return c.Reads.cell("p99_ns", c.Reads.P99NS) }},
		{ranked("write P50", 6), func(c *Cell) (page.Cell, bool) {
			if c.Writes == nil {
				return page.Cell{}, false
			}
			return c.Writes.cell("p50_ns", c.Writes.P50NS)
		}},
		{full("write P95", "w. P95", 3), func(c *Cell) (page.Cell, bool) {
			if c.Writes == nil {
				return page.Cell{}, false
			}
			return c.Writes.cell("p95_ns", c.Writes.P95NS)
		}},
		{ranked("write P99", 5), func(c *Cell) (page.Cell, bool) {
			if c.Writes == nil || c.Writes.Count < 1000 { // 10 lie beyond
				return page.Cell{}, false
			}
			return c.Writes.cell("p99_ns", c.Writes.P99NS)
		}},
		{title("failed"), func(c *Cell) (page.Cell, bool) {
			if c.Failed == 0 || c.Due == 0 {
				return page.Cell{}, false
			}
			v := float64(c.Failed) / float64(c.Due)
			return page.Figure(units.Share(v), v), true
		}},
		{close("stale", ""), func(c *Cell) (page.Cell, bool) {
			if c.Stale == nil || c.Stale.Judged == 0 {
				return page.Cell{}, false
			}
			return page.Figure(units.Share(c.Stale.share()), c.Stale.share()), true
		}},
		{close("age P99", "age"), func(c *Cell) (page.Cell, bool) {
			if c.Stale == nil || c.Stale.Stale == 0 {
				return page.Cell{}, false
			}
			cell := page.Figure(units.Duration(c.Stale.AgeP99), float64(c.Stale.AgeP99))
			if cell.AtLeast = c.Stale.AtLeast; cell.AtLeast {
				cell.Text = units.DurationAtLeast(c.Stale.AgeP99)
			}
			return cell, true
		}},
		{close("lost", ""), func(c *Cell) (page.Cell, bool) {
			if c.Lost == nil {
				return page.Cell{}, false
			}
			return page.Figure(units.Count(c.Lost.Writes), float64(c.Lost.Writes)), true
		}},
		{close("database", "db"), func(c *Cell) (page.Cell, bool) {
			if c.Origin == nil {
				return page.Cell{}, false
			}
			return page.Figure(units.Rate(c.Origin.PerSecond), c.Origin.PerSecond), true
		}},
		{ranked("saved", 7), func(c *Cell) (page.Cell, bool) {
			if c.Origin == nil || c.Origin.Saved == nil {
				return page.Cell{}, false
			}
			return page.Figure(units.Percent(*c.Origin.Saved), *c.Origin.Saved), true
		}},
		{full("hits", "", 2), func(c *Cell) (page.Cell, bool) {
			if c.Cache == nil || c.Cache.Hits == 0 {
				return page.Cell{}, false
			}
			v := float64(c.Cache.Hits) / float64(c.Cache.Hits+c.Cache.Misses)
			return page.Figure(units.Share(v), v), true
		}},
		{full("memory", "", 4), func(c *Cell) (page.Cell, bool) {
			return page.Figure(units.Bytes(c.Memory), float64(c.Memory)), c.Memory > 0
		}},
		{page.Column{Title: "holds", Words: true}, holdsCell},
	}
}

// crowded reports whether the table has a wide column that most sweeps have not.
func (s *Sweep) crowded() bool {
	return len(s.SLO) > 0 || slices.ContainsFunc(s.Cells, func(c Cell) bool { return c.Failed > 0 || page.Columns(c.name()) > 20 })
}

// placeCell shows between which places a cell lies.
func placeCell(c *Cell) (page.Cell, bool) {
	switch {
	case c.Unranked && c.Limited > 0:
		return page.Cell{Text: "limited", Tone: page.Bad}, true
	case c.First == 0:
		return page.Cell{}, false
	case c.First == c.Last:
		return page.Figure(fmt.Sprint(c.First), float64(c.First)), true
	}
	return page.Figure(fmt.Sprintf("%d–%d", c.First, c.Last), float64(c.First)), true
}

// holdsCell says whether a cell holds all objectives.
func holdsCell(c *Cell) (page.Cell, bool) {
	switch c.Holds {
	case compare.Pass:
		return page.Cell{Text: "yes", Tone: page.Good}, true
	case compare.Missed:
		return page.Cell{Text: "no", Tone: page.Bad}, true
	case compare.Inconclusive:
		return page.Words("not told"), true
	}
	return page.Cell{}, false
}

// cell shows a figure by its key; ok is false where nothing was counted.
func (l *Latency) cell(key string, v time.Duration) (page.Cell, bool) {
	cell := page.Figure(units.Duration(v), float64(v))
	if cell.AtLeast = slices.Contains(l.AtLeast, key); cell.AtLeast {
		cell.Text = units.DurationAtLeast(v)
	}
	return cell, l.Count > 0
}

// hitTable tells the reads that a cache answered from those that it did not.
func hitTable(s *Sweep) *page.Table {
	t := &page.Table{Caption: "hits and misses", Columns: []page.Column{{Title: "target time of the reads", Words: true, Names: true}}}
	for _, of := range []string{"hit", "miss"} {
		for _, p := range []string{"P50", "P95", "P99"} {
			t.Columns = append(t.Columns, page.Column{Title: of + " " + p})
		}
	}
	for _, i := range s.order() {
		c := &s.Cells[i]
		if c.Hits == nil && c.Misses == nil {
			continue
		}
		cells := []page.Cell{page.Words(c.name())}
		for _, l := range []*Latency{c.Hits, c.Misses} {
			if l == nil {
				cells = append(cells, page.Words(absent), page.Words(absent), page.Words(absent))
				continue
			}
			for _, f := range []struct {
				key string
				v   time.Duration
			}{{"p50_ns", l.P50NS}, {"p95_ns", l.P95NS}, {"p99_ns", l.P99NS}} {
				cell, _ := l.cell(f.key, f.v)
				cells = append(cells, cell)
			}
		}
		t.Add(cells...)
	}
	return t
}

// pairTable shows every two cells with the interval that decided.
func pairTable(s *Sweep) *page.Table {
	t := &page.Table{Caption: "every pair", Columns: []page.Column{{Title: "of the reads", Words: true, Names: true}, {Title: "percentile", Words: true}, {Title: "ratio"},
		{Title: "95 %", Words: true, Gap: 1}, {Title: "that decides", Words: true}, {Title: "evidence", Words: true}}}
	for _, p := range s.Pairs {
		a, b := &s.Cells[p.A], &s.Cells[p.B]
		evidence := "not told apart"
		switch p.Slower {
		case "a":
			evidence = a.name() + " slower"
		case "b":
			evidence = b.name() + " slower"
		}
		ratio := page.Words(absent)
		if p.Ratio > 0 {
			ratio = page.Figure(units.Times(p.Ratio), p.Ratio)
		}
		t.Add(page.Words(b.name()+" / "+a.name()), page.Words(strings.ToUpper(p.Metric)), ratio, page.Words(p.At95.text()), page.Words(p.Decide.text()), page.Words(evidence))
	}
	return t
}

func (b Bounds) text() string {
	low, high := "no bound", "no bound"
	if b.Low > 0 {
		low = units.Times(b.Low)
	}
	if b.High > 0 {
		high = units.Times(b.High)
	}
	return "(" + low + "–" + high + ")"
}

// made says what the figures rest on.
func (s *Sweep) made() []string {
	first := fmt.Sprintf("%s of %s rounds", plural(s.Quads, "quad"), units.Span(time.Duration(s.RoundNS)))
	if s.Restarted {
		first += ", each with fresh starts"
	} else {
		first += ", never restarted: this holds for these processes"
	}
	parts := []string{first}
	if s.Again > 0 {
		parts = append(parts, plural(s.Again, "round")+" driven again, as bench was late for most of what was due or did not send it")
	}
	if s.Tested {
		parts = append(parts, "all pairs tested once at "+s.percentiles(" and ")+", 5 % over all")
	}
	parts = append(parts, "ordered by "+s.percentile()+" of the reads")
	if s.TookNS > 0 {
		parts = append(parts, "took "+units.Span(s.TookNS.Round(time.Second)))
	}
	return append(parts, fmt.Sprintf("seed %d", s.Seed))
}

// footnotes explain the columns.
func (s *Sweep) footnotes() (notes []string) {
	some := func(is func(*Cell) bool) bool {
		return slices.ContainsFunc(s.Cells, func(c Cell) bool { return is(&c) })
	}
	if s.Tested {
		note := "place: between which places a cell lies; cells that were not told apart share one"
		if len(s.tested()) > 1 {
			note += "; ahead is what is faster at one percentile and not slower at the other"
		}
		notes = append(notes, note)
	}
	if some(func(c *Cell) bool { return c.Unranked && c.Limited > 0 }) {
		notes = append(notes, "limited: TARGET-LIMITED in at least half of its rounds, and so in no test")
	}
	if some(func(c *Cell) bool { return c.Stale != nil }) {
		notes = append(notes, "stale: a read of a version that a write acknowledged before the read was sent had superseded")
	}
	notes = append(notes, s.unjudged()...)
	if some(func(c *Cell) bool { return c.Lost != nil }) {
		notes = append(notes, "lost: acknowledged writes that the database did not hold after the service was killed and started again")
	}
	if some(func(c *Cell) bool { return c.Origin != nil && c.Origin.Timing }) {
		notes = append(notes, "database: statements by Server-Timing, which leaves out what is asked in the background")
	} else if some(func(c *Cell) bool { return c.Origin != nil }) {
		notes = append(notes, "database: statements a second, those in the background too")
	}
	if some(func(c *Cell) bool { return c.Holds != "" }) {
		notes = append(notes, "holds: all of "+page.Clean(strings.Join(s.SLO, ", "), 200))
	}
	if s.Metric != compare.P99.Key {
		notes = append(notes, "the rounds have too few reads beyond P99 to test it: "+s.percentile()+" is the highest that is tested")
	}
	return notes
}

// foreignShare is the share of the reads of what others wrote from which on somebody else writes there.
const foreignShare = 0.01

// unjudged says which reads were not judged.
func (s *Sweep) unjudged() (notes []string) {
	var unjudged, all uint64
	for i := range s.Cells {
		st := s.Cells[i].Stale
		if st == nil {
			continue
		}
		unjudged, all = unjudged+st.Foreign+st.NotJudged, all+st.Judged+st.Foreign+st.NotJudged
		if float64(st.Foreign) > foreignShare*float64(st.Judged+st.Foreign) {
			notes = append(notes, fmt.Sprintf("somebody else writes at %s: of its reads %s returned what bench did not write", s.Cells[i].name(), units.Count(st.Foreign)))
		}
	}
	if unjudged > 0 {
		notes = append(notes, fmt.Sprintf("%s of %s reads could not be judged, and count as neither stale nor fresh", units.Count(unjudged), units.Count(all)))
	}
	return notes
}
