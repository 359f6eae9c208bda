package live

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
)

// tone is how a span of a line is shown where there is colour. Each repeats what the words say.
type tone string

const (
	usual   tone = ""
	strong  tone = "\x1b[1m"
	crossed tone = "\x1b[31m" // red
)

// span is a piece of a line in one tone.
type span struct {
	text string
	tone tone
}

// line is one line of the panel.
type line struct {
	spans []span
	rank  int // the higher it is, the sooner the line goes where the terminal is low
}

// The columns of the panel.
const (
	labelColumns  = 9
	minSparks     = 6
	maxConditions = 4
	maxFailures   = 4 // kinds that are named
)

// panel makes the lines of a state, for a terminal of width columns and height rows: none is wider than width-1, because some
// terminals begin a new line after the last column, and one row is left for the cursor. The first is the only one that changes with
// the time that passed since the state was told.
func panel(p *runfile.Progress, width, height int) []line {
	return append([]line{head(p, width)}, body(p, width, height-1)...)
}

// body makes the lines below the first.
func body(p *runfile.Progress, width, height int) []line {
	lines := series(p, width-1)
	lines = append(lines, failures(p), flight(p))
	if l, known := processors(p); known {
		lines = append(lines, l)
	}
	lines = append(lines, conditions(p)...)
	for rank := 9; len(lines) > max(height-1, 0) && rank > 0; rank-- {
		for i := len(lines) - 1; i >= 0 && len(lines) > max(height-1, 0); i-- {
			if lines[i].rank == rank {
				lines = slices.Delete(lines, i, i+1)
			}
		}
	}
	for i := range lines {
		lines[i].fit(width - 1)
	}
	return lines
}

// head says where the run is, and how much of it is left.
func head(p *runfile.Progress, width int) line {
	share, left := float64(p.Elapsed)/float64(p.Total), ""
	if p.Most > 0 {
		share = float64(p.Sent) / float64(p.Most)
	} else if !p.Draining {
		left = " " + clock(p.Total-p.Elapsed+time.Second-1) + " s left"
	}
	l := line{spans: []span{
		{name(p.Target), strong},
		{"  " + phase(p) + " · " + done(p) + "  ▕" + bar(share) + "▏" + left, usual},
	}}
	l.fit(width - 1)
	return l
}

// row is a line with a label, a figure and a spark.
type row struct {
	label, figure string
	values        []float64
	scale         scale
	limits        []runfile.ProgressLimit
	rank          int
}

// series are the rate and the percentiles of the last seconds.
func series(p *runfile.Progress, width int) []line {
	last, n := p.Last(), len(p.Seconds)
	due, p50, p95, p99 := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i, s := range p.Seconds {
		due[i], p50[i], p95[i], p99[i] = float64(s.Due), float64(s.P50.Value), float64(s.P95.Value), float64(s.P99.Value)
	}
	latency := logarithm(p50, p95, p99)
	rows := []row{
		{"rate", "asked " + units.Rate(p.Offered) + ", got " + units.Rate(p.Achieved), due, linear(due), limitsOn(p, runfile.MetricRate, 0), 2},
		{"P50", percentile(last, last.P50), p50, latency, limitsOn(p, runfile.MetricPercentile, 0.50), 5},
		{"P95", percentile(last, last.P95), p95, latency, limitsOn(p, runfile.MetricPercentile, 0.95), 7},
		{"P99", percentile(last, last.P99), p99, latency, limitsOn(p, runfile.MetricPercentile, 0.99), 1},
	}
	figures, limits := 0, 0
	for _, r := range rows {
		figures = max(figures, page.Columns(r.figure))
		words := 0
		for _, l := range r.limits {
			words += page.Columns(limitWords(l)) + 2
		}
		limits = max(limits, words)
	}
	sparks := min(width-labelColumns-figures-2-limits, n)
	if sparks < min(minSparks, n) {
		sparks = 0
	}
	lines := make([]line, len(rows))
	for i, r := range rows {
		text := pad(r.label, labelColumns) + pad(r.figure, figures)
		if sparks > 0 {
			text += "  " + pad(r.scale.draw(r.values, sparks), sparks)
		}
		lines[i] = line{spans: append([]span{{text, usual}}, limitSpans(r.limits)...), rank: r.rank}
	}
	return lines
}

func percentile(s runfile.ProgressSecond, f runfile.Figure) string {
	if s.Samples == 0 {
		return "no answer yet"
	}
	return f.String()
}

// limitsOn are the limits on a figure.
func limitsOn(p *runfile.Progress, m runfile.Metric, quantile float64) (list []runfile.ProgressLimit) {
	for _, l := range p.Limits {
		if l.Metric == m && (m != runfile.MetricPercentile || l.Quantile == quantile) {
			list = append(list, l)
		}
	}
	return list
}

func limitWords(l runfile.ProgressLimit) string {
	text := page.Clean(l.Text, 24)
	if l.Crossed {
		return "crosses " + text
	}
	return "limit " + text
}

func limitSpans(list []runfile.ProgressLimit) (spans []span) {
	for _, l := range list {
		s := span{"  " + limitWords(l), usual}
		if l.Crossed {
			s.tone = crossed
		}
		spans = append(spans, s)
	}
	return spans
}

// failures counts the failures since the start by kind, the commonest first.
func failures(p *runfile.Progress) line {
	text := pad("failed", labelColumns) + units.Count(p.Failed)
	kinds := slices.SortedFunc(maps.Keys(p.Failures), func(a, b string) int {
		return cmp.Or(cmp.Compare(p.Failures[b], p.Failures[a]), cmp.Compare(a, b))
	})
	var named []string
	for i, k := range kinds {
		if i == maxFailures {
			named = append(named, "and others")
			break
		}
		named = append(named, fmt.Sprintf("%s %s", name(k), units.Count(p.Failures[k])))
	}
	if len(named) > 0 {
		text += "  " + strings.Join(named, ", ")
	}
	return line{spans: append([]span{{text, usual}}, limitSpans(limitsOn(p, runfile.MetricErrors, 0))...), rank: 3}
}

func flight(p *runfile.Progress) line {
	return line{spans: []span{{pad("open", labelColumns) + openOnes(p), usual}}, rank: 6}
}

// openOnes says how much is under way.
func openOnes(p *runfile.Progress) string {
	if p.Journeys != nil {
		return units.Count(p.InFlight) + " in flight, " + units.Count(*p.Journeys) + " journeys in progress"
	}
	return units.Count(p.InFlight) + " in flight, " + units.Count(p.Waiting) + " waiting"
}

// processors says what target and bench use of theirs; false where neither is known.
func processors(p *runfile.Progress) (line, bool) {
	var parts []string
	for _, of := range []struct {
		who string
		runfile.ProgressCPU
	}{{"target", p.TargetCPU}, {"bench", p.BenchCPU}} {
		if !of.Known {
			continue
		}
		part := fmt.Sprintf("%s %.2f", of.who, of.Used)
		if of.Of > 0 {
			part += fmt.Sprintf(" of %d", of.Of)
		}
		parts = append(parts, part)
	}
	return line{spans: []span{{pad("cpus", labelColumns) + strings.Join(parts, ", "), usual}}, rank: 8}, len(parts) > 0
}

// conditions say what each condition that ends the run has judged so far.
func conditions(p *runfile.Progress) (lines []line) {
	for i, c := range p.Conditions {
		if i == maxConditions {
			more := fmt.Sprintf("and %d more", len(p.Conditions)-i)
			return append(lines, line{spans: []span{{pad("", labelColumns) + more, usual}}, rank: 9})
		}
		s := span{page.Clean(c.Text, 32) + ": " + conditionFigure(c), usual}
		if c.Holds {
			s.tone = crossed
		}
		lines = append(lines, line{spans: []span{{pad("abort on", labelColumns), usual}, s}, rank: 4})
	}
	return lines
}

func conditionFigure(c runfile.ProgressCondition) string {
	switch {
	case c.Actual == nil:
		return "nothing judged yet"
	case c.OfShare():
		return units.Share(*c.Actual) + " so far"
	case c.Metric == runfile.MetricRate:
		return units.Rate(*c.Actual) + " so far"
	}
	return runfile.Figure{Value: time.Duration(*c.Actual), AtLeast: c.AtLeast}.String() + " so far"
}

func pad(s string, width int) string { return s + strings.Repeat(" ", max(width-page.Columns(s), 0)) }

// fit cleans the line and cuts it to width columns.
func (l *line) fit(width int) {
	for i := range l.spans {
		s := &l.spans[i]
		s.text = page.Clean(s.text, max(width, 0))
		width -= page.Columns(s.text)
	}
}

// text is the line as it is shown.
func (l *line) text(color bool) string {
	var b strings.Builder
	for _, s := range l.spans {
		if color && s.tone != usual && s.text != "" {
			b.WriteString(string(s.tone) + s.text + "\x1b[0m")
		} else {
			b.WriteString(s.text)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
