package capacity

import "math"

// Saturation is the rate that was served while more was offered than could be; the zero value is none that was measured.
type Saturation struct {
	Rate    float64 // requests/s
	SD      float64 // its standard error, requests/s
	Seconds int     // that were measured
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

// systematic is how far, relative to itself, the rate served under overload may be from that at saturation: connections
// that are refused and queues that are full cost work too.
const systematic = 0.004

// saturationOf takes the mean of the seconds of those steps that were full: an open step that fell behind, or a closed one
// that served nearly as much as the best. What a service serves under overload may be less than it can; then the best step
// counts and not the mean of all.
func saturationOf(steps []Measurement) Saturation {
	var best float64
	for _, m := range steps {
		if m.full() {
			best = max(best, m.Served)
		}
	}
	var seconds []float64
	for _, m := range steps {
		if m.full() && m.Served > 0.93*best || m.Users > 0 && !m.spoiled && best > 0 && m.Served > 0.97*best {
			seconds = append(seconds, m.served...)
		}
	}
	if len(seconds) < 3 {
		return Saturation{}
	}
	mean, sd := meanOf(seconds)
	return Saturation{mean, math.Hypot(sd/math.Sqrt(float64(len(seconds))), systematic*mean), len(seconds)}
}

// full reports whether an open step was offered more than the service could take.
func (m *Measurement) full() bool {
	return m.late && m.Users == 0 && !m.spoiled && m.Served < 0.97*m.Offered
}
