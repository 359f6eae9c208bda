package capacity

import (
	"math"
	"time"
)

// ExpectedAtLoad is the expected response time at a part of the saturation rate: that of a model, or where a near step
// contradicts the model that of the nearest step.
type ExpectedAtLoad struct {
	Utilisation float64       `json:"utilisation"` // 0-1
	Rate        float64       `json:"rate"`
	P99         time.Duration `json:"p99_ns"`
	Method      string        `json:"method"`

	Contradicted *Contradiction `json:"contradicted,omitempty"` // of the model; then P99 is what was measured …
	MeasuredAt   float64        `json:"measured_at,omitempty"`  // … at this rate, requests/s
	AtLeast      bool           `json:"at_least,omitempty"`     // P99 is a lower bound
}

// farthest is the greatest ratio of a step's rate to the rate, or its inverse, for the step to stand in for a model.
const farthest = 1.5

// expect fills in the P99 at parts of the saturation rate.
func (c *Capacity) expect(open []Measurement) {
	full := c.Saturation
	if full == nil && c.Predicted != nil && c.Predicted.Contradicted == nil {
		full = &c.Predicted.Rate
	}
	if full == nil {
		return
	}
	type named struct {
		name  string
		model responseModel
	}
	var models []named
	if q := c.Queue; q != nil && q.Contradicted == nil {
		models = append(models, named{q.name(), func(rate, p float64) (Estimate, float64, bool) {
			return q.responses(rate/full.Rate*q.MMC.Saturation(), p)
		}})
	}
	if model := c.byVariability(open, *full); model != nil {
		models = append(models, named{"Allen–Cunneen, with the variability measured at the lightest step", model})
	}
	steps := settledSteps(open, full.Rate)
	for _, part := range []float64{0.5, 0.7, 0.85} {
		e := ExpectedAtLoad{Utilisation: part, Rate: part * full.Rate}
		beside := nearSteps(steps, e.Rate)
		for _, m := range models {
			foretold, _, ok := m.model(e.Rate, 0.99)
			if !ok {
				continue
			}
			against := contradicted(m.name, m.model, beside)
			if against == nil && len(beside) > 0 {
				against = farFrom(m.name, m.model, beside[0])
			}
			if against == nil {
				e.P99, e.Method, e.Contradicted = seconds(foretold.Value), m.name, nil
				break
			}
			if e.Contradicted == nil {
				e.Contradicted = against
			}
		}
		if e.Contradicted != nil {
			m := beside[0]
			if m.Offered > farthest*e.Rate || e.Rate > farthest*m.Offered {
				continue
			}
			p99 := m.took.Quantile(0.99)
			e.P99, e.AtLeast, e.MeasuredAt, e.Method = p99.Value, p99.AtLeast, m.Offered, "measured"
		}
		if e.P99 > 0 {
			c.Expected = append(c.Expected, e)
		}
	}
}

// farFrom returns the contradiction where the nearest step and the model differ by more than a factor of two, however wide
// the intervals are: then the measurement is the better guess.
func farFrom(by string, model responseModel, m *Measurement) *Contradiction {
	e, clusters, ok := model(m.Offered, 0.99)
	if !ok {
		return nil
	}
	if measured := m.quantile(0.99, clusters); e.off(measured) > apart {
		return &Contradiction{By: by, Of: "p99", Rate: m.Offered, Model: e, Measured: measured}
	}
	return nil
}

// byVariability adds a wait to the response times of the lightest step, which had hardly any. The wait of G/G/c has
// probability C and is then about exponential, with the mean of Allen and Cunneen. It is nil without a usable step.
func (c *Capacity) byVariability(open []Measurement, full Rate) responseModel {
	var light *Measurement
	for i := range open {
		if m := &open[i]; m.Holds && m.answers.total() >= fewestTaken && (light == nil || m.Offered < light.Offered) {
			light = m
		}
	}
	if light == nil || light.took.Quantile(0.99).AtLeast {
		return nil
	}
	workers := max(c.Processors, 1)
	variability := light.answers.variability()
	// wait is the wait at a rate in a service with the saturation rate full.
	wait := func(rate, full, q float64) float64 {
		queue := MMC{workers, full / float64(workers)}
		waits := erlangC(workers, rate/queue.ServiceRate)
		if waits <= 1-q {
			return 0
		}
		return queue.AllenCunneen(rate, 1, variability) / waits * math.Log(waits/(1-q))
	}
	return func(rate, q float64) (Estimate, float64, bool) {
		if rate >= full.Rate {
			return Estimate{}, 0, false
		}
		alone := light.quantile(q, usualClusters)
		e := Estimate{Value: alone.Value + wait(rate, full.Rate, q), Low: alone.Low}
		if full.High > 0 {
			e.Low += wait(rate, full.High, q)
		}
		if alone.High > 0 && rate < full.Low {
			e.High = alone.High + wait(rate, full.Low, q)
		}
		return e, MMC{workers, full.Rate / float64(workers)}.clusters(rate), true
	}
}
