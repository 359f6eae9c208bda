package capacity

import "time"

// lengthened is how long a step at a rate is held, hold at least, so that there are enough requests of each objective as far
// as the steps before tell how many of the requests those are; no longer than a confirmation.
func (s *Search) lengthened(rate float64, hold time.Duration) time.Duration {
	for i, t := range s.options.Objectives {
		if share := s.shareOf(i); share > 0 && rate > 0 {
			needed := seconds(amply * fewestOf(t) / (share * rate))
			hold = max(hold, min((needed+time.Second-1).Truncate(time.Second), s.options.Confirm))
		}
	}
	return hold
}

// amply allows for the scatter of how many requests are of an objective.
const amply = 1.5

// shareOf is the share (0-1) of the requests that the objective of that index is about; where none was seen, what one more
// request of it would have made. 0 is not known.
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

// afterUndecided drives the rate again for longer; where that was done, or there is no room for it, it goes on upwards, where
// there are more requests of everything, as long as nothing is known to fail there.
func (s *Search) afterUndecided(last Measurement, fails float64, room time.Duration) (Step, bool) {
	again, up := last.Step, growthFactor*last.Rate
	again.Hold = s.lengthened(last.Rate, last.Hold)
	most := s.options.Most
	switch {
	case again.Hold > last.Hold && room >= again.WarmUp+again.Hold+coolDown:
		return again, true
	case (fails == 0 || up < fails) && (most == 0 || last.Rate < most) && room >= warmUp+s.lengthened(up, s.options.Step)+coolDown:
		return s.step(Growing, up, s.options.Step)
	}
	return Step{}, false
}
