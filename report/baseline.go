package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// gatePairs is how many pairs a side by side gate of the usual three minutes has.
const gatePairs = 40

// Baseline writes a stored baseline for a terminal: the margin that can be held against it, and by how much identical code differed.
// Its error is that of w.
func Baseline(w io.Writer, b *compare.Baseline, o Options) error {
	p := newPage(o.Width, o.Color)
	p.strong(baselineAnswer(b))
	p.blank()
	env := b.Runs[0].Environment
	p.parts([]string{
		"baseline " + name(b.Name), "of " + name(b.Runs[0].Target.Name), baselinePlan(b), stamp(b.Saved),
		machineWords(env.CPU, env.Processors),
	}, 2)
	p.blank()
	if err := p.rows(baselineTable(b)); err != nil {
		return fmt.Errorf("laying out the report: %w", err)
	}
	p.blank()
	for _, note := range baselineNotes(b) {
		p.text(note, 2)
	}
	if o.Saved != "" {
		p.text("saved "+page.Clean(o.Saved, 4096), 2)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
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
			beyond = append(beyond, metricName(m))
		}
	}
	var sentences []string
	if held != "" {
		sentences = append(sentences, fmt.Sprintf("A gate against %s can hold a margin of %s, by %d runs a side.", name(b.Name), held, len(b.Runs)))
	}
	switch {
	case len(beyond) > 0:
		sentences = append(sentences, fmt.Sprintf("No margin can be held at %s: runs of identical code differ by more than any. "+
			"At a lower --rate, further from what the service can take, they differ by less.", enumerated(beyond)))
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
			parts = append(parts, fmt.Sprintf("%s at %s", floorPercent(v), metricName(m)))
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
	return trimmed(math.Ceil(share*scale)/scale*100) + " %"
}

// baselinePlan says in what runs a baseline was made.
func baselinePlan(b *compare.Baseline) string {
	return fmt.Sprintf("%d runs of %d rounds of %s at %s", len(b.Runs), compare.RoundsPerRun, Span(b.Round()), Rate(b.Rate()))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func machineWords(cpu string, processors int) string {
	if cpu == "" {
		return plural(uint64(processors), "processor")
	}
	return fmt.Sprintf("%s, %s", name(cpu), plural(uint64(processors), "processor"))
}

// baselineTable has a row for each metric: how runs spread, of what, and the margins that can be held.
func baselineTable(b *compare.Baseline) *table {
	t := &table{columns: []column{
		{title: "", left: true}, {title: "median"}, {title: "of the runs", left: true}, {title: "runs"}, {title: "starts"},
		{title: "pairs"}, {title: fmt.Sprintf("floor: %d runs", len(b.Runs))}, {title: fmt.Sprintf("%d pairs", gatePairs)},
		{title: "not restarted"},
	}}
	for _, spread := range b.Spreads() {
		m := spread.Metric
		n, known := b.Floor.Of(m)
		mark := ""
		if !known {
			mark = thinMark
		}
		cells := []string{metricName(m) + mark, metricValue(m, spread.Median, spread.AtLeast),
			fmt.Sprintf("%s … %s", metricValue(m, spread.Low, false), metricValue(m, spread.High, spread.AtLeast))}
		if known {
			starts := absent
			if b.Floor.Fresh {
				starts = deviation(n.Process)
			}
			cells = append(cells, deviation(n.Run), starts, deviation(n.Pair),
				floorPercent(b.Floor.OfRuns(m, len(b.Runs), len(b.Runs))), floorPercent(b.Floor.OfPairs(m, gatePairs, true)),
				floorPercent(b.Floor.OfPairs(m, gatePairs, false)))
		}
		t.row(cells...)
	}
	return t
}

// deviation writes the standard deviation of a logarithm as a percentage.
func deviation(s float64) string {
	if s <= 0 {
		return absent
	}
	return trimmed(100*math.Expm1(s)) + " %"
}

func baselineNotes(b *compare.Baseline) []string {
	notes := []string{
		"runs: by how much whole runs scatter, as a standard deviation; starts: what of it is beyond the error of each run, and so is " +
			"how two starts of one program differ for as long as they live; pairs: by how much the ratio of two neighbouring rounds of one process scatters",
		fmt.Sprintf("floor: the least margin that identical code passes in nine gates of ten, against this baseline (bench gate --baseline %s), or "+
			"in %d pairs side by side (bench gate --floor %s), restarted for each quad or not", name(b.Name), gatePairs, name(b.Name)),
	}
	for _, s := range b.Spreads() {
		if _, known := b.Floor.Of(s.Metric); !known {
			notes = append(notes, thinMark+" too few requests of a run lie beyond it, or some of its values are lower bounds: it is not judged")
			break
		}
	}
	if !b.Floor.Fresh {
		notes = append(notes, notFresh)
	}
	var sent uint64
	for _, r := range b.Runs {
		sent += r.Requests.Sent
	}
	if text := Sequence(sent, uint64(max(b.Plan().Lines, 0))); text != "" {
		notes = append(notes, "note  of its targets file: "+text)
	}
	return notes
}

// notFresh says what a baseline of a service that bench did not start cannot know.
const notFresh = "note  bench did not start this service, so its runs are all of one start: how starts differ is not in the floor, and " +
	"what is found against it may be the start's and not the code's"

// BaselineEntry is a baseline that is listed, or why its file cannot be read.
type BaselineEntry struct {
	Name     string
	Baseline *compare.Baseline
	Err      error
}

// BaselineList writes the baselines that there are, a line each. Its error is that of w.
func BaselineList(w io.Writer, entries []BaselineEntry, o Options) error {
	p := newPage(o.Width, o.Color)
	if len(entries) == 0 {
		p.line("There are no baselines here: bench baseline save NAME TARGET keeps one.")
	}
	t := &table{columns: []column{
		{title: "name", left: true}, {title: "saved", left: true}, {title: "target", left: true}, {title: "rate"}, {title: "round"}, {title: "runs"},
		{title: "floor: P50"}, {title: "P95"}, {title: "P99"},
	}}
	for _, e := range entries {
		if b := e.Baseline; b != nil {
			cells := []string{
				name(e.Name), stamp(b.Saved), name(b.Runs[0].Target.Name), Rate(b.Rate()), Span(b.Round()), Count(uint64(len(b.Runs))),
			}
			for _, m := range []compare.Metric{compare.P50, compare.P95, compare.P99} {
				cells = append(cells, floorPercent(b.Floor.OfRuns(m, len(b.Runs), len(b.Runs))))
			}
			t.row(cells...)
		}
	}
	if len(t.rows) > 0 {
		if err := p.rows(t); err != nil {
			return fmt.Errorf("laying out the list: %w", err)
		}
	}
	for _, e := range entries {
		if e.Err != nil {
			p.text(sentence(e.Err.Error()), 2)
		}
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}
