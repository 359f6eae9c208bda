package capacity

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// predict fills in the saturation predicted from the steps at light load: by the measured resources, by the fitted queue, or
// where both are known by the one that is full first.
func (c *Capacity) predict(s *Search, reached float64, known Resources) {
	light, upTo := lightly(s.open(), lightLoad*reached)
	loaded := s.loaded()
	demands := demandsOf(loaded, lightLoad*reached, known)
	if i := Bottleneck(demands); i >= 0 {
		d := demands[i]
		for _, u := range usesOf(loaded, lightLoad*reached, d.Resource) {
			upTo = max(upTo, u.Rate)
		}
		method := fmt.Sprintf("utilisation law of %s: (%g − %.3g busy when idle) / %s a %s", d.Resource, d.Servers, d.Idle, units.Precise(seconds(d.Seconds.Value)), c.Unit.One())
		if d.Wake != 0 {
			method += fmt.Sprintf(", beside up to %s of one that finds it idle", units.Precise(seconds(d.Wake)))
		}
		c.Predicted = &Prediction{Rate: d.Saturation, UpTo: upTo, Method: method}
	}
	if c.Unit == Journeys {
		return // no queue is fitted
	}
	q, err := fitMMC(light, Saturation{})
	if err == nil && (c.Predicted == nil || q.Saturation.High < c.Predicted.Low) {
		c.Predicted = &Prediction{Rate: q.Saturation, UpTo: upTo, Method: fmt.Sprintf("M/M/c fitted to response times: %d workers × %s, averaged over the numbers of workers that are possible", q.Workers, units.Rate(q.ServiceRate))}
	}
	if c.Predicted == nil {
		c.Notes = append(c.Notes, fmt.Sprintf("Saturation could not be predicted from light load. By the use of resources: no resource of known size was measured at 3 rates. By the queue: %v.", err))
	}
}

// lightly returns the responses of the steps with an offered rate up to most, and the highest of their rates.
func lightly(open []Measurement, most float64) (light []Responses, upTo float64) {
	for _, m := range open {
		if m.Offered <= most && !m.late && !m.spoiled {
			light, upTo = append(light, m.answers), max(upTo, m.Offered)
		}
	}
	return light, upTo
}

// tellsWithin is the ratio of the upper to the lower end of a predicted saturation below which another step is not worth its
// time.
const tellsWithin = 1.3

// lightTells reports whether more steps at light load would not improve the prediction: the saturation is not known, and so
// nor is what is light; the fitted queue has a narrow interval; or no queue fits and resources were measured at 3 rates.
func (s *Search) lightTells() bool {
	full := saturationOf(s.steps)
	if full.Rate == 0 {
		return true
	}
	light, _ := lightly(s.open(), lightLoad*full.Rate)
	q, err := fitMMC(light, Saturation{})
	if q.Misfit <= worstMisfit {
		return err == nil && q.Saturation.High < tellsWithin*q.Saturation.Low
	}
	seen := len(usesOf(s.loaded(), lightLoad*full.Rate, Processor))
	return seen == 0 || seen >= 3
}
