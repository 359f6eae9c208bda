package report

import (
	"fmt"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// headlines are the percentiles that the answer speaks of, the first that is settled first.
var headlines = []string{"p99", "p95", "p50"}

// ComparisonAnswer is the finding in a sentence or two.
func ComparisonAnswer(c *Compared) string {
	r := &c.Result
	var sentences []string
	switch {
	case c.FirstBaseline != "":
		return fmt.Sprintf("INCONCLUSIVE: there was no baseline to hold %s against. It is the baseline now, saved to %s, and the next gate is held against that.",
			name(c.firstName()), page.Clean(c.FirstBaseline, textColumns))
	case r.Spoiled:
		return fmt.Sprintf("Nothing is concluded: bench or its host was too late in %s, for most of a round, or did not send what it could have. "+
			"Leave the machine alone, or offer less. The last: %s.", plural(uint64(r.Rerun), c.spoiledUnit()), ended(r.Why))
	case r.Interrupted && c.Baseline != nil && r.OfRuns():
		sentences = append(sentences, fmt.Sprintf("Interrupted after %s of %d; nothing is decided, this is what was learned so far.",
			plural(uint64(r.Comparisons[0].RunsB), "run"), r.Planned))
	case r.Interrupted:
		sentences = append(sentences, fmt.Sprintf("Interrupted after %s of at most %d; nothing is decided, this is what was learned so far.",
			plural(uint64(2*r.Quads), "pair"), 2*r.Planned))
	}
	for i := range r.Comparisons {
		found := &r.Comparisons[i]
		if r.Gate {
			sentences = append(sentences, gateAnswer(found))
		} else {
			sentences = append(sentences, comparedAnswer(found))
		}
	}
	return strings.Join(sentences, " ")
}

// firstName is the name of the version that became the first baseline.
func (c *Compared) firstName() string {
	if len(c.Arms) == 0 {
		return "the new version"
	}
	return c.Arms[0].Name
}

// comparedAnswer says which is faster, by how much, and how sure that is.
func comparedAnswer(f *compare.Comparison) string {
	a, b := sides(f)
	var settled []compare.Row
	for _, key := range headlines {
		if row, ok := f.Row(key); ok && (row.Outcome == compare.Worse || row.Outcome == compare.Better) {
			settled = append(settled, row)
		}
	}
	if f.Outcome == compare.CannotTell {
		return fmt.Sprintf("It cannot be told which of %s and %s is faster: %s, and without those %s the answer is another one than with them.",
			a, b, guardWords(f), unitWord(f.Of))
	}
	if f.Mixed {
		return mixedAnswer(f, settled)
	}
	if len(settled) > 0 {
		text := fasterThan(f, settled[0])
		if also := settled[len(settled)-1]; len(settled) > 1 && also.Metric.Key == "p50" {
			text += fmt.Sprintf(", and %s at %s", byHowMuch(also), MetricName(also.Metric))
		}
		return text + "."
	}
	if f.Few() {
		return fmt.Sprintf("%s and %s are shown and not judged: that takes %d runs of each.", a, b, compare.MinRuns)
	}
	for _, key := range []string{"p50", "p95", "p99"} {
		if row, ok := f.Row(key); ok && row.Change.Center > 0 {
			change, between := changeOf(row)
			return fmt.Sprintf("%s and %s are not told apart: %s at %s is %s %s, 95 %%.", a, b, b, timeName(row.Metric, f.Of), change,
				strings.TrimSuffix(between, ")")+")")
		}
	}
	return fmt.Sprintf("Nothing can be said of %s and %s: no round of both had an answer.", a, b)
}

// mixedAnswer says at which percentiles b is slower and at which faster.
func mixedAnswer(f *compare.Comparison, settled []compare.Row) string {
	a, b := sides(f)
	var parts []string
	for i := len(settled) - 1; i >= 0; i-- {
		row := settled[i]
		_, between := changeOf(row)
		direction := "slower"
		if row.Outcome == compare.Better {
			direction = "faster"
		}
		parts = append(parts, fmt.Sprintf("%s %s at %s %s", byHowMuch(row), direction, timeName(row.Metric, f.Of), certainty(between)))
	}
	return fmt.Sprintf("Mixed: against %s, %s is %s.", a, b, strings.Join(parts, ", and "))
}

// fasterThan says which of two is faster: by how many times, or how much slower the other is.
func fasterThan(f *compare.Comparison, r compare.Row) string {
	a, b := sides(f)
	change := r.Change
	if asPercent(change.Center) {
		direction := "slower"
		if change.Center < 1 {
			direction = "faster"
		}
		return fmt.Sprintf("%s is %s %s than %s at %s %s", b, byHowMuch(r), direction, a, timeName(r.Metric, f.Of), certainty(betweenOf(change)))
	}
	fast, slow := a, b
	if change.Center < 1 {
		fast, slow = b, a
		change = compare.Interval{Center: 1 / change.Center, Low: 1 / change.High, High: 1 / change.Low}
	}
	times := units.Times(change.Center)
	if r.BLow != r.ALow {
		times = "at least " + units.TimesTo(change.Center, units.Down)
	}
	return fmt.Sprintf("%s is %s faster than %s at %s %s", fast, times, slow, timeName(r.Metric, f.Of),
		certainty(betweenOf(change)))
}

func certainty(between string) string { return strings.TrimSuffix(between, ")") + ", 95 %)" }

// byHowMuch writes the size of a change without its direction.
func byHowMuch(r compare.Row) string {
	ratio := r.Change.Center
	if asPercent(ratio) {
		return strings.TrimLeft(percentChange(ratio), "+−")
	}
	return units.Times(max(ratio, 1/ratio))
}

// gateAnswer says whether the gate is passed, and why not.
func gateAnswer(f *compare.Comparison) string {
	a, b := sides(f)
	var bad, open, better, late, unjudged []string
	for _, r := range f.Rows {
		higher, lower := higherLower(r.Metric)
		change, between := changeOf(r)
		switch {
		case r.Outcome == compare.Regression:
			direction := higher
			if r.Metric.HigherIsBetter {
				direction = lower
			}
			bad = append(bad, fmt.Sprintf("%s is %s %s than %s at %s %s; %s", b, byHowMuch(r), direction, a,
				timeName(r.Metric, f.Of), certainty(between), marginWords(r)))
		case r.Outcome == compare.Inconclusive:
			open = append(open, fmt.Sprintf("%s changed by %s %s and %s", timeName(r.Metric, f.Of), change, certainty(between), marginWords(r)))
		case r.Outcome == compare.CannotTell:
			late = append(late, timeName(r.Metric, f.Of))
		case r.Unjudged():
			unjudged = append(unjudged, fmt.Sprintf("%s: %s", timeName(r.Metric, f.Of), whyUnjudged(f, r)))
		case r.Improved && r.Metric.Quantile > 0:
			better = append(better, fmt.Sprintf("%s faster at %s", byHowMuch(r), timeName(r.Metric, f.Of)))
		}
	}
	if f.Errors.Outcome == compare.Regression {
		bad = append(bad, fmt.Sprintf("%s of %s fail, and %s of %s before", failedShare(f.Errors.B), b, failedOrNone(f.Errors.A), a))
	}
	if f.Errors.Outcome == compare.Inconclusive {
		open = append(open, fmt.Sprintf("more %s fail than the margin lets pass, in too few rounds to be sure", unitWord(f.Of)))
	}
	for _, s := range f.Parts {
		switch s.Outcome {
		case compare.Regression:
			bad = append(bad, fmt.Sprintf("%s of %s are %s, and %s of %s before", failedShare(s.B), b, partName(s.Of), failedOrNone(s.A), a))
		case compare.Inconclusive:
			open = append(open, partName(s.Of)+": "+strings.TrimPrefix(shareEvidence(f, &s.Errors), "inconclusive: "))
		}
	}
	missed := ""
	for _, o := range f.Objectives {
		switch o.B.Outcome {
		case compare.Missed:
			missed += " MISSED: " + objectiveAnswer(o, a, b) + "."
		case compare.Inconclusive:
			open = append(open, objectiveAnswer(o, a, b))
		}
	}
	switch {
	case len(bad) > 0:
		if f.Mixed && len(better) > 0 {
			return "REGRESSION, mixed: " + strings.Join(bad, "; ") + "; but it is " + strings.Join(better, ", ") + "." + missed
		}
		return "REGRESSION: " + strings.Join(bad, "; ") + "." + missed
	case missed != "":
		return missed[1:]
	case f.Outcome == compare.CannotTell:
		return fmt.Sprintf("CANNOT BE TOLD: %s, and %s passes without those %s and not with them.", guardWords(f), strings.Join(late, ", "), unitWord(f.Of))
	case f.Outcome == compare.Pass:
		text := fmt.Sprintf("PASS: %s is not slower than %s by the margins", b, a)
		if len(f.Objectives) > 0 {
			text += " and holds its objectives"
		}
		for _, r := range f.Rows {
			if passedWide(r) {
				text += fmt.Sprintf("; %s is at most %s slower, and %s cannot be told here", timeName(r.Metric, f.Of), marginPercent(r.PassedAt), marginPercent(r.Margin))
			}
		}
		if len(better) > 0 {
			text += "; it is " + strings.Join(better, ", ")
		}
		if len(unjudged) > 0 {
			text += ". Not judged: " + strings.Join(unjudged, "; ")
		}
		return text + "."
	case f.Few():
		return fmt.Sprintf("INCONCLUSIVE: %s of %s and %s of %s are shown and not judged: that takes %d of each.", plural(uint64(f.RunsA), "run"), a,
			plural(uint64(f.RunsB), "run"), b, compare.MinRuns)
	case len(open) > 0:
		return "INCONCLUSIVE: " + strings.Join(open, "; ") + "."
	}
	return "INCONCLUSIVE: nothing was judged: " + strings.Join(append(unjudged, "too few requests or runs")[:max(len(unjudged), 1)], "; ") + "."
}

func failedOrNone(f compare.Failures) string {
	if f.Failed == 0 {
		return "none"
	}
	return failedShare(f)
}
