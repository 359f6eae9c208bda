package compare

import (
	"math"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Objective is what a gate found of a threshold that the new service is to hold, whatever the old one does.
type Objective struct {
	Threshold runfile.Threshold
	A, B      Held
}

// Held is how one arm did by a threshold.
type Held struct {
	Value     float64 // median of the rounds' figures, in the threshold's unit; of errors the share over all rounds
	Low, High float64 // of Value, at the error that this look may spend; ±Inf where there is no bound
	AtLeast   bool    // in some round the figure was a lower bound
	Known     bool    // every round had a figure
	Outcome   Outcome // Pass, Missed or Inconclusive
}

// heldRecord is the figures of one arm's rounds by one threshold, in time order.
type heldRecord struct {
	logs    []float64 // of response times, with bench's own lateness in them: an upper bound of what the target did
	targets []float64 // of the target's own time; as logs where that was not kept, or is not what is judged
	atLeast bool
	missing bool
	beyond  float64    // of a percentile: the fewest requests beyond it in a round
	failed  []Failures // by round
}

func (h *heldRecord) add(t runfile.Threshold, r runfile.ThresholdResult) {
	h.atLeast = h.atLeast || r.AtLeast
	if r.Actual == nil || *r.Actual <= 0 && t.Metric != runfile.MetricErrors {
		h.missing = true
		return
	}
	if t.Metric == runfile.MetricErrors {
		h.failed = append(h.failed, failuresOf(runfile.Requests{Failed: uint64(math.Round(*r.Actual * float64(r.Samples))), Due: r.Samples}))
		return
	}
	h.logs = append(h.logs, math.Log(*r.Actual))
	if r.Target != nil && *r.Target > 0 {
		h.targets = append(h.targets, math.Log(*r.Target))
	} else {
		h.targets = append(h.targets, math.Log(*r.Actual))
	}
	if t.Metric == runfile.MetricPercentile {
		h.beyond += float64(r.Samples) * (1 - t.Quantile)
	}
}

// held judges the record. level returns the two-sided error that this look may spend of a share of alpha. The unit is the
// round: an objective is missed where the interval of its rounds' figures lies wholly on the wrong side of the limit, met where
// it lies wholly on the right one, and else it cannot be told. Of response times the bounds decide, as of a run's threshold: an
// upper limit is met by what has bench's own lateness in it, and missed by the target's own time. Failures are judged as a gate
// judges them.
func (h *heldRecord) held(t runfile.Threshold, level func(share float64) float64) Held {
	upper := t.Operator == runfile.Less || t.Operator == runfile.AtMost
	if t.Metric == runfile.MetricErrors {
		all := together(h.failed)
		low, high := clopperPearson(all.Failed, all.Due, requestLevel)
		d := Held{Value: all.share(), Low: low, High: high, Known: !h.missing && all.Due > 0, Outcome: Inconclusive}
		switch above, within := heldTo(h.failed, t.Limit, upper, level(failureShare)); {
		case !d.Known:
		case above:
			d.Outcome = Missed
		case within:
			d.Outcome = Pass
		}
		return d
	}
	if h.missing || len(h.logs) == 0 {
		return Held{Outcome: Inconclusive}
	}
	e := newEstimate(h.logs)
	low, high := e.bounds(level(1))
	if h.atLeast {
		high = math.Inf(1)
	}
	least, _ := newEstimate(h.targets).bounds(level(1))
	d := Held{Value: math.Exp(e.center), Low: math.Exp(low), High: math.Exp(high), AtLeast: h.atLeast, Known: true, Outcome: Inconclusive}
	switch {
	case t.Metric == runfile.MetricPercentile && h.beyond/float64(len(h.logs)) < enough-1e-6:
	case upper && math.Exp(least) > t.Limit || !upper && d.High < t.Limit:
		d.Outcome = Missed
	case upper && d.High < t.Limit || !upper && math.Exp(least) > t.Limit:
		d.Outcome = Pass
	}
	return d
}

// objectives judges both arms by each threshold.
func (t *Trial) objectives(arm int, level func(share float64) float64) []Objective {
	var list []Objective
	for i, threshold := range t.o.Objectives {
		list = append(list, Objective{threshold, t.arms[0].held[i].held(threshold, level), t.arms[arm].held[i].held(threshold, level)})
	}
	return list
}
