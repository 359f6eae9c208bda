package html

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// WriteComparison writes the report of a comparison or a gate. Its error is that of w.
func WriteComparison(w io.Writer, c *report.Compared) error {
	var intervals, dots []page.Block
	for i := range c.Result.Comparisons {
		found := &c.Result.Comparisons[i]
		intervals = append(intervals, forest(found.B+" against "+found.A, found.Rows, c.Result.Gate)...)
		intervals = append(intervals, shareForest(found, &found.Errors, "Failures", cmp.Or(string(found.Of), "requests")+" that failed")...)
		for n := range found.Parts {
			intervals = append(intervals, partForest(found, &found.Parts[n])...)
		}
		dots = append(dots, rounds(found, "round")...)
	}
	if len(c.Result.Comparisons) > 1 {
		intervals = append(ranking(c), intervals...)
	}
	p := report.ComparisonPage(c)
	if !c.Result.Gate {
		p.Title = "bench compare: " + strings.Join(p.Subjects, ", ")
	}
	return Write(w, charted(p, section("Differences", intervals), section("Rounds", dots), section("Distribution", curves(c.Result.Curves, curveLabel(c), "The median of the rounds at each percentile."))))
}

// WriteMirror writes the report of a mirrored run. Its error is that of w.
func WriteMirror(w io.Writer, m *report.Mirror) error {
	blocks := &compare.Comparison{A: m.Names[0], B: m.Names[1], Rows: m.Rows}
	return Write(w, charted(report.MirrorPage(m), section("Differences", forest(m.Names[1]+" against "+m.Names[0], m.Rows, false)),
		section("Blocks of seconds", rounds(blocks, "block")), section("Distribution", curves(m.Curves[:], "target time", "All timed pairs."))))
}

// charted returns a page with charts behind its answer and first table, and without those that are made of characters.
func charted(p *page.Page, charts ...[]page.Block) *page.Page {
	with := *p
	with.Blocks = afterAnswer(drawn(p.Blocks), slices.Concat(charts...))
	return &with
}

// drawn are blocks without the charts that only characters can show.
func drawn(blocks []page.Block) []page.Block {
	var kept []page.Block
	for _, b := range blocks {
		switch x := b.(type) {
		case page.Chart:
			if _, ok := x.Drawing.(drawing); !ok {
				continue
			}
		case page.Section:
			x.Blocks = drawn(x.Blocks)
			b = x
		}
		kept = append(kept, b)
	}
	return kept
}

func statusOf(o compare.Outcome) chart.Status {
	switch o {
	case compare.Pass, compare.Better:
		return chart.Passed
	case compare.Regression, compare.Worse, compare.Missed, compare.Mixed:
		return chart.Failed
	case "":
		return chart.Unjudged
	}
	return chart.Undecided
}

// far is the ratio from which on, and below whose inverse, changes are told as factors and not in percent.
const far = 2.0

// told is the interval that a row shows: the one that decides where it is judged.
func told(r compare.Row) compare.Interval {
	if r.Judged && r.Decision != (compare.Interval{}) {
		return r.Decision
	}
	return r.Change
}

// forest draws the change of every metric with its interval, against its margin: in percent, or on a logarithmic axis of
// factors where that is how far they are apart.
func forest(title string, rows []compare.Row, gate bool) []page.Block {
	f := chart.Forest{X: chart.Axis{Label: "change", Unit: chart.Share}}
	value, write := func(ratio float64) float64 { return ratio - 1 }, func(ratio float64) string { return signedShare(ratio - 1) }
	if slices.ContainsFunc(rows, func(r compare.Row) bool { c := told(r).Center; return c > far || c > 0 && c < 1/far }) {
		f.X, f.None = chart.Axis{Label: "factor", Unit: chart.Factor, Scale: chart.Log}, 1
		value, write = func(ratio float64) float64 { return ratio }, factor
	}
	judged := 0
	for _, r := range rows {
		between := told(r)
		if between == (compare.Interval{}) {
			continue
		}
		row := chart.Interval{Group: metricGroup(r.Metric), Name: report.MetricName(r.Metric), Low: value(between.Low), Value: value(between.Center), High: value(between.High), Margin: math.NaN()}
		word := "not judged"
		if r.Judged {
			judged++
			row.Status, word = statusOf(r.Outcome), string(r.Outcome)
		}
		switch {
		case gate && r.Margin > 0 && r.Metric.HigherIsBetter:
			row.Margin = value(1 - r.Margin)
		case gate && r.Margin > 0:
			row.Margin = value(1 + r.Margin)
		}
		row.Text = write(between.Low) + " … " + write(between.High) + ", " + word
		f.Rows = append(f.Rows, row)
	}
	if len(f.Rows) == 0 {
		return nil
	}
	caption := fmt.Sprintf("%d of %d metrics are judged, by the interval that is drawn; the others show the interval at 95 %%.", judged, len(f.Rows))
	if gate {
		caption += " Dashes are margins."
	}
	return []page.Block{page.Chart{Title: title, Caption: caption, Drawing: picture{f}}}
}

// ranking draws what several arms differ by from the first in the highest percentile that is judged, those together that
// are told apart from it alike.
func ranking(c *report.Compared) []page.Block {
	groups := []string{"less than it", "not told apart from it", "more than it"}
	byGroup := make([][]compare.Row, len(groups))
	names := make([][]string, len(groups))
	metric, first := "", c.Result.Comparisons[0].A
	for _, found := range c.Result.Comparisons {
		var row *compare.Row
		for i := range found.Rows {
			if r := &found.Rows[i]; r.Judged && r.Metric.Quantile > 0 && told(*r) != (compare.Interval{}) {
				row = r
			}
		}
		if row == nil {
			continue
		}
		g := 1
		switch between := told(*row); {
		case between.High < 1:
			g = 0
		case between.Low > 1:
			g = 2
		}
		metric = report.MetricName(row.Metric)
		byGroup[g], names[g] = append(byGroup[g], *row), append(names[g], found.B)
	}
	f := chart.Forest{X: chart.Axis{Label: "factor", Unit: chart.Factor, Scale: chart.Log}, None: 1}
	for g, rows := range byGroup {
		for i, r := range rows {
			between := told(r)
			f.Rows = append(f.Rows, chart.Interval{Group: groups[g], Name: names[g][i], Low: between.Low, Value: between.Center, High: between.High, Margin: math.NaN(), Status: statusOf(r.Outcome),
				Text: factor(between.Low) + " … " + factor(between.High)})
		}
	}
	if len(f.Rows) == 0 {
		return nil
	}
	caption := fmt.Sprintf("%d less, %d not told apart, %d more, by the interval that decides.", len(byGroup[0]), len(byGroup[1]), len(byGroup[2]))
	return []page.Block{page.Chart{Title: metric + " of all against " + first, Caption: caption, Drawing: picture{f}}}
}

// rounds draws every round's percentiles as dots in time order; what is the word for a round.
func rounds(found *compare.Comparison, what string) []page.Block {
	var blocks []page.Block
	for _, r := range found.Rows {
		if r.Metric.Quantile == 0 || len(r.RoundsA)+len(r.RoundsB) == 0 {
			continue
		}
		most := float64(max(len(r.RoundsA), len(r.RoundsB)))
		var told []string
		plot := chart.Plot{Width: 420, Height: 200, X: chart.Axis{Label: what, Unit: chart.Number, From: 0.5, To: most + 0.5}, Y: chart.Axis{Label: "time", Unit: chart.Nanoseconds, Scale: chart.Log}}
		for i, side := range []struct {
			name   string
			values []float64
		}{{found.A, r.RoundsA}, {found.B, r.RoundsB}} {
			s := chart.Series{Name: side.name, Color: i, Shape: i, Style: chart.Dots}
			for n, v := range side.values {
				s.Points = append(s.Points, chart.Point{X: float64(n + 1), Y: v})
			}
			plot.Series = append(plot.Series, s)
			if len(side.values) > 0 {
				told = append(told, fmt.Sprintf("%s %s to %s", side.name, units.Duration(time.Duration(slices.Min(side.values))), units.Duration(time.Duration(slices.Max(side.values)))))
			}
		}
		blocks = append(blocks, page.Chart{Title: report.MetricName(r.Metric) + " by " + what, Caption: strings.Join(told, ", ") + ".", Drawing: small{plot}})
	}
	return blocks
}

func metricGroup(m compare.Metric) string {
	switch {
	case m.HigherIsBetter:
		return "more is better"
	case m.Quantile > 0 || m.Key == "mean" || m.Key == "max":
		return "latency, less is better"
	}
	return "less is better"
}

// signedShare writes a change with its sign.
func signedShare(v float64) string {
	switch {
	case math.IsNaN(v):
		return "not measured"
	case math.IsInf(v, 0):
		return noBound
	case v > 0:
		return "+" + chart.Share.Text(v)
	}
	return chart.Share.Text(v)
}

// noBound stands where an interval is open.
const noBound = "no bound"

// factor writes a ratio.
func factor(v float64) string {
	if math.IsInf(v, 0) || v <= 0 {
		return noBound
	}
	return chart.Factor.Text(v)
}

// shareForest draws how much larger the share of a part of the requests is on B's side; what names the part, and of the requests
// in it.
func shareForest(found *compare.Comparison, e *compare.Errors, what, of string) []page.Block {
	f := chart.Forest{X: chart.Axis{Label: "share more than " + found.A, Unit: chart.Share}}
	unbounded := ""
	for _, d := range e.By {
		if math.IsInf(d.Low, 0) && math.IsInf(d.High, 0) {
			unbounded += " By " + d.Unit + " it has no bound: there are too few."
			continue
		}
		margin := math.NaN()
		if e.Margin > 0 {
			margin = e.Margin
		}
		f.Rows = append(f.Rows, chart.Interval{Name: "by " + d.Unit, Low: d.Low, Value: d.Center, High: d.High, Margin: margin, Status: statusOf(e.Outcome),
			Text: fmt.Sprintf("%s … %s", signedShare(d.Low), signedShare(d.High))})
	}
	if len(f.Rows) == 0 {
		return nil
	}
	return []page.Block{page.Chart{Title: what + " of " + found.B + " against " + found.A, Caption: "The difference of the shares of " + of + "." + unbounded, Drawing: picture{f}}}
}

// partForest draws the difference of a part with a margin of its own.
func partForest(found *compare.Comparison, s *compare.PartChange) []page.Block {
	if s.Of == compare.StaleReads {
		return shareForest(found, &s.Errors, "Stale reads", "reads that were stale")
	}
	return shareForest(found, &s.Errors, "Misses", "answers that were misses")
}

// curveLabel says which times are compared.
func curveLabel(c *report.Compared) string {
	if c.Result.ByResponse {
		return "response time"
	}
	if len(c.Result.Comparisons) > 0 && c.Result.Comparisons[0].Of == compare.Journeys {
		return "journey time (target time)"
	}
	return "target time"
}

// curves draws the percentile curves of all arms.
func curves(list []compare.Curve, label, caption string) []page.Block {
	plot := chart.Plot{Height: 280, X: chart.Axis{Label: "percentile", Scale: chart.Percentile}, Y: chart.Axis{Label: label, Unit: chart.Nanoseconds, Scale: chart.Log}}
	for i, arm := range list {
		s := chart.Series{Name: arm.Arm, Color: i, Dash: i / 4}
		for j, v := range arm.Values {
			if v > 0 {
				s.Points = append(s.Points, chart.Point{X: 1 - math.Pow(10, -float64(j)/compare.CurveSteps), Y: float64(v)})
			}
		}
		if len(s.Points) > 0 {
			plot.Series = append(plot.Series, s)
		}
	}
	if len(plot.Series) == 0 {
		return nil
	}
	return []page.Block{page.Chart{Title: "Percentile curves", Caption: caption, Drawing: picture{plot}}}
}

// WriteBaseline writes the report of a stored baseline. Its error is that of w.
func WriteBaseline(w io.Writer, b *compare.Baseline) error {
	plot := chart.Plot{X: chart.Axis{Label: "run, in time order", Unit: chart.Number, From: 0.5, To: float64(len(b.Runs)) + 0.5}, Y: chart.Axis{Label: "target time", Unit: chart.Nanoseconds, Scale: chart.Log}}
	for i, m := range []compare.Metric{compare.P50, compare.P95, compare.P99} {
		s := chart.Series{Name: strings.ToUpper(m.Key), Color: i, Shape: i, Style: chart.Dots}
		for n, r := range b.Runs {
			d := compare.Latencies(r)
			if f := d.Quantile(m.Quantile); d.Count > 0 {
				s.Points = append(s.Points, chart.Point{X: float64(n + 1), Y: float64(f.Value), Open: f.AtLeast})
			}
		}
		plot.Series = append(plot.Series, s)
	}
	charts := []page.Block{page.Chart{Title: "Runs of the baseline", Caption: fmt.Sprintf("%d runs; how far they are apart is the noise that a margin has to exceed.", len(b.Runs)), Drawing: picture{plot}}}
	return Write(w, charted(report.BaselinePage(b, report.Options{Verbose: true}), section("Runs", charts)))
}
