package report

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
)

var metricNames = map[string]string{
	"p50": "P50", "p95": "P95", "p99": "P99", "p999": "P99.9", "mean": "mean", "goodput": "goodput",
	"throughput": "throughput", "hit_ratio": "hit ratio", "origin_queries": "database per request",
	"bytes": "bytes per request", "cpu": "cpu per request",
}

func MetricName(m compare.Metric) string { return metricNames[m.Key] }

// timeName is the name of a metric in a sentence: P95, or for journeys P95 of journey time.
func timeName(m compare.Metric, of compare.Unit) string {
	if of == compare.Journeys && m.Quantile > 0 {
		return MetricName(m) + " of journey time"
	}
	return MetricName(m)
}

// rowName is the name of a metric in a table, where journeys and their requests differ.
func rowName(m compare.Metric, of compare.Unit) string {
	switch {
	case of != compare.Journeys:
	case m.Key == "goodput":
		return "goodput, journeys"
	case m.Key == "throughput":
		return "throughput, requests"
	}
	return MetricName(m)
}

// unitWord is the compared unit, in the plural.
func unitWord(of compare.Unit) string { return cmp.Or(string(of), "requests") }

// arrivalRate writes a rate at which something arrives: 50/s, or 50 journeys/s.
func arrivalRate(perSecond float64, of compare.Unit) string {
	text := units.Rate(perSecond)
	if of == compare.Journeys {
		return strings.TrimSuffix(text, "/s") + " journeys/s"
	}
	return text
}

// metricValue writes a metric in its unit.
func metricValue(m compare.Metric, v float64, atLeast bool) string {
	if v <= 0 || math.IsNaN(v) {
		return absent
	}
	switch m.Key {
	case "goodput", "throughput":
		return units.Rate(v)
	case "hit_ratio":
		return units.Share(v)
	case "bytes":
		return units.Bytes(uint64(v))
	case "origin_queries":
		return units.Decimal(units.Significant(v, 3, units.Nearest), 3)
	}
	return runfile.Figure{Value: time.Duration(v), AtLeast: atLeast}.String()
}

// asPercent reports whether a ratio is best written as a change in percent.
func asPercent(ratio float64) bool { return ratio > 0.5 && ratio < 2 }

// percentChange writes a ratio as a change: +3.1 %, −0.6 %.
func percentChange(ratio float64) string { return changeTo(ratio, units.Nearest) }

// changeTo writes a ratio as percentChange does, with digits that to leaves.
func changeTo(ratio float64, to units.Rounding) string { return percentNumberTo(ratio, to) + " %" }

func percentNumber(ratio float64) string { return percentNumberTo(ratio, units.Nearest) }

func percentNumberTo(ratio float64, to units.Rounding) string {
	v := to(100*(ratio-1), 1)
	if math.Abs(v) >= 10 {
		v = to(v, 0)
	}
	switch {
	case v == 0:
		return "±0"
	case v > 0:
		return "+" + units.Trimmed(v)
	default:
		return "−" + units.Trimmed(-v)
	}
}

// changeOf writes the change of a row and between what it lies.
func changeOf(r compare.Row) (change, between string) {
	i := r.Change
	if i.Center == 0 || math.IsNaN(i.Center) || math.IsInf(i.Center, 1) && i.Low <= 0 {
		return "", ""
	}
	bound, to := "", units.Rounding(units.Nearest)
	switch {
	case r.BLow && !r.ALow:
		bound, to = "≥ ", units.Down
	case r.ALow && !r.BLow:
		bound, to = "≤ ", units.Up
	}
	if asPercent(i.Center) {
		return bound + changeTo(i.Center, to), betweenOf(i)
	}
	return bound + units.TimesTo(i.Center, to), betweenOf(i)
}

// betweenOf writes the bounds of an interval in the form of its centre.
func betweenOf(i compare.Interval) string {
	switch {
	case i.Low <= 0 || math.IsInf(i.High, 1):
		return "(too few to say)"
	case asPercent(i.Center):
		return fmt.Sprintf("(%s … %s)", percentNumber(i.Low), percentNumber(i.High))
	default:
		return fmt.Sprintf("(%s–%s)", strings.TrimSuffix(units.Times(i.Low), "×"), strings.TrimSuffix(units.Times(i.High), "×"))
	}
}

func marginOf(r compare.Row) string {
	if !r.Judged {
		return ""
	}
	if r.PassAt > r.Margin {
		return units.Trimmed(100*r.Margin) + ":" + units.Trimmed(100*r.PassAt) + " %"
	}
	return marginPercent(r.Margin)
}

func marginPercent(share float64) string { return units.Trimmed(units.Nearest(100*share, 3)) + " %" }

// marginWords says in a sentence by which margin a row was judged, or which two.
func marginWords(r compare.Row) string {
	if r.Outcome != compare.Regression && r.PassAt > r.Margin {
		return fmt.Sprintf("it passes below %s and regresses above %s", marginPercent(r.PassAt), marginPercent(r.Margin))
	}
	return "the margin is " + marginPercent(r.Margin)
}

// passedWide reports whether a row is surely below the margin that it passes at, and not below the one above which it regresses.
func passedWide(r compare.Row) bool { return r.Outcome == compare.Pass && r.PassedAt > r.Margin }

// adverbs of the direction, by metric: what B is where its value is higher, and where it is lower.
func higherLower(m compare.Metric) (higher, lower string) {
	switch m.Key {
	case "goodput", "throughput", "hit_ratio":
		return "higher", "lower"
	case "origin_queries", "bytes", "cpu":
		return "costs more", "costs less"
	}
	return "slower", "faster"
}

// evidenceOf says what a row shows of B, where evidence comes in that unit.
func evidenceOf(r compare.Row, b, unit string) string {
	higher, lower := higherLower(r.Metric)
	worse, better := higher, lower
	if r.Metric.HigherIsBetter {
		worse, better = lower, higher
	}
	switch r.Outcome {
	case compare.Worse:
		return b + " " + worse
	case compare.Better:
		return b + " " + better
	case compare.Undecided:
		return "~" + settles(r, unit)
	case compare.Regression:
		return "REGRESSION"
	case compare.Pass:
		if r.Improved {
			return "pass, " + better
		}
		if passedWide(r) {
			return "pass at " + marginPercent(r.PassedAt)
		}
		return "pass"
	case compare.Inconclusive:
		return "inconclusive"
	case compare.CannotTell:
		return "cannot be told"
	}
	return ""
}

// settles says how many of the units would probably settle a row that is not.
func settles(r compare.Row, unit string) string {
	if r.Needed == 0 {
		return ""
	}
	return fmt.Sprintf(", needs %s %s", units.Count(uint64(r.Needed)), unit)
}

// unitOf is the unit of a comparison's evidence.
func unitOf(f *compare.Comparison) string {
	if f.RunsA > 0 {
		return "runs"
	}
	return "pairs"
}

func failedShare(f compare.Failures) string {
	if f.Failed == 0 {
		return absent
	}
	return fmt.Sprintf("%s of %s", units.Count(f.Failed), units.Count(f.Due))
}

// partName is the name of a part of the requests in a row.
func partName(p compare.Part) string {
	if p == compare.StaleReads {
		return "stale reads"
	}
	return "misses"
}

// errorEvidence says what is known of the shares of failures.
func errorEvidence(f *compare.Comparison) string { return shareEvidence(f, &f.Errors) }

// shareEvidence says what is known of the shares of a part.
func shareEvidence(f *compare.Comparison, e *compare.Errors) string {
	_, b := sides(f)
	switch e.Outcome {
	case compare.Regression:
		least := 0.0
		for _, d := range e.By {
			least = max(least, d.Low)
		}
		return fmt.Sprintf("REGRESSION: at least %s points more", units.Trimmed(units.Down(100*least, 1)))
	case compare.Inconclusive:
		switch {
		case min(e.A.Due, e.B.Due) == 0:
			return "nothing was judged"
		case f.Few():
			return "inconclusive: too few runs"
		}
		return "inconclusive: more than the margin, of too few " + map[bool]string{true: "runs", false: "rounds"}[f.RunsA > 0]
	case compare.Pass:
		return "pass"
	case compare.Worse:
		return b + " fails more"
	case compare.Better:
		return b + " fails less"
	}
	return fmt.Sprintf("~ of %s each", units.Count(min(e.A.Due, e.B.Due)))
}

// failedRounds says in how many rounds, or runs, of each something failed: failures in bursts do not prove a regression, but are
// worth knowing. "" where nothing failed, or in every round of both.
func failedRounds(f *compare.Comparison) string {
	e := f.Errors
	if e.A.Hit+e.B.Hit == 0 || e.A.Hit == e.A.Rounds && e.B.Hit == e.B.Rounds {
		return ""
	}
	unit := "round"
	if f.RunsA > 0 {
		unit = "run"
	}
	a, b := sides(f)
	return fmt.Sprintf("failures came in %d of %s's %s and in %d of %s's %s", e.B.Hit, b, plural(uint64(e.B.Rounds), unit), e.A.Hit, a,
		plural(uint64(e.A.Rounds), unit))
}

// thinWords says of a percentile that is not judged how few requests it rests on.
func thinWords(f *compare.Comparison, r compare.Row) string {
	unit := "quad of rounds"
	if f.RunsA > 0 {
		unit = "run"
	}
	if r.Least == 0 { // read from a file of before
		return fmt.Sprintf("too few requests a %s lie beyond it", unit)
	}
	return fmt.Sprintf("fewer than %s %s a %s lie beyond it", units.Trimmed(r.Least), unitWord(f.Of), unit)
}

// whyUnjudged says why a metric that was to be judged was not.
func whyUnjudged(f *compare.Comparison, r compare.Row) string {
	switch {
	case f.Few():
		return "too few runs"
	case r.Thin:
		return thinWords(f, r)
	case f.RunsA > 0:
		return "some run has no figure of it"
	}
	return "some round has no figure of it"
}

// guardWords say why the lateness of bench was not left out alone, and beside which side it was late; "" where it could be.
func guardWords(f *compare.Comparison) string {
	g := f.Guard
	a, b := sides(f)
	switch {
	case g.Differs:
		late, other, share, less := b, a, g.B, g.A
		if !g.MoreBesideB() {
			late, other, share, less = other, late, less, share
		}
		return fmt.Sprintf("%s makes bench late: %s of its %s were disturbed by that, and %s of %s's", late, units.Share(share), unitWord(f.Of), units.Share(less), other)
	case g.TooMany:
		return fmt.Sprintf("bench was late too often: %s of %s's %s were disturbed by that, and %s of %s's", units.Share(g.A), a, unitWord(f.Of), units.Share(g.B), b)
	}
	return ""
}

// disturbedWords say how many requests were left out; "" where none was.
func disturbedWords(f *compare.Comparison) string {
	g := f.Guard
	if words := guardWords(f); words != "" {
		return words + "; a verdict holds without them and with them, or nothing is told"
	}
	if g.A+g.B == 0 {
		return ""
	}
	a, b := sides(f)
	return fmt.Sprintf("left out are %s that a pause of bench or of its machine disturbed: %s of %s's and %s of %s's, alike but for chance",
		unitWord(f.Of), units.Share(g.A), a, units.Share(g.B), b)
}

// foresightWords say what the first quads foretell.
func foresightWords(f *compare.Foresight) string {
	text := fmt.Sprintf("by its first quads, pairs scatter by %s at %s: in %d pairs this machine finds a change of %s in nine gates of ten, and passes "+
		"identical code at a margin of %s", wholePercent(math.Expm1(f.Scatter)), MetricName(f.Metric), f.Pairs, wholePercent(f.Found), wholePercent(f.Held))
	if !f.Enough() {
		text += fmt.Sprintf(", so that %s will hardly be told: it takes a longer time, or a margin of %s", marginPercent(f.Passes), wholePercent(f.Held))
	}
	return text
}

func wholePercent(share float64) string { return fmt.Sprintf("%.0f %%", math.Ceil(100*share)) }

// marginName is the name of a metric beside its margin.
func marginName(m compare.Metric) string {
	switch m.Key {
	case "p999":
		return "p99.9"
	case "origin_queries":
		return "origin"
	}
	return m.Key
}
