package capacity

import "fmt"

// predict foretells saturation from the steps at light load: by the resources whose use was seen, by the queue where the
// response times are those of one, and by what is full first where both tell.
func (c *Capacity) predict(open []Measurement, reached float64, known Resources) {
	var light []Responses
	upTo := 0.0
	for _, m := range open {
		if m.Offered <= lightLoad*reached && !m.late && !m.spoiled {
			light, upTo = append(light, m.answers), max(upTo, m.Offered)
		}
	}
	demands := demandsOf(open, lightLoad*reached, known)
	if i := Bottleneck(demands); i >= 0 {
		d := demands[i]
		c.Predicted = &Prediction{d.Saturation, upTo, fmt.Sprintf("utilisation law of %s: (%g − %.3g busy when idle) / %.4g s a request", d.Resource, d.Servers, d.Idle, d.Seconds.Value)}
	}
	q, err := FitMMC(light, Saturation{})
	if err == nil && (c.Predicted == nil || q.Saturation.High < c.Predicted.Low) {
		c.Predicted = &Prediction{q.Saturation, upTo, fmt.Sprintf("M/M/c fitted to response times: %d workers × %.4g/s, averaged over the numbers of workers that are possible", q.Workers, q.ServiceRate)}
	}
	if c.Predicted == nil {
		c.Notes = append(c.Notes, fmt.Sprintf("Saturation could not be predicted from light load. By the use of resources: none whose number is known was seen at 3 rates. By the queue: %v.", err))
	}
}
