package capacity

import (
	"math"
	"slices"
)

// Contradiction is a measurement that disagrees with a model beyond the intervals of both. The measurement stands. The
// intervals are 99.9 %, as a model is checked against every step; a High of 0 means: no upper bound. Response times are in
// seconds, throughputs in requests/s.
type Contradiction struct {
	By       string   `json:"by"`             // the model
	Of       string   `json:"of"`             // p50, p90 or p99 of the response time, or throughput
	Rate     float64  `json:"rate,omitempty"` // requests/s of the measured step; 0: several steps
	Model    Estimate `json:"model"`
	Measured Estimate `json:"measured"`
}

// Which steps a model of response times is checked against, and what contradicts it.
const (
	nearby      = 1.3 // greatest ratio of a step's rate to the rate, or its inverse; if no step is so near, the nearest counts
	fewestTaken = 50  // responses
	apart       = 2.0 // ratio by which a P50 or P90 must be off, as the models are made for the P99
	normal999   = 3.2905
)

// responseModel predicts the response time at quantile q (0-1) and a rate, in seconds, and the clustering of slow requests
// there (see [fitMMC]); ok is false where it cannot.
type responseModel func(rate, q float64) (e Estimate, clusters float64, ok bool)

// settledSteps returns the steps at a steady rate that had time to settle; full is the saturation rate, 0: not known.
func settledSteps(open []Measurement, full float64) []*Measurement {
	var list []*Measurement
	for i := range open {
		m := &open[i]
		if !m.spoiled && !m.late && m.Purpose != Overload && m.took.Count >= fewestTaken && (full == 0 || m.Offered < settled*full) {
			list = append(list, m)
		}
	}
	return list
}

// nearSteps returns the steps near a rate, the nearest first. Without a near step it returns the nearest one.
func nearSteps(steps []*Measurement, rate float64) []*Measurement {
	distance := func(m *Measurement) float64 { return math.Abs(math.Log(m.Offered / rate)) }
	sorted := slices.Clone(steps)
	slices.SortStableFunc(sorted, func(a, b *Measurement) int { return int(math.Copysign(1, distance(a)-distance(b))) })
	n := 0
	for n < len(sorted) && distance(sorted[n]) <= math.Log(nearby) {
		n++
	}
	return sorted[:max(n, min(len(sorted), 1))]
}

// contradicted checks a model against steps, each at its own rate, and returns the first contradiction, or nil.
func contradicted(by string, model responseModel, steps []*Measurement) *Contradiction {
	for _, m := range steps {
		for _, at := range []struct {
			name string
			q    float64
		}{{"p99", 0.99}, {"p90", 0.9}, {"p50", 0.5}} {
			e, clusters, ok := model(m.Offered, at.q)
			if !ok {
				continue
			}
			measured := m.quantile(at.q, clusters)
			if e.disjoint(measured) && (at.name == "p99" || e.off(measured) > apart) {
				return &Contradiction{By: by, Of: at.name, Rate: m.Offered, Model: e, Measured: measured}
			}
		}
	}
	return nil
}

// off is the ratio of the greater figure to the lesser.
func (e Estimate) off(other Estimate) float64 {
	return math.Max(e.Value/other.Value, other.Value/e.Value)
}

// disjoint reports whether two intervals do not overlap; a High of 0 is infinite.
func (e Estimate) disjoint(other Estimate) bool {
	return e.High > 0 && e.High < other.Low || other.High > 0 && other.High < e.Low
}

// quantile returns a quantile of the responses, in seconds, with its interval by order statistics: binomial ranks, with the
// number of clusters as the number of independent responses.
func (m *Measurement) quantile(q, clusters float64) Estimate {
	half := normal999 * math.Sqrt(q*(1-q)*longClusters*max(clusters, 1)/float64(m.took.Count))
	e := Estimate{Value: m.took.Quantile(q).Value.Seconds(), Low: m.took.Quantile(max(0, q-half)).Value.Seconds()}
	if high := m.took.Quantile(min(1, q+half)); q+half < 1 && !high.AtLeast {
		e.High = high.Value.Seconds()
	}
	return e
}

// servedMore returns a contradiction by the step that served most, if that is surely more than model's upper bound allows.
func servedMore(by string, model Estimate, steps []Measurement) *Contradiction {
	var found *Contradiction
	for _, m := range steps {
		if m.spoiled || m.Burst > 0 || len(m.served) < 2 || model.High <= 0 {
			continue
		}
		_, sd := meanOf(m.served)
		half := max(normal999*sd/math.Sqrt(float64(len(m.served))), systematic*m.Served)
		e := Estimate{m.Served, max(0, m.Served-half), m.Served + half}
		if model.disjoint(e) && e.Low > model.High && (found == nil || e.Value > found.Measured.Value) {
			found = &Contradiction{By: by, Of: "throughput", Rate: m.Offered, Model: model, Measured: e}
		}
	}
	return found
}

func (r Rate) estimate() Estimate { return Estimate{r.Rate, r.Low, r.High} }

// holdAgainstMeasured checks every fitted model against every step before the report shows it.
func (c *Capacity) holdAgainstMeasured(open []Measurement, full float64) {
	if c.Queue != nil {
		c.Queue.Contradicted = contradicted(c.Queue.name(), c.Queue.responses, settledSteps(open, full))
	}
	for i := range c.Demands {
		d := &c.Demands[i]
		if d.Servers > 0 {
			d.Contradicted = servedMore("utilisation law of "+d.Resource, d.Saturation.estimate(), open)
		}
	}
	if p := c.Predicted; p != nil {
		p.Contradicted = servedMore(p.Method, p.Rate.estimate(), open)
		if c.Saturation != nil && p.Rate.estimate().disjoint(c.Saturation.estimate()) {
			p.Contradicted = &Contradiction{By: p.Method, Of: "throughput", Model: p.Rate.estimate(), Measured: c.Saturation.estimate()}
		}
	}
	if u := c.USL; u != nil && u.Refused == "" {
		if most := u.most(); most > 0 {
			u.Contradicted = servedMore("USL", Estimate{most, most, most}, open)
		}
	}
}
