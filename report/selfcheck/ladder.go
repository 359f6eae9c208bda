package selfcheck

import "slices"

// passed reports whether what a test that was made is judged by holds.
func (e *Engine) passed(test Test) bool {
	switch test {
	case FixedDelay:
		return e.held(RequiredRate) && e.latency(fixedDelay).Within
	case QueuedDelay:
		return e.latency(queuedDelay).Within
	case FrozenFor:
		return e.Freeze.Within
	default: // how fast it goes is not judged
		return true
	}
}

// held reports whether some try at the rate held.
func (e *Engine) held(rate float64) bool {
	return slices.ContainsFunc(e.Pacing, func(p Pacing) bool { return p.Rate == rate && p.Holds })
}

// rateToTry returns the next rate to try above the required one: the middle of those that lie between what held and what
// did not, which after a first failure is the same rate again; none beyond what the engine does as fast as it goes. ok is
// false when the highest rate is found.
func (c *Check) rateToTry(e *Engine) (rate float64, ok bool) {
	if !e.held(RequiredRate) {
		return 0, false
	}
	var open []float64
	for _, r := range rates {
		switch {
		case e.held(r):
			open = nil
		case r > e.Fastest.Rate || c.tries(c.step(HigherRate, e.Name, r)) == triesEach:
			return middle(open)
		default:
			open = append(open, r)
		}
	}
	return middle(open)
}

func middle(rates []float64) (rate float64, ok bool) {
	if len(rates) == 0 {
		return 0, false
	}
	return rates[len(rates)/2], true
}

// trustedRate returns the highest rate that held, in requests/s, or 0 where the engine is not to be trusted at all: it
// does not hold the required rate, a latency is not what the server logged, or a freeze does not show.
func (e *Engine) trustedRate() float64 {
	for _, test := range each {
		if !e.passed(test) {
			return 0
		}
	}
	highest := 0.0
	for _, p := range e.Pacing {
		if p.Holds {
			highest = max(highest, p.Rate)
		}
	}
	return highest
}
