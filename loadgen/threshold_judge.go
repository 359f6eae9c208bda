package loadgen

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// JudgingBounds names the rules by which a run's thresholds are judged: by bounds. A run that names no rules was judged by a bench
// of before, whose results it keeps.
const JudgingBounds = "bounds"

// ThresholdResult is what a run made of a threshold.
type ThresholdResult struct {
	Text          string   `json:"text"` // the threshold as it was written
	Passed        bool     `json:"passed"`
	Actual        *float64 `json:"actual,omitempty"` // in ns; of errors a share (0-1), of rate requests/s; nil: not measured
	AtLeast       bool     `json:"at_least,omitempty"`
	Samples       uint64   `json:"samples"`
	FewSamples    bool     `json:"few_samples,omitempty"` // fewer than 10 lie beyond the percentile
	StrictSamples bool     `json:"strict_samples,omitempty"`
	Sentence      string   `json:"sentence"` // what was found, with its figures
}

// fewest is how many samples have to lie beyond a percentile, or be there at all, before a figure says much.
const fewest = 10

// Judge says whether the run meets the threshold. Durations are those of successes and of the censored, as the run's
// distributions have them, so within 0.1 % (1 % of an endpoint) and never rounded down: a figure that is only a lower
// bound passes no upper limit. Nothing passes without a success, in a run that was interrupted or aborted, or in one whose
// verdict is HOST-LIMITED or GENERATOR-LIMITED.
func (t Threshold) Judge(r *Run) ThresholdResult {
	result := ThresholdResult{Text: t.Text, StrictSamples: t.StrictSamples}
	p, missing := t.partOf(r)
	switch {
	case missing != "":
		result.Sentence = missing
	case p.due == 0:
		result.Sentence = "no request was due"
	case p.succeeded == 0:
		result.Sentence = fmt.Sprintf("none of the %s that were due succeeded", requests(p.due))
		if t.Metric == MetricErrors {
			t.measure(&result, &p)
		}
	default:
		t.measure(&result, &p)
		t.compare(&result, &p)
	}
	switch {
	case r.Abort() != nil:
		result.Passed = false
		result.Sentence = "the run was aborted, and such a run passes nothing: " + result.Sentence
	case r.Interrupted:
		result.Passed = false
		result.Sentence = "the run was interrupted, and such a run passes nothing: " + result.Sentence
	case r.Verdict.Kind.Spoiled():
		result.Passed = false
		result.Sentence = fmt.Sprintf("the run is %s, and such a run passes nothing: %s", r.Verdict.Kind, result.Sentence)
	}
	return result
}

// Spoiled reports whether bench, or its host, was too late for the latencies to be the target's.
func (k VerdictKind) Spoiled() bool { return k == HostLimited || k == GeneratorLimited }

// Judge judges the run by each of the thresholds and keeps the results.
func (r *Run) Judge(list []Threshold) {
	r.Thresholds = nil
	for _, t := range list {
		r.Thresholds = append(r.Thresholds, t.Judge(r))
	}
}

// measure fills in the figure.
func (t Threshold) measure(result *ThresholdResult, p *part) {
	var figure float64
	d := &p.dist
	result.Samples = d.Count
	beyond := float64(d.Count)
	switch t.Metric {
	case MetricErrors:
		figure, result.Samples = float64(p.due-p.succeeded)/float64(p.due), p.due
		beyond = float64(p.due)
	case MetricRate:
		figure, result.Samples = perSecond(p.achieved, p.length.Seconds()), p.achieved
		beyond = float64(p.achieved)
	case MetricMean:
		figure, result.AtLeast = float64(d.MeanNS), d.IsLowerBound("mean_ns")
	case MetricMin:
		figure, result.AtLeast = float64(d.MinNS), d.IsLowerBound("min_ns")
	case MetricMax:
		figure, result.AtLeast = float64(d.MaxNS), d.IsLowerBound("max_ns")
	default:
		var value time.Duration
		value, result.AtLeast = d.Quantile(t.Quantile)
		figure = float64(value)
		beyond *= 1 - t.Quantile
	}
	result.Actual = &figure
	result.FewSamples = beyond < fewest-1e-9 // 100 × (1 − 0.9) is a little below 10
}

// compare judges the figure and says so.
func (t Threshold) compare(result *ThresholdResult, p *part) {
	figure := *result.Actual
	result.Passed = t.holds(figure) && !(result.AtLeast && t.upper())
	name := strings.TrimSpace(t.Text[:strings.LastIndexAny(t.Text, "<>")])
	relation := map[Operator]string{Less: "below", AtMost: "at most", Greater: "above", NotBelow: "at least"}[t.Operator]
	if !result.Passed {
		relation = "not " + relation
	}
	switch is, limit := t.words(figure, p), t.words(t.Limit, nil); {
	case result.AtLeast && !result.Passed:
		result.Sentence = fmt.Sprintf("%s is at least %s, as %s had no answer by then: a lower bound is %s %s",
			name, is, requests(p.dist.Censored.Count), relation, limit)
	case result.AtLeast:
		result.Sentence = fmt.Sprintf("%s is at least %s, %s %s", name, is, relation, limit)
	case is == limit:
		result.Sentence = fmt.Sprintf("%s is %v, %s %v", name, exact(t, figure), relation, exact(t, t.Limit))
	default:
		result.Sentence = fmt.Sprintf("%s is %s, %s %s", name, is, relation, limit)
	}
	if !result.FewSamples {
		return
	}
	if t.StrictSamples {
		result.Passed = false
	}
	switch {
	case result.Samples == 1:
		result.Sentence += "; it rests on one sample"
	case t.Metric == MetricPercentile:
		result.Sentence += fmt.Sprintf("; of %s samples fewer than %d lie beyond it", count(result.Samples), fewest)
	default:
		result.Sentence += fmt.Sprintf("; it rests on %s samples", count(result.Samples))
	}
	if t.StrictSamples {
		result.Sentence += ", which is too few"
	}
}

// words writes a figure or, where there is no part, the limit.
func (t Threshold) words(v float64, p *part) string {
	switch {
	case t.Metric == MetricErrors && p != nil:
		return fmt.Sprintf("%s %% (%s of %s)", three(v*100), count(p.due-p.succeeded), requests(p.due))
	case t.Metric == MetricErrors:
		return strconv.FormatFloat(v*100, 'g', 6, 64) + " %"
	case t.Metric == MetricRate:
		return three(v) + "/s"
	default:
		return span(time.Duration(v))
	}
}

// exact writes a figure with all its digits, where fewer would not tell it from the limit.
func exact(t Threshold, v float64) string {
	if t.Metric == MetricRate {
		return fmt.Sprintf("%v/s", v)
	}
	return time.Duration(v).String()
}

func requests(n uint64) string {
	if n == 1 {
		return "1 request"
	}
	return count(n) + " requests"
}

// maxThresholds bounds the thresholds of a run.
const maxThresholds = 1000

// checkThresholds judges again what an untrusted run says of its thresholds. Their sentences are this version's.
func (r *Run) checkThresholds() error {
	if len(r.Thresholds) > maxThresholds {
		return fmt.Errorf("it has %d thresholds", len(r.Thresholds))
	}
	for i, written := range r.Thresholds {
		t, err := ParseThreshold(written.Text)
		if err != nil {
			return err
		}
		t.StrictSamples = written.StrictSamples
		judged := t.Judge(r)
		known := judged.Actual != nil
		if judged.Passed != written.Passed || judged.AtLeast != written.AtLeast || judged.Samples != written.Samples ||
			judged.FewSamples != written.FewSamples || known != (written.Actual != nil) ||
			known && !near(*judged.Actual, *written.Actual) {
			return fmt.Errorf("threshold %q: what is written of it is not what the run says: %s", t.Text, judged.Sentence)
		}
		r.Thresholds[i] = judged
	}
	if len(r.Plan.SLO) > maxThresholds {
		return fmt.Errorf("its slo has %d thresholds", len(r.Plan.SLO))
	}
	for _, text := range r.Plan.SLO {
		if _, err := ParseThreshold(text); err != nil {
			return fmt.Errorf("slo: %w", err)
		}
	}
	return nil
}

// mergeThresholds judges a merged run by the thresholds of the two that it was made of.
func (r *Run) mergeThresholds(a, b []ThresholdResult) {
	var list []Threshold
	for _, result := range slices.Concat(a, b) {
		t, err := ParseThreshold(result.Text)
		t.StrictSamples = result.StrictSamples
		if err == nil && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	r.Judge(list)
}
