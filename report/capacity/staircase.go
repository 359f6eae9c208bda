package capacity

import (
	"fmt"
	"math"
	"slices"
)

// staircaseTries is how often a number of users is driven that bench or its host was too late for.
const staircaseTries = 2

// nextUsers returns the number of users of the next closed step; false where there is none more. With more users than those
// for whom bench's own processors were the limit, they would be so again.
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

// StaircaseUsers are the numbers of users of the closed staircase, as far as the connections reach; 0 is no limit.
func StaircaseUsers(connections int) (list []int) {
	for n := 1; n <= 64 && (connections == 0 || n <= connections); n *= 2 {
		list = append(list, n)
	}
	return list
}

// unserved is the share of the requests of so many users that may fail, for their throughput to be that of users who wait for
// their answers: the law's are.
const unserved = 0.01

// leastStepScatter is by how much the throughputs of two steps differ at least, as a share of them.
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
			// Renewals: their number in a time scatters by the variability of what is between them, over their number.
			scatter = append(scatter, math.Sqrt(m.answers.variability()/n+leastStepScatter*leastStepScatter))
		}
	}
	if all == 0 {
		return
	}
	u := FitUSL(loads, scatter, 1)
	if u.Refused != "" && failing > 0 {
		u.Refused = fmt.Sprintf("of the requests of %d numbers of users more than %.0f %% failed, up to %.0f %%, and the law is of users who are served",
			all-len(loads), unserved*100, failing*100)
	}
	c.USL = &u
}
