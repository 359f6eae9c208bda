package capacity

import "math"

// Saturation is the served rate while more is offered than the service can take. The zero value means: not measured.
type Saturation struct {
	Rate    float64 // requests/s
	SD      float64 // standard error of Rate, requests/s
	Seconds int     // number of measured seconds
}

// Interval returns the rate with its 95 % interval.
func (s Saturation) Interval() Rate {
	half := spread(s.SD, max(s.Seconds-1, 1))
	return Rate{s.Rate, max(0, s.Rate-half), s.Rate + half}
}

func (s Saturation) logLikelihood(rate float64) float64 {
	if s.SD == 0 {
		return 0
	}
	z := (rate - s.Rate) / s.SD
	return -z * z / 2
}

// systematic is the relative difference between the rate served under overload and the saturation rate: refusing connections
// and managing full queues cost work too.
const systematic = 0.004

// collapsed is the share of the highest served rate below which a step under overload shows a collapse, such as a full
// queue, rather than what the service can take.
const collapsed = 0.75

// saturationOf returns the mean over the seconds of open steps that fell behind, without steps in which the service
// collapsed. A machine's speed drifts, so the standard error is at least that of the steps' means.
func saturationOf(steps []Measurement) Saturation {
	var best float64
	for _, m := range steps {
		if m.full() {
			best = max(best, m.Served)
		}
	}
	var all, means []float64
	for _, m := range steps {
		if m.full() && m.Served > collapsed*best {
			all, means = append(all, m.served...), append(means, m.Served)
		}
	}
	if len(all) < 3 {
		return Saturation{}
	}
	mean, sd := meanOf(all)
	_, between := meanOf(means)
	within := max(sd/math.Sqrt(float64(len(all))), between/math.Sqrt(float64(len(means))))
	return Saturation{mean, math.Hypot(within, systematic*mean), len(all)}
}

// full reports whether an open step was offered more requests than the service could take.
func (m *Measurement) full() bool {
	return m.Unit == Requests && m.late && m.Users == 0 && !m.spoiled && m.Served < 0.97*m.Offered
}
