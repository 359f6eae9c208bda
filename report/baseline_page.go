package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// gatePairs is how many pairs a side by side gate of the usual three minutes has.
const gatePairs = 40

// WriteBaseline writes a stored baseline for a terminal: the margin that can be held against it, and by how much identical code differed.
// Its error is that of w.
func WriteBaseline(w io.Writer, b *compare.Baseline, o Options) error {
	return o.write(w, BaselinePage(b, o))
}

// BaselinePage is the report of a stored baseline.
func BaselinePage(b *compare.Baseline, o Options) *page.Page {
	p := &page.Page{Title: "baseline " + name(b.Name), Subjects: []string{name(b.Name)}}
	env := b.Runs[0].Environment
	p.Add(page.Headline{Text: baselineAnswer(b)},
		page.Facts{Parts: page.Parts(page.Brief, "baseline "+name(b.Name), "of "+name(b.Runs[0].Target.Name), baselinePlan(b), stamp(b.Saved),
			machineWords(env.CPU, env.Processors))},
		baselineTable(b))
	closing := baselineNotes(b)
	if o.Saved != "" {
		closing = append(closing, page.Commands{Lines: [][]page.Command{{{Word: "saved", Text: page.Clean(o.Saved, maxCommand), File: true}}}, Detail: page.Usual})
	}
	p.Add(page.Section{Blocks: closing})
	return p
}

func baselineAnswer(b *compare.Baseline) string {
	ofRuns := func(m compare.Metric) float64 { return b.Floor.OfRuns(m, len(b.Runs), len(b.Runs)) }
	held := floorWords(func(m compare.Metric) float64 {
		if v := ofRuns(m); v < 1 {
			return v
		}
		return 0 // there is no margin of 100 %
	})
	var beyond []string
	for _, m := range []compare.Metric{compare.P50, compare.P95, compare.P99} {
		if ofRuns(m) >= 1 {
			beyond = append(beyond, MetricName(m))
		}
	}
	var sentences []string
	if held != "" {
		sentences = append(sentences, fmt.Sprintf("A gate against %s can hold a margin of %s, by %d runs a side.", name(b.Name), held, len(b.Runs)))
	}
	switch {
	case len(beyond) > 0:
		sentences = append(sentences, fmt.Sprintf("No margin can be held at %s: runs of identical code differ by more than any. "+
			"At a lower rate, further from what the service can take, they differ by less.", enumerated(beyond)))
	case held == "":
		sentences = append(sentences, fmt.Sprintf("%s has too few requests a run to tell anything by: save one at a higher rate, or with longer rounds.", name(b.Name)))
	}
	return strings.Join(sentences, " ")
}

// floorWords lists the floors of the percentiles: 3.1 % at P50, 9.6 % at P99.
func floorWords(least func(compare.Metric) float64) string {
	var parts []string
	for _, m := range []compare.Metric{compare.P50, compare.P95, compare.P99} {
		if v := least(m); v > 0 {
			parts = append(parts, fmt.Sprintf("%s at %s", floorPercent(v), MetricName(m)))
		}
	}
	return enumerated(parts)
}

// enumerated joins parts with commas and, before the last, with and.
func enumerated(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// floorPercent writes a floor as a percentage, rounded up: a margin of just that is held.
func floorPercent(share float64) string {
	if share <= 0 {
		return absent
	}
	scale := 1000.0
	if share >= 0.1 {
		scale = 100
	}
	return units.Trimmed(math.Ceil(share*scale)/scale*100) + " %"
}

// baselinePlan says in what runs a baseline was made.
func baselinePlan(b *compare.Baseline) string {
	return fmt.Sprintf("%d runs of %d rounds of %s at %s", len(b.Runs), compare.RoundsPerRun, units.Span(b.Round()), arrivalRate(b.Rate(), compare.UnitOf(b.Runs[0])))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func machineWords(cpu string, processors int) string {
	if cpu == "" {
		return plural(uint64(processors), "processor")
	}
	return fmt.Sprintf("%s, %s", name(cpu), plural(uint64(processors), "processor"))
}

// baselineTable has a row for each metric: how runs spread, of what, and the margins that can be held.
func baselineTable(b *compare.Baseline) *page.Table {
	t := &page.Table{Columns: []page.Column{
		{Words: true}, {Title: "median"}, {Title: "of the runs", Words: true}, {Title: "runs"}, {Title: "starts"},
		{Title: "pairs"}, {Title: fmt.Sprintf("floor: %d runs", len(b.Runs))}, {Title: fmt.Sprintf("%d pairs", gatePairs)},
		{Title: "not restarted"},
	}}
	for _, spread := range b.Spreads() {
		m := spread.Metric
		n, known := b.Floor.Of(m)
		metric := page.Words(rowName(m, compare.UnitOf(b.Runs[0])))
		if !known {
			metric.Mark = thinMark
		}
		cells := []page.Cell{metric, {Text: metricValue(m, spread.Median, spread.AtLeast), Figure: true, Value: spread.Median, AtLeast: spread.AtLeast},
			page.Words(fmt.Sprintf("%s … %s", metricValue(m, spread.Low, false), metricValue(m, spread.High, spread.AtLeast)))}
		if known {
			starts := page.Words(absent)
			if b.Floor.Fresh {
				starts = deviationCell(n.Process)
			}
			cells = append(cells, deviationCell(n.Run), starts, deviationCell(n.Pair), floorCell(b.Floor.OfRuns(m, len(b.Runs), len(b.Runs))),
				floorCell(b.Floor.OfPairs(m, gatePairs, true)), floorCell(b.Floor.OfPairs(m, gatePairs, false)))
		}
		t.Add(cells...)
	}
	return t
}

func floorCell(share float64) page.Cell { return page.Figure(floorPercent(share), share) }

func deviationCell(s float64) page.Cell { return page.Figure(deviation(s), s) }

// deviation writes the standard deviation of a logarithm as a percentage.
func deviation(s float64) string {
	if s <= 0 {
		return absent
	}
	return units.Trimmed(100*math.Expm1(s)) + " %"
}

func baselineNotes(b *compare.Baseline) []page.Block {
	notes := []page.Block{
		page.Text{Text: "runs: by how much whole runs scatter, as a standard deviation; starts: what of it is beyond the error of each run, and so is " +
			"how two starts of one program differ for as long as they live; pairs: by how much the ratio of two neighbouring rounds of one process scatters"},
		page.Text{Text: fmt.Sprintf("floor: the least margin that identical code passes in nine gates of ten, against this baseline, or in %d pairs side by "+
			"side, restarted for each quad or not", gatePairs)},
	}
	of := compare.UnitOf(b.Runs[0])
	if of == compare.Journeys {
		notes = append(notes, page.Text{Text: "percentiles are of journey time, from the arrival to the last byte of the last step less what was thought"})
	}
	for _, s := range b.Spreads() {
		if _, known := b.Floor.Of(s.Metric); !known {
			notes = append(notes, page.Text{Text: thinMark + " too few " + unitWord(of) + " of a run lie beyond it, or some of its values are lower bounds: it is not judged"})
			break
		}
	}
	if !b.Floor.Fresh {
		notes = append(notes, page.Note{Text: notFresh})
	}
	var sent uint64
	for _, r := range b.Runs {
		sent += r.Requests.Sent
	}
	if text := Sequence(sent, uint64(max(b.Plan().Lines, 0))); text != "" {
		notes = append(notes, page.Note{Text: "of its targets file: " + text})
	}
	return notes
}

// notFresh says what a baseline of a service that bench did not start cannot know.
const notFresh = "bench did not start this service, so its runs are all of one start: how starts differ is not in the floor, and " +
	"what is found against it may be the start's and not the code's"

// BaselineEntry is a listed baseline, or the error of reading its file.
type BaselineEntry struct {
	Name     string
	Baseline *compare.Baseline
	Err      error
}

// WriteBaselineList writes the baselines that there are, a line each. Its error is that of w.
func WriteBaselineList(w io.Writer, entries []BaselineEntry, o Options) error {
	p := &page.Page{Title: "baselines"}
	if len(entries) == 0 {
		p.Add(page.Text{Text: "There are no baselines here: bench baseline save NAME TARGET keeps one."})
	}
	t := &page.Table{Columns: []page.Column{
		{Title: "name", Words: true}, {Title: "saved", Words: true}, {Title: "target", Words: true}, {Title: "rate"}, {Title: "round"}, {Title: "runs"},
		{Title: "floor: P50"}, {Title: "P95"}, {Title: "P99"},
	}}
	list := page.Section{Blocks: []page.Block{t}}
	for _, e := range entries {
		switch b := e.Baseline; {
		case e.Err != nil:
			list.Blocks = append(list.Blocks, page.Text{Text: sentence(e.Err.Error())})
		case b != nil:
			cells := []page.Cell{page.Words(name(e.Name)), page.Words(stamp(b.Saved)), page.Words(name(b.Runs[0].Target.Name)), rateCell(b.Rate()),
				page.Figure(units.Span(b.Round()), float64(b.Round())), numberCell(uint64(len(b.Runs)))}
			for _, m := range []compare.Metric{compare.P50, compare.P95, compare.P99} {
				cells = append(cells, floorCell(b.Floor.OfRuns(m, len(b.Runs), len(b.Runs))))
			}
			t.Add(cells...)
		}
	}
	p.Add(list)
	return o.write(w, p)
}

// RunsRefusal says in a sentence why a gate of a and b runs cannot hold its margins, and what would.
func RunsRefusal(b *compare.Baseline, short []compare.Short, runsA, runsB int) string {
	return refusal(b, short, func(s compare.Short) string {
		text := fmt.Sprintf("as much as %d runs of identical code differ from %d others", runsA, runsB)
		if s.Needed == 0 {
			return text + ", and no number of runs that anyone would make holds it"
		}
		return fmt.Sprintf("%s; %d runs a side would hold it", text, s.Needed)
	})
}

// PairsRefusal says in a sentence why a gate of so many pairs cannot hold its margins, and what would.
func PairsRefusal(b *compare.Baseline, short []compare.Short, pairs int) string {
	return refusal(b, short, func(s compare.Short) string {
		text := fmt.Sprintf("as much as identical code differs in %d pairs", pairs)
		switch {
		case s.Starts:
			return "as much as two starts of one program differ for as long as they live, which no number of pairs sees: it takes both " +
				"started anew for each quad, as bench does with what starts in time"
		case s.Needed == 0:
			return text + ", and no number of pairs that anyone would run holds it"
		}
		return fmt.Sprintf("%s; %d pairs would hold it, in a longer time", text, s.Needed)
	})
}

func refusal(b *compare.Baseline, short []compare.Short, why func(compare.Short) string) string {
	var reasons, margins []string
	for _, s := range short {
		reasons = append(reasons, fmt.Sprintf("the margin of %s is %s, and this machine's noise floor %s, %s", MetricName(s.Metric),
			units.Trimmed(100*s.Margin)+" %", floorPercent(s.Floor), why(s)))
		margins = append(margins, leastMargin(s))
	}
	return fmt.Sprintf("baseline %s: %s; or give the margins %s", name(b.Name), strings.Join(reasons, "; "), strings.Join(margins, " "))
}

// leastMargin writes the least margin which can be held.
func leastMargin(s compare.Short) string {
	key := marginName(s.Metric)
	if percent := math.Ceil(100 * s.Floor); percent < 100 {
		return fmt.Sprintf("%s=%v%%", key, percent)
	}
	return fmt.Sprintf("%s=off", key)
}

// floorWords names the least change that the machine of a gate can show, where a baseline has measured it.
func (c *Compared) floorWords() string {
	b := c.Baseline
	if b == nil || len(c.Result.Comparisons) == 0 {
		return ""
	}
	f := &c.Result.Comparisons[0]
	least, by := "", ""
	switch {
	case f.RunsA > 0 && f.RunsB > 0:
		least = floorWords(func(m compare.Metric) float64 { return b.Floor.OfRuns(m, f.RunsA, f.RunsB) })
		by = fmt.Sprintf("%d and %d runs", f.RunsA, f.RunsB)
	case f.Pairs > 0:
		least = floorWords(func(m compare.Metric) float64 { return b.Floor.OfPairs(m, f.Pairs, c.Restarted) })
		by = plural(uint64(f.Pairs), "pair")
	}
	if least == "" {
		return ""
	}
	return fmt.Sprintf("this machine tells %s from nothing in %s (noise floor of %s)", least, by, stamp(b.Saved))
}

// spoiledUnit is the unit that is repeated where bench or its host was late.
func (c *Compared) spoiledUnit() string {
	if c.Result.OfRuns() {
		return "run"
	}
	return "quad"
}
