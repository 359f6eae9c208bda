package compare

import (
	"math"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Objective is a gate's finding on a threshold that the new service must hold, whatever the old one does.
type Objective struct {
	Threshold runfile.Threshold
	A, B      Held
}

// Held is one arm's figure and outcome by a threshold.
type Held struct {
	Value     float64 // median over the rounds, in the threshold's unit; for errors the share over all rounds
	Low, High float64 // bounds of Value at the error that this look may spend; ±Inf: no bound
	AtLeast   bool    // in some round the figure was a lower bound
	Known     bool    // every round had a figure
	Outcome   Outcome // Pass, Missed or Inconclusive
}

// heldRecord is the figures of one arm's rounds by one threshold, in time order.
type heldRecord struct {
	logs    []float64 // logs of response times, which include bench's own lateness: an upper bound of the target's times
	targets []float64 // logs of target times; the same as logs where target time was not kept or is not judged
	atLeast bool
	missing bool
	beyond  float64    // of a percentile: the fewest requests beyond it in a round
	failed  []Failures // by round
}

func (h *heldRecord) add(t runfile.Threshold, r runfile.ThresholdResult) {
	h.atLeast = h.atLeast || r.AtLeast
	if t.Metric == runfile.MetricHits || t.Metric == runfile.MetricOrigin {
		h.addCost(r)
		return
	}
	if r.Actual == nil || *r.Actual <= 0 && !t.OfShare() && !t.OfStale() {
		h.missing = true
		return
	}
	if t.OfShare() {
		h.failed = append(h.failed, failuresOf(runfile.Requests{Failed: uint64(math.Round(*r.Actual * float64(r.Samples))), Due: r.Samples}))
		return
	}
	h.logs = append(h.logs, math.Log(max(*r.Actual, 1))) // in a round without a stale read, their age is 0
	if r.Target != nil && *r.Target > 0 {
		h.targets = append(h.targets, math.Log(*r.Target))
	} else {
		h.targets = append(h.targets, h.logs[len(h.logs)-1])
	}
	if t.Metric == runfile.MetricPercentile {
		h.beyond += float64(r.Samples) * (1 - t.Quantile)
	}
}

// leastCost stands for a cost of 0, as log 0 is not finite.
const leastCost = 1e-9

// addCost takes a share of hits or a load of the origin. A load of which a part is not known is a lower bound.
func (h *heldRecord) addCost(r runfile.ThresholdResult) {
	if r.Actual == nil {
		h.missing = true
		return
	}
	figure := math.Log(max(*r.Actual, leastCost))
	h.logs, h.targets = append(h.logs, figure), append(h.targets, figure)
	h.atLeast = h.atLeast || r.Undecided
}

// held judges the record. level returns the two-sided error that this look may spend of a share of alpha. The unit is the
// round: an objective is missed where the interval of the rounds' figures lies wholly on the wrong side of the limit, met
// where it lies wholly on the right side, and otherwise inconclusive. For an upper limit of a response time, response times
// must be within it for a pass and the target's own times above it for a miss, as for a run's threshold. Failures are judged
// as a gate judges them.
func (h *heldRecord) held(t runfile.Threshold, level func(share float64) float64) Held {
	upper := t.Operator == runfile.Less || t.Operator == runfile.AtMost
	if t.OfShare() {
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
