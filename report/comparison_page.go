package report

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// Compared is what a comparison or a gate found, and how it was made.
type Compared struct {
	Result    compare.Result
	Layout    compare.Layout // of rounds; zero where saved runs were compared
	Arms      []ComparedArm
	Restarted bool     // all were started anew for each quad
	Owned     bool     // bench started all of them
	Seed      uint64   // of the rounds
	Repeat    string   // the command that does the same again
	Notes     []string // observations for the reader
	Saved     string   // path of the file it was saved to; "" where none was written
	Started   time.Time
	Took      time.Duration

	Pilot    *compare.Found // how the rate was chosen; nil: it was given
	Baseline *HeldAgainst   // the baseline that the new runs, or the margins, were held against; nil: no baseline

	FirstBaseline string // path of Baseline where there was none and the gate saved it: nothing was compared; "" else
}

// HeldAgainst describes the baseline that a gate was held against.
type HeldAgainst struct {
	Name    string        `json:"name"`
	Saved   time.Time     `json:"saved"`
	RoundNS time.Duration `json:"round_ns,omitempty"` // length of its rounds; 0 in files of before
	Floor   compare.Floor `json:"floor"`
}

// Against describes a baseline; nil without one.
func Against(b *compare.Baseline) *HeldAgainst {
	if b == nil {
		return nil
	}
	return &HeldAgainst{b.Name, b.Saved, b.Round(), b.Floor}
}

// ComparedArm is one of the things that were compared.
type ComparedArm struct {
	Name        string
	Target      runfile.Target
	Rate        float64 // offered, arrivals/s; 0 where saved runs were compared
	Environment runfile.Environment
}

// WriteComparison writes what a comparison or a gate found, for a terminal: the answer, the table, the percentile curves, and
// how it was made. Its error is that of w.
func WriteComparison(w io.Writer, c *Compared, o Options) error { return o.write(w, ComparisonPage(c)) }

// WriteComparisonMarkdown writes what a comparison or a gate found as text for a pull request: the verdict, the table, the
// curves, and how to repeat it. Its error is that of w.
func WriteComparisonMarkdown(w io.Writer, c *Compared) error {
	return writeMarkdown(w, ComparisonPage(c), maxMarkdown)
}

// WriteComparisonSummary writes it for the summary of a GitHub Actions step, at most limit bytes.
func WriteComparisonSummary(w io.Writer, c *Compared, limit int) error {
	return writeMarkdown(w, ComparisonPage(c), limit)
}

// ComparisonPage is the report of a comparison or a gate.
func ComparisonPage(c *Compared) *page.Page {
	p := &page.Page{Title: c.title()}
	for _, a := range c.Arms {
		p.Subjects = append(p.Subjects, name(a.Name))
	}
	p.Add(page.Headline{Text: ComparisonAnswer(c)})
	for i := range c.Result.Comparisons {
		p.Add(comparisonTable(c, i))
	}
	p.Add(page.Chart{Title: "percentile curves", Drawing: curves(c.Result.Curves), Folded: true})
	made := []page.Block{page.Facts{Parts: page.Parts(page.Brief, c.layoutParts()...)}}
	for _, note := range c.footnotes() {
		made = append(made, page.Text{Text: note})
	}
	for _, note := range c.Notes {
		made = append(made, page.Note{Text: sentence(note)})
	}
	p.Add(page.Section{Blocks: made}, repeatCommands(c.Repeat, c.Saved))
	return p
}

// repeatCommands says how to do the same again, and where it was saved.
func repeatCommands(repeat, saved string) (b page.Commands) {
	if repeat != "" {
		b.Lines = append(b.Lines, []page.Command{{Word: "repeat", Text: page.Clean(repeat, maxCommand)}})
	}
	if saved != "" {
		b.Lines = append(b.Lines, []page.Command{{Word: "saved", Text: page.Clean(saved, maxCommand), File: true, Detail: page.Usual}})
	}
	return b
}

// comparisonTable is the table of one comparison: in a gate with the margins and the verdicts.
func comparisonTable(c *Compared, index int) *page.Table {
	found := &c.Result.Comparisons[index]
	a, b, caption := heads(found.A, found.B)
	t := &page.Table{Caption: caption, Columns: []page.Column{{Title: c.rateTitle(), Words: true}, {Title: a}, {Title: b}}}
	if c.Result.Gate {
		t.Columns = append(t.Columns, page.Column{Title: "change"}, page.Column{Title: "95 %", Words: true, Gap: 1}, page.Column{Title: "margin", Gap: 1, Rank: 1},
			page.Column{Title: "verdict", Words: true, Gap: 1})
		if slices.ContainsFunc(found.Rows, unsettled) {
			t.Columns = append(t.Columns, page.Column{Title: "settled by", Words: true, Gap: 1, Rank: 2})
		}
	} else {
		t.Columns = append(t.Columns, page.Column{Title: b + " / " + a}, page.Column{Title: "95 %", Words: true, Gap: 1},
			page.Column{Title: "evidence", Words: true})
	}
	for _, r := range found.Rows {
		change, between := changeOf(r)
		cells := append(metricCells(r, found.Of), changeCell(r, change), page.Words(between))
		if c.Result.Gate {
			cells = append(cells, page.Words(marginOf(r)))
		}
		cells = append(cells, page.Cell{Text: evidenceOf(r, b, unitOf(found)), Tone: outcomeTone(r.Outcome)})
		if unsettled(r) {
			cells = append(cells, page.Words(plural(uint64(r.Needed), strings.TrimSuffix(unitOf(found), "s"))))
		}
		t.Add(cells...)
	}
	for _, o := range found.Objectives {
		t.Add(page.Words(objectiveName(o)), page.Words(objectiveValue(o, o.A)), page.Words(objectiveValue(o, o.B)), page.Cell{}, page.Cell{}, page.Cell{},
			page.Cell{Text: objectiveEvidence(o, a), Tone: outcomeTone(o.B.Outcome)})
	}
	e := found.Errors
	cells := []page.Cell{page.Words("failed"), page.Words(failedShare(e.A)), page.Words(failedShare(e.B)), {}, {}}
	if c.Result.Gate {
		cells = append(cells, page.Words(units.Trimmed(100*e.Margin)+" pp"))
	}
	t.Add(append(cells, page.Cell{Text: errorEvidence(found), Tone: outcomeTone(e.Outcome)})...)
	for i := range found.Parts {
		s := &found.Parts[i]
		t.Add(page.Words(partName(s.Of)), page.Words(failedShare(s.A)), page.Words(failedShare(s.B)), page.Cell{}, page.Cell{},
			page.Words(units.Trimmed(100*s.Margin)+" pp"), page.Cell{Text: shareEvidence(found, &s.Errors), Tone: outcomeTone(s.Outcome)})
	}
	return t
}

// metricCells are the first cells of a row: its metric, and its values on both sides.
func metricCells(r compare.Row, of compare.Unit) []page.Cell {
	cells := []page.Cell{{Text: rowName(r.Metric, of)}}
	if r.Thin {
		cells[0].Mark = thinMark
	}
	for _, side := range []struct {
		value   float64
		atLeast bool
	}{{r.A, r.ALow}, {r.B, r.BLow}} {
		cell := page.Figure(metricValue(r.Metric, side.value, side.atLeast), side.value)
		cell.Figure, cell.AtLeast = cell.Text != absent, side.atLeast
		cells = append(cells, cell)
	}
	return cells
}

// changeCell shows the change of a row as it was written.
func changeCell(r compare.Row, text string) page.Cell {
	return page.Cell{Text: text, Figure: text != "", Value: r.Change.Center}
}

// outcomeTone says how bad an outcome is.
func outcomeTone(o compare.Outcome) page.Tone {
	switch o {
	case compare.Regression, compare.Missed:
		return page.Bad
	case compare.Pass:
		return page.Good
	}
	return page.Plain
}

// unsettled reports whether a gate's row is open, with a known number of pairs to settle it.
func unsettled(r compare.Row) bool { return r.Outcome == compare.Inconclusive && r.Needed > 0 }

// rateTitle heads the table with the load.
func (c *Compared) rateTitle() string {
	if len(c.Arms) < 2 || c.Arms[0].Rate == 0 {
		return ""
	}
	for _, a := range c.Arms {
		if a.Rate != c.Arms[0].Rate {
			return "each at its own rate"
		}
	}
	return "at " + arrivalRate(c.Arms[0].Rate, c.of()) + " each"
}

// of is what was compared.
func (c *Compared) of() compare.Unit {
	if len(c.Result.Comparisons) == 0 {
		return compare.Requests
	}
	return c.Result.Comparisons[0].Of
}

// layoutParts say how many rounds, of which length, the figures come from.
func (c *Compared) layoutParts() []string {
	r := &c.Result
	var parts []string
	if c.Layout.Round > 0 {
		first := "no pair was completed"
		if r.Quads > 0 {
			first = fmt.Sprintf("%s of %s rounds, each order and its mirror", plural(uint64(2*r.Quads), "pair"), units.Span(c.Layout.Round))
		}
		parts = append(parts, first, fmt.Sprintf("planned at most %d", 2*r.Planned))
		switch {
		case c.Restarted:
			parts = append(parts, "all restarted every quad")
		case c.Owned:
			parts = append(parts, "never restarted: this holds for these processes")
		}
		if r.Rerun > 0 {
			parts = append(parts, plural(uint64(r.Rerun), "quad")+" run again, as bench was late in most of a round or did not send it")
		}
	} else if len(r.Comparisons) > 0 {
		parts = append(parts, c.runsParts()...)
	}
	if len(r.Comparisons) > 0 {
		for _, key := range []string{"p50", "p99"} {
			if row, ok := r.Comparisons[0].Row(key); ok && row.Scatter > 0 {
				parts = append(parts, fmt.Sprintf("pairs scatter by %s at %s", units.Trimmed(100*math.Expm1(row.Scatter))+" %", MetricName(row.Metric)))
			}
		}
	}
	if c.Took > 0 {
		parts = append(parts, "took "+units.Span(c.Took.Round(time.Second)))
	}
	return append(parts, fmt.Sprintf("seed %d", c.Seed))
}

// runsParts say which runs were compared.
func (c *Compared) runsParts() []string {
	f := &c.Result.Comparisons[0]
	if c.Baseline == nil {
		return []string{fmt.Sprintf("%s against %s", plural(uint64(f.RunsA), "run"), plural(uint64(f.RunsB), "run"))}
	}
	b := c.Baseline
	parts := []string{
		fmt.Sprintf("%s of baseline %s, saved %s", plural(uint64(f.RunsA), "run"), name(b.Name), stamp(b.Saved)),
		fmt.Sprintf("against %s of %s", plural(uint64(f.RunsB), "run"), name(f.B)),
	}
	if b.RoundNS > 0 {
		parts = append(parts, fmt.Sprintf("each of %d rounds of %s", compare.RoundsPerRun, units.Span(b.RoundNS)))
	}
	switch {
	case c.Took == 0: // saved runs: how they were started is not known
	case c.Restarted && b.Floor.Fresh:
		parts = append(parts, "each of a fresh start")
	default:
		parts = append(parts, "not of fresh starts: this holds for these processes")
	}
	if n := c.Result.Rerun; n > 0 {
		parts = append(parts, plural(uint64(n), "run")+" made again, as bench was late in most of it or did not send it")
	}
	return parts
}

// carriedWarning is the autocorrelation of pairs from which on an interval is too narrow.
const carriedWarning = 0.3

// footnotes are what has to be known to read the figures, and follows from them.
func (c *Compared) footnotes() []string {
	notes := []string{}
	thin, tilde, late := "", false, false
	for _, found := range c.Result.Comparisons {
		for _, r := range found.Rows {
			if r.Thin {
				thin = thinWords(&found, r)
			}
			tilde = tilde || r.Outcome == compare.Undecided
			if r.Judged && r.Carried > carriedWarning && found.Pairs >= 2*compare.MinQuads {
				late = true
			}
		}
	}
	if tilde {
		notes = append(notes, "~ not told apart, which is not the same as equal")
	}
	if thin != "" {
		notes = append(notes, thinMark+" "+thin)
	}
	if late {
		notes = append(notes, "neighbouring pairs resemble each other: something that lasts longer than a round, such as a garbage collection, is in "+
			"the figures, and the intervals may be somewhat too narrow")
	}
	if c.Result.ByResponse {
		notes = append(notes, "response times are compared, with bench's own lateness in them: these files were saved before target time was measured")
	} else if len(c.Result.Comparisons) > 0 {
		times := "latencies are target time"
		if c.of() == compare.Journeys {
			times = "latencies are journey time, from the arrival to the last byte of the last step less what was thought, as target time"
		}
		notes = append(notes, times+", which is what the target did whatever bench did")
	}
	for i := range c.Result.Comparisons {
		if left := disturbedWords(&c.Result.Comparisons[i]); left != "" {
			notes = append(notes, left)
		}
		if failed := failedRounds(&c.Result.Comparisons[i]); failed != "" {
			notes = append(notes, failed)
		}
	}
	if least := c.floorWords(); least != "" {
		notes = append(notes, least)
	}
	return notes
}

// Command writes the words of a command as a shell takes them.
func Command(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellQuoted(w)
	}
	return strings.Join(quoted, " ")
}
