package capacity

import "slices"

// start is the rate of the first open step.
func (s *Search) start() float64 {
	if s.options.Start > 0 {
		return s.options.Start
	}
	best := 0.0
	for _, m := range s.steps {
		if m.Users > 0 && !m.spoiled {
			best = max(best, m.Served)
		}
	}
	if best > 16*leastRate {
		return best / 16
	}
	return 20
}

// open returns the steps at a steady rate.
func (s *Search) open() []Measurement {
	var list []Measurement
	for _, m := range s.steps {
		if m.Users == 0 && m.Burst == 0 {
			list = append(list, m)
		}
	}
	return list
}

// loaded returns the steps that show the use of resources: those at a rate, steady or in bursts.
func (s *Search) loaded() []Measurement {
	return slices.DeleteFunc(s.Steps(), func(m Measurement) bool { return m.Users > 0 })
}

// seen reports whether the use of any resource was measured.
func (s *Search) seen() bool {
	return slices.ContainsFunc(s.open(), func(m Measurement) bool { return m.CPU != nil || len(m.ServerTiming) > 0 })
}

// bracket returns the lowest rate that fails by more than chance, and the highest rate below it that does not; 0: no such rate.
func (s *Search) bracket() (holds, fails float64) {
	for _, m := range s.open() {
		if m.fails && (fails == 0 || m.Rate < fails) {
			fails = m.Rate
		}
	}
	for _, m := range s.open() {
		if !m.fails && m.tells() && m.Rate > holds && (fails == 0 || m.Rate < fails) {
			holds = m.Rate
		}
	}
	return holds, fails
}

// tells reports whether a step decides if its rate holds.
func (m *Measurement) tells() bool { return !m.spoiled && !m.short && m.Reason != Interrupted }

// driven returns the number of steps of a purpose that are evidence.
func (s *Search) driven(p Purpose) (n int) {
	for _, m := range s.steps {
		if m.Purpose == p && !m.spoiled {
			n++
		}
	}
	return n
}

// last returns the last step of a purpose, of which the caller has found at least one.
func (s *Search) last(p Purpose) Measurement {
	i := len(s.steps) - 1
	for ; i > 0 && (s.steps[i].Purpose != p || s.steps[i].spoiled); i-- {
	}
	return s.steps[i]
}

// saturated reports whether the steps that fell behind lasted long enough for a saturation rate.
func (s *Search) saturated() bool {
	n := 0
	for _, m := range s.open() {
		if m.full() {
			n += len(m.served)
		}
	}
	return n >= 8
}

// bestServed is the highest served rate of any step, or least if that is higher.
func (s *Search) bestServed(least float64) float64 {
	for _, m := range s.steps {
		if !m.spoiled {
			least = max(least, m.Served)
		}
	}
	return least
}
