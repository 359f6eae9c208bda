package runfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// JudgingBounds names the rules by which a run's thresholds are judged: by bounds. A run that names no rules was judged by a bench
// of before, whose results it keeps.
const JudgingBounds = "bounds"

// ThresholdResult is what a run made of a threshold.
type ThresholdResult struct {
	Of            Threshold `json:"-"`
	Text          string    `json:"text"` // the threshold as it was written
	Passed        bool      `json:"passed"`
	Undecided     bool      `json:"undecided,omitempty"` // not judged: bench's own lateness could change the answer
	Actual        *float64  `json:"actual,omitempty"`    // in ns; of errors and hits a share (0-1), of rate requests/s, of origin statements/s, of lost writes; nil: not measured
	AtLeast       bool      `json:"at_least,omitempty"`
	Target        *float64  `json:"target,omitempty"` // Actual by the target time of undisturbed requests, in ns; nil: not kept, or no such
	TargetAtLeast bool      `json:"target_at_least,omitempty"`
	Samples       uint64    `json:"samples"`
	FewSamples    bool      `json:"few_samples,omitempty"` // fewer than 10 lie beyond the percentile
	StrictSamples bool      `json:"strict_samples,omitempty"`
	Sentence      string    `json:"sentence"` // the finding with its figures
}

// Fewest is how many samples have to lie beyond a percentile, or be there at all, before a figure says much.
const Fewest = 10

// Judge says whether the run meets the threshold. Durations are those of successes and of the censored, as the run's
// distributions have them, so within 0.1 % (1 % of an endpoint) and never rounded down: a figure that is only a lower
// bound passes no upper limit. Nothing passes without a success, or in a run that was interrupted or aborted.
//
// The response time has what bench did late in it, so it is an upper bound of what the target did; the target time of
// undisturbed requests is what it did. An upper limit that the first holds is passed, one that the second misses is failed, and
// between the two nothing can be said; of a lower limit the bounds change places. Nothing can be said either where bench
// did not send what it was to send.
func (t Threshold) Judge(r *Run) ThresholdResult {
	result := ThresholdResult{Of: t, Text: t.Text, StrictSamples: t.StrictSamples}
	p, missing := t.partOf(r)
	if missing == "" {
		missing = t.Missing(&p)
	}
	switch {
	case missing != "":
		result.Sentence = missing
	case p.Due == 0:
		result.Sentence = "no request was due"
	case t.OfStale() && p.Consistency.Reads == 0:
		result.Sentence = "no read could be judged: " + p.Consistency.WhyNoReads()
	case p.Succeeded == 0:
		result.Sentence = fmt.Sprintf("none of the %s that were due succeeded", p.due())
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
	case !r.Delivered():
		result.Undecided, result.Passed = true, false
		result.Sentence = "bench did not send what it was to send, so it cannot be judged: " + result.Sentence
	case !r.HasTargetTime() && r.Verdict.Kind.Spoiled():
		result.Undecided, result.Passed = true, false
		result.Sentence = fmt.Sprintf("the run is %s and has no target time, so it cannot be judged: %s", r.Verdict.Kind, result.Sentence)
	default:
		return result
	}
	result.Undecided = result.Undecided && !r.Interrupted && r.Abort() == nil
	return result
}

// JudgePart judges what has been counted so far, however few it is.
func (t Threshold) JudgePart(p *Part) ThresholdResult {
	result := ThresholdResult{Of: t, Text: t.Text}
	t.measure(&result, p)
	result.FewSamples = false
	t.compare(&result, p)
	return result
}

// Delivered reports whether bench sent what it was to send, as far as the target let it: it reached no limit of its
// own, and of the requests that had a slot it sent 99 %. What the target kept from being sent counts at its age.
func (r *Run) Delivered() bool {
	for _, e := range r.Errors {
		if e.OwnLimit() {
			return false
		}
	}
	t := r.Overall.TargetTime
	return t == nil || float64(t.Untold) <= (1-SentShare)*float64(r.Overall.Requests.Sent+t.Untold)
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
func (t Threshold) measure(result *ThresholdResult, p *Part) {
	var figure float64
	d := &p.Dist
	result.Samples = d.Count
	beyond := float64(d.Count)
	switch t.Metric {
	case MetricErrors:
		figure, result.Samples = float64(p.Due-p.Succeeded)/float64(p.Due), p.Due
		beyond = float64(p.Due)
	case MetricStale:
		figure, result.Samples = p.Consistency.StaleShare(), p.Consistency.Reads
		beyond = float64(result.Samples)
	case MetricRate:
		figure, result.Samples = PerSecond(p.Served, p.Length.Seconds()), p.Served
		beyond = float64(p.Served)
	case MetricHits:
		figure, result.Samples = t.cost(p)
		beyond = float64(result.Samples)
	case MetricOrigin, MetricLost:
		figure, result.Samples = t.cost(p)
		beyond = Fewest // few statements, or keys, are no few samples
	default:
		figure, result.AtLeast = t.figureOf(d)
		if t.Metric == MetricPercentile {
			beyond *= 1 - t.Quantile
		}
		if p.Target != nil && p.Target.Count > 0 {
			target, atLeast := t.figureOf(p.Target)
			result.Target, result.TargetAtLeast = &target, atLeast
		}
	}
	if t.Duration == durationStale && d.Count == 0 { // no read was older than now
		result.Samples, beyond = p.Consistency.Reads, float64(p.Consistency.Reads)
	}
	result.Actual = &figure
	result.FewSamples = beyond < Fewest-1e-9 // 100 × (1 − 0.9) is a little below 10
}

// figureOf takes the metric, in ns, of a distribution, and says whether it is only a lower bound.
func (t Threshold) figureOf(d *Dist) (figure float64, atLeast bool) {
	f := d.Quantile(t.Quantile)
	switch t.Metric {
	case MetricMean:
		f = d.Mean()
	case MetricMin:
		f = d.Min()
	case MetricMax:
		f = d.Quantile(1)
	}
	return float64(f.Value), f.AtLeast
}

// met reports whether a figure holds the limit. One that is only a lower bound holds no upper limit.
func (t Threshold) met(figure float64, atLeast bool) bool {
	return t.Holds(figure) && !(atLeast && t.Upper())
}

// decide judges the figure by the bounds of what the target did, where it has any.
func (t Threshold) decide(result *ThresholdResult, p *Part) {
	withLag := t.met(*result.Actual, result.AtLeast)
	result.Passed = withLag
	if t.Metric == MetricOrigin && p.Origin.Source == OriginTimings && t.Upper() == withLag {
		result.Passed, result.Undecided = false, true
	}
	if p.Target == nil {
		return
	}
	without := result.Target != nil && t.met(*result.Target, result.TargetAtLeast)
	if t.Upper() {
		result.Undecided = !withLag && (without || result.Target == nil)
		return
	}
	result.Passed = without
	result.Undecided = withLag && !without
}

// compare judges the figure and says so.
func (t Threshold) compare(result *ThresholdResult, p *Part) {
	figure := *result.Actual
	t.decide(result, p)
	name := strings.TrimSpace(t.Text[:strings.LastIndexAny(t.Text, "<>")])
	relation := map[Operator]string{Less: "below", AtMost: "at most", Greater: "above", NotBelow: "at least"}[t.Operator]
	if !result.Passed {
		relation = "not " + relation
	}
	is, limit := t.words(figure, p), t.words(t.Limit, nil)
	if t.Duration == durationStale && p.Dist.Count == 0 {
		result.Sentence = t.noneStale(p, relation, limit)
		return
	}
	if result.AtLeast { // only durations are lower bounds
		is = units.PreciseLow(time.Duration(figure))
	}
	switch {
	case result.Undecided && t.Metric == MetricOrigin:
		result.Sentence = fmt.Sprintf("%s is at least %s by Server-Timing, which leaves out what is asked in the background: whether it is %s %s cannot be judged",
			name, is, strings.TrimPrefix(relation, "not "), limit)
	case result.Undecided:
		result.Sentence = t.undecided(result, p, name, relation)
	case result.AtLeast && t.Duration == durationStale:
		result.Sentence = fmt.Sprintf("%s is at least %s, as %s had a version that was forgotten by then: it is %s %s",
			name, is, units.Reads(p.Dist.Censored.Count), relation, limit)
	case result.AtLeast && !result.Passed:
		result.Sentence = fmt.Sprintf("%s is at least %s, as %s had no answer by then: a lower bound is %s %s",
			name, is, units.Requests(p.Dist.Censored.Count), relation, limit)
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
		result.Sentence += fmt.Sprintf("; of %s samples fewer than %d lie beyond it", units.Count(result.Samples), Fewest)
	default:
		result.Sentence += fmt.Sprintf("; it rests on %s samples", units.Count(result.Samples))
	}
	if t.StrictSamples {
		result.Sentence += ", which is too few"
	}
}

// undecided says between which figures what the target did lies.
func (t Threshold) undecided(result *ThresholdResult, p *Part, name, relation string) string {
	bound := ""
	if result.AtLeast {
		bound = "at least "
	}
	with := fmt.Sprintf("%s is %s%s with what bench did late in it", name, bound, units.Precise(time.Duration(*result.Actual)))
	if result.Target == nil {
		none := "no request was undisturbed"
		if p.Journeys {
			none = "no journey was without a disturbed step"
		}
		return fmt.Sprintf("%s, and %s: whether it is %s %s cannot be judged",
			with, none, strings.TrimPrefix(relation, "not "), t.words(t.Limit, nil))
	}
	return fmt.Sprintf("%s and %s without: whether it is %s %s cannot be judged",
		with, units.Precise(time.Duration(*result.Target)), strings.TrimPrefix(relation, "not "), t.words(t.Limit, nil))
}

// words writes a figure or, where there is no part, the limit.
func (t Threshold) words(v float64, p *Part) string {
	switch {
	case t.Metric == MetricErrors && p != nil:
		return fmt.Sprintf("%s %% (%s of %s)", units.ThreeDigits(v*100), units.Count(p.Due-p.Succeeded), p.due())
	case t.Metric == MetricLost:
		return lostWords(v, p)
	case t.Metric == MetricHits && p != nil:
		return fmt.Sprintf("%s %% (%s of %s lookups)", units.ThreeDigits(v*100), units.Count(p.Cache.Hits), units.Count(p.Cache.Hits+p.Cache.Misses))
	case t.Metric == MetricStale && p != nil:
		return fmt.Sprintf("%s %% (%s of %s)", units.ThreeDigits(v*100), units.Count(p.Consistency.Stale), units.Reads(p.Consistency.Reads))
	case t.Metric == MetricErrors || t.Metric == MetricStale || t.Metric == MetricHits:
		return strconv.FormatFloat(v*100, 'g', 6, 64) + " %"
	case t.Metric == MetricRate || t.Metric == MetricOrigin:
		return units.ThreeDigits(v) + "/s"
	default:
		return units.Precise(time.Duration(v))
	}
}

// exact writes a figure with all its digits, where fewer would not tell it from the limit.
func exact(t Threshold, v float64) string {
	if t.Metric == MetricRate || t.Metric == MetricOrigin {
		return fmt.Sprintf("%v/s", v)
	}
	return time.Duration(v).String()
}

// maxThresholds bounds the thresholds of a run.
const maxThresholds = 1000

// checkThresholds judges again what an untrusted run says of its thresholds, where it was judged by the rules of today: their
// sentences are this version's. What was judged by those of before is kept as it was written.
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
		if r.Judging != JudgingBounds {
			r.Thresholds[i].Of = t
			r.Thresholds[i].Undecided = !written.Passed && r.Verdict.Kind.Spoiled() && !r.Interrupted // such a verdict meant that in older files
			continue
		}
		judged := t.Judge(r)
		known := judged.Actual != nil
		if judged.Passed != written.Passed || judged.AtLeast != written.AtLeast || judged.Samples != written.Samples ||
			judged.FewSamples != written.FewSamples || judged.Undecided != written.Undecided ||
			judged.TargetAtLeast != written.TargetAtLeast || !nearOrNil(judged.Target, written.Target) || known != (written.Actual != nil) ||
			known && !near(*judged.Actual, *written.Actual) {
			return fmt.Errorf("threshold %q: what is written of it is not what the run says: %s", t.Text, judged.Sentence)
		}
		r.Thresholds[i] = judged
	}
	if len(r.Plan.SLO) > maxThresholds {
		return fmt.Errorf("its slo has %d thresholds", len(r.Plan.SLO))
	}
	for _, slo := range r.Plan.SLO {
		if slo.Metric == "" {
			_, err := ParseThreshold(slo.Text)
			return fmt.Errorf("slo: %w", err)
		}
	}
	return nil
}

// nearOrNil compares figures that there need not be.
func nearOrNil(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return near(*a, *b)
}

// mergeThresholds judges a merged run by the thresholds of the two that it was made of.
func (r *Run) mergeThresholds(a, b []ThresholdResult) {
	var list []Threshold
	for _, result := range slices.Concat(a, b) {
		if !slices.Contains(list, result.Of) {
			list = append(list, result.Of)
		}
	}
	r.Judge(list)
}
