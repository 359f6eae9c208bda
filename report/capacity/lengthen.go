package capacity

import "time"

// lengthened is the hold of a step at a rate that gives each objective enough requests, by its share in earlier steps: at
// least hold, and no longer than a confirmation.
func (s *Search) lengthened(rate float64, hold time.Duration) time.Duration {
	for i, t := range s.options.Objectives {
		if share := s.shareOf(i); share > 0 && rate > 0 {
			needed := seconds(amply * fewestOf(t) / (share * rate))
			hold = max(hold, min((needed+time.Second-1).Truncate(time.Second), s.options.Confirm))
		}
	}
	return hold
}

// amply is the factor that allows for the scatter of the number of an objective's requests.
const amply = 1.5

// shareOf is the share (0-1) of requests that an objective is about; where no such request was seen, the share that one
// would have made. 0: not known.
func (s *Search) shareOf(index int) float64 {
	var n, due float64
	for _, m := range s.open() {
		if index < len(m.samples) {
			n, due = n+m.samples[index], due+m.due
		}
	}
	switch {
	case due == 0 || s.options.Objectives[index].Endpoint == "":
		return 0
	case n == 0:
		return 1 / (due + 1)
	}
	return n / due
}

// afterUndecided drives the rate again for longer. Where that was done already, or the time does not allow it, it goes to a
// higher rate, which has more requests of every kind, as long as no higher rate is known to fail.
func (s *Search) afterUndecided(last Measurement, fails float64, room time.Duration) (Step, bool) {
	again, up := last.Step, growthFactor*last.Rate
	again.Hold = s.lengthened(last.Rate, last.Hold)
	most := s.options.Most
	switch {
	case again.Hold > last.Hold && room >= again.WarmUp+again.Hold+s.after():
		return again, true
	case (fails == 0 || up < fails) && (most == 0 || last.Rate < most) && room >= s.warmUp()+s.lengthened(up, s.options.Step)+s.after():
		return s.step(Growing, up, s.options.Step)
	}
	return Step{}, false
}
