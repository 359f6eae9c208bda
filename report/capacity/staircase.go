package capacity

import (
	"fmt"
	"math"
	"slices"
)

// staircaseTries is the number of tries for a number of users when bench or its host was too late.
const staircaseTries = 2

// nextUsers returns the number of users of the next closed step; more is false at the end. It ends at the number of users for
// which bench's own processors were the limit.
func (s *Search) nextUsers() (users int, more bool) {
	next, tries := 0, 0
	for _, m := range s.steps {
		switch {
		case m.Purpose != Staircase:
		case m.own:
			return 0, false
		default:
			if tries++; !m.spoiled || tries == staircaseTries {
				next, tries = next+1, 0
			}
		}
	}
	if next >= len(s.options.Users) {
		return 0, false
	}
	return s.options.Users[next], true
}

// StaircaseUsers returns the numbers of users of the closed staircase, up to the number of connections; 0: no limit.
func StaircaseUsers(connections int) (list []int) {
	for n := 1; n <= 64 && (connections == 0 || n <= connections); n *= 2 {
		list = append(list, n)
	}
	return list
}

// unserved is the greatest failed share of a staircase step. The law assumes that users wait for their answers, which a
// failed request cuts short.
const unserved = 0.01

// leastStepScatter is the least standard deviation of a step's throughput, as a share of it.
const leastStepScatter = 0.02

// scalability fits the law to the steps of the staircase.
func (c *Capacity) scalability(steps []Measurement) {
	var loads []Load
	var scatter []float64
	all, failing := 0, 0.0
	byUsers := slices.DeleteFunc(slices.Clone(steps), func(m Measurement) bool { return m.Users == 0 || m.spoiled })
	slices.SortStableFunc(byUsers, func(a, b Measurement) int { return a.Users - b.Users })
	for _, m := range byUsers {
		if all++; m.Errors > unserved {
			failing = max(failing, m.Errors)
			continue
		}
		loads = append(loads, Load{float64(m.Users), m.Served})
		if n := m.answers.total(); n >= fewestTaken {
			// Renewal process: the relative variance of the number is the variability of the intervals divided by the number.
			scatter = append(scatter, math.Sqrt(m.answers.variability()/n+leastStepScatter*leastStepScatter))
		}
	}
	if all == 0 {
		return
	}
	u := FitUSL(loads, scatter, 1)
	if u.Refused != "" && failing > 0 {
		u.Refused = fmt.Sprintf("of the %ss of %d numbers of users more than %.0f %% failed, up to %.0f %%, and the law is of users who are served",
			c.Unit.One(), all-len(loads), unserved*100, failing*100)
	}
	c.USL = &u
}
