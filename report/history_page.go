package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/history"
	"github.com/seed-5a006608/bench/report/page"
)

const (
	shownRuns    = 20 // newest runs of a series, where not all are asked for
	shownLeftOut = 10 // runs that stand alone or are left out, likewise
	dateTime     = "2006-01-02 15:04:05"
	shortTime    = "01-02 15:04" // where the page is narrower than narrowPage
	narrowPage   = 60

	changeMark = "▲"
)

// WriteHistory writes how the percentiles of saved runs went over time, for a terminal: of each series its changes, a chart and
// a table, and in the end what was left out. Its error is that of w.
func WriteHistory(w io.Writer, h *history.History, o Options) error {
	return o.write(w, HistoryPage(h, o))
}

// WriteHistoryMarkdown writes how the percentiles of saved runs went over time as text for a pull request or a wiki, of at most
// 60 kB: of each series its changes, a chart and its newest runs, and in the end what was left out. Its error is that of w.
func WriteHistoryMarkdown(w io.Writer, h *history.History) error {
	return writeMarkdown(w, HistoryPage(h, Options{Verbose: true, long: true}), maxMarkdown)
}

// HistoryPage is the report of how the percentiles of saved runs went over time.
func HistoryPage(h *history.History, o Options) *page.Page {
	p := &page.Page{Title: "history"}
	if len(h.Series) == 0 {
		p.Add(page.Headline{Text: "No run is left to show."})
	}
	var alone []string
	for i, s := range h.Series {
		if len(s.Points) > 1 || i == 0 || o.long {
			p.Add(seriesBlocks(s, h.Options, o)...)
			continue
		}
		alone = append(alone, fmt.Sprintf("one run of %s, %s, stands alone%s", seriesName(s), sentence(s.Points[0].Source), differing(s, " as it differs in ")))
	}
	standing := page.Section{}
	for _, text := range firstOf(alone, "and %d more that stand alone, named with %s", o) {
		standing.Blocks = append(standing.Blocks, page.Text{Text: text})
	}
	var leftOut []string
	for _, l := range h.LeftOut {
		leftOut = append(leftOut, omitted(l))
	}
	p.Add(standing, page.List{Label: "left out", Items: page.Items(firstOf(leftOut, "and %d more, named with %s", o)...)})
	return p
}

// firstOf returns as many texts as a report shows that is not verbose, and a last one on how many more there are.
func firstOf(texts []string, more string, o Options) []string {
	if len(texts) <= shownLeftOut || o.Verbose {
		return texts
	}
	return append(texts[:shownLeftOut:shownLeftOut], fmt.Sprintf(more, len(texts)-shownLeftOut, o.Caller.called(SettingVerbose)))
}

func seriesName(s *history.Series) string {
	return name(s.Plan.Profile) + " at " + name(s.Target.Series())
}

// differing names the difference between a series and the one before it.
func differing(s *history.Series, opening string) string {
	if len(s.Differs) == 0 {
		return ""
	}
	return opening + sentence(strings.Join(s.Differs, "; "))
}

// seriesBlocks are the blocks of a series: its changes, its chart and its runs.
func seriesBlocks(s *history.Series, options history.Options, o Options) []page.Block {
	var head []page.Block
	for _, answer := range seriesAnswers(s, options) {
		head = append(head, page.Headline{Text: answer})
	}
	head = append(head, page.Facts{Parts: page.Parts(page.Brief, seriesParts(s)...)}, page.Text{Text: differing(s, apart)})
	blocks := []page.Block{page.Section{Blocks: head}}
	if len(s.Points) > 1 {
		blocks = append(blocks, page.Chart{Drawing: historyChart{s}})
	}
	return append(blocks, page.Section{Blocks: seriesRuns(s, o)})
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
				strings.ToUpper(percentile.Key)+map[bool]string{true: " of journey time"}[s.Of == compare.Journeys], seriesName(s), verb, changeBy(c), units.Duration(time.Duration(c.Before)), units.Duration(time.Duration(c.After)),
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
		beyond = fmt.Sprintf(" of more than %s", units.Share(o.Magnitude))
	}
	return []string{fmt.Sprintf("%s: no change%s was found in %s.", seriesName(s), beyond, plural(uint64(len(s.Points)), "run"))}
}

// changeBy writes by how much the mean changed, without its sign.
func changeBy(c history.Change) string {
	if asPercent(c.Ratio()) {
		return strings.TrimLeft(percentChange(c.Ratio()), "+−")
	}
	if c.Ratio() < 1 {
		return "a factor of " + strings.TrimSuffix(units.Times(1/c.Ratio()), "×")
	}
	return "a factor of " + strings.TrimSuffix(units.Times(c.Ratio()), "×")
}

func pWords(p float64) string {
	if p < 0.0001 {
		return "p < 0.0001"
	}
	return "p = " + units.Decimal(p, 4)
}

// seriesRuns lists a series' runs, and what there is to know of them.
func seriesRuns(s *history.Series, o Options) []page.Block {
	from := max(len(s.Points)-shownRuns, 0)
	if o.Verbose && !o.long {
		from = 0
	}
	blocks := []page.Block{runsTable(s, from, o)}
	switch more := plural(uint64(from), "run"); {
	case from == 0:
	case o.long:
		blocks = append(blocks, page.Text{Text: "and " + more + " before them"})
	default:
		blocks = append(blocks, page.Text{Text: "and " + more + " before them, shown with " + o.Caller.called(SettingVerbose)})
	}
	for _, note := range runNotes(s, from) {
		blocks = append(blocks, page.Note{Text: note})
	}
	return blocks
}

// runsTable lists the runs of a series from one on, with a row before each with which something changed.
func runsTable(s *history.Series, from int, o Options) *page.Table {
	layout := dateTime
	if o.Width > 0 && o.Width < narrowPage {
		layout = shortTime
	}
	t := &page.Table{Columns: []page.Column{{Title: "started (UTC)", Words: true}}}
	for _, percentile := range history.Percentiles {
		t.Columns = append(t.Columns, page.Column{Title: strings.ToUpper(percentile.Key)})
	}
	t.Columns = append(t.Columns, page.Column{Title: cmp.Or(string(s.Of), "requests"), Rank: 1}, page.Column{Words: true, Rank: 2})
	for i := from; i < len(s.Points); i++ {
		point := s.Points[i]
		if cells, changed := changeCells(s, i); changed {
			t.AddWords(cells...)
		}
		cells := []page.Cell{page.Words(point.Started.UTC().Format(layout))}
		for q := range history.Percentiles {
			cells = append(cells, figureCell(runfile.Figure{Value: point.Values[q], AtLeast: point.AtLeast[q]}))
		}
		t.Add(append(cells, numberCell(point.Requests), page.Words(sentence(point.Source)))...)
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
			if cell = units.Times(c.Ratio()); asPercent(c.Ratio()) {
				cell = percentChange(c.Ratio())
			}
		}
		cells = append(cells, cell)
	}
	return cells, changed
}

func omitted(l history.LeftOut) string {
	what := sentence(l.Source)
	if l.Target != "" {
		what += ": the run of " + name(l.Target)
	}
	return what + " " + sentence(l.Why)
}

// The columns that a chart takes.
const (
	minSketch = 10
	maxSketch = 60
)

// leastSpread is the ratio of highest to lowest from which on a chart uses all its levels, so that noise looks like noise.
const leastSpread = 1.5

// historyChart draws each percentile of a series by run, the oldest first, with a mark below each run with which it changed.
type historyChart struct{ *history.Series }

// Lines draws the chart.
func (h historyChart) Lines(width int) (lines []string) {
	s := h.Series
	ranges, names, widest := make([]string, len(history.Percentiles)), 0, 0
	for q, percentile := range history.Percentiles {
		ranges[q] = rangeOf(s, q)
		widest = max(widest, page.Columns(ranges[q]))
		names = max(names, len(percentile.Key))
	}
	free := min(max(width-3-2-2-widest, minSketch), maxSketch)
	bucket := divideUp(len(s.Points), free)
	drawn := divideUp(len(s.Points), bucket)
	for q, percentile := range history.Percentiles {
		lines = append(lines, fmt.Sprintf("%-*s  %s  %s", names, strings.ToUpper(percentile.Key), pad(bucketRow(s, q, bucket), drawn), ranges[q]))
		if marks := markRow(s, q, bucket); marks != "" {
			lines = append(lines, strings.Repeat(" ", names+2)+marks)
		}
	}
	return lines
}

// extremes are the lowest and the highest value of a percentile.
func extremes(s *history.Series, q int) (low, high time.Duration, atLeast bool) {
	low = math.MaxInt64
	for _, p := range s.Points {
		low = min(low, p.Values[q])
		if p.Values[q] >= high {
			high, atLeast = p.Values[q], p.AtLeast[q]
		}
	}
	return low, high, atLeast
}

func rangeOf(s *history.Series, q int) string {
	low, high, atLeast := extremes(s, q)
	most := runfile.Figure{Value: high, AtLeast: atLeast}.String()
	if most == units.Duration(low) {
		return most
	}
	return units.Duration(low) + " … " + most
}

// bucketRow draws a character for each run or, where there are more than fit, for the highest of a few.
func bucketRow(s *history.Series, q, bucket int) string {
	low, high, _ := extremes(s, q)
	sk := sketch{low: max(low, 1), high: runfile.Figure{Value: max(high, time.Duration(leastSpread*float64(low)))}}
	var b strings.Builder
	for from := 0; from < len(s.Points); from += bucket {
		var highest time.Duration
		for _, p := range s.Points[from:min(from+bucket, len(s.Points))] {
			highest = max(highest, p.Values[q])
		}
		b.WriteString(bars[sk.level(max(highest, 1))])
	}
	return b.String()
}

// markRow puts a mark below each run with which a percentile changed.
func markRow(s *history.Series, q, bucket int) string {
	row, used := "", 0
	for _, c := range s.Changes[q] {
		if at := c.Index / bucket; at >= used {
			row += strings.Repeat(" ", at-used) + changeMark
			used = at + 1
		}
	}
	return row
}
