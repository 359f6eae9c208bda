package capacity

import (
	"math"
	"slices"
)

// Contradiction is what was measured where a model says otherwise, beyond the intervals of both. What was measured stands. Its
// intervals are 99.9 %, as a model is held against every step; a High of 0 is no upper bound. Response times are in
// seconds, throughputs in requests/s.
type Contradiction struct {
	By       string   `json:"by"`             // the model
	Of       string   `json:"of"`             // p50, p90 or p99 of the response time, or throughput
	Rate     float64  `json:"rate,omitempty"` // requests/s of the step that was measured; 0 where it was more than one
	Model    Estimate `json:"model"`
	Measured Estimate `json:"measured"`
}

// What steps a model of response times is held against, and when it is contradicted.
const (
	nearby      = 1.3 // times the rate, or its inverse; where no step is so near, the nearest
	fewestTaken = 50  // responses
	apart       = 2.0 // times, by which a P50 or P90 must be off, of models that are made for the P99
	normal999   = 3.2905
)

// responseModel foretells the response time at q (0-1) and a rate, in seconds, and by how much requests that are slow come in
// clusters there (see [FitMMC]); false where it tells nothing.
type responseModel func(rate, q float64) (e Estimate, clusters float64, ok bool)

// settledSteps are the steps at a steady rate whose response times are those of the long run, as far as the saturation is
// known (0: it is not).
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

// nearSteps returns the steps nearby a rate, the nearest first, or where there is none the nearest.
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

// contradicted holds a model against steps, each at its own rate, and returns the first contradiction; nil where there is none.
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

// off is how many times one figure is the other.
func (e Estimate) off(other Estimate) float64 {
	return math.Max(e.Value/other.Value, other.Value/e.Value)
}

// disjoint reports whether two intervals have nothing in common; a High of 0 is open.
func (e Estimate) disjoint(other Estimate) bool {
	return e.High > 0 && e.High < other.Low || other.High > 0 && other.High < e.Low
}

// quantile returns a quantile of the responses, in seconds, with its interval by order statistics: the ranks between which the
// share of the binomial distribution lies, of so many independent responses as there are clusters of them.
func (m *Measurement) quantile(q, clusters float64) Estimate {
	half := normal999 * math.Sqrt(q*(1-q)*longClusters*max(clusters, 1)/float64(m.took.Count))
	value, _ := m.took.Quantile(q)
	low, _ := m.took.Quantile(max(0, q-half))
	e := Estimate{Value: value.Seconds(), Low: low.Seconds()}
	if high, atLeast := m.took.Quantile(min(1, q+half)); q+half < 1 && !atLeast {
		e.High = high.Seconds()
	}
	return e
}

// servedMore returns the step that served most, if it served more than a model allows, whose upper bound high is (0: none).
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

// holdAgainstMeasured holds what was fitted against every step before any of it is told.
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
