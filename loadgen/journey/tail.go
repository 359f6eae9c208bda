package journey

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
)

// Tail returns how long after the end of a schedule of n arrivals the journeys go on at most that none waits for: until who arrived
// and thinks longest has thought. at returns when number k arrives.
func Tail(m *request.Mix, n uint64, at func(k uint64) time.Duration, length time.Duration) (tail time.Duration) {
	most := MostThink(m)
	for k := n; k > 0; k-- {
		arrival := at(k - 1)
		if arrival+most <= length+tail {
			break
		}
		tail = max(tail, arrival+Thinks(m, k-1)-length)
	}
	return tail
}

// MostThink returns the longest that any journey thinks.
func MostThink(m *request.Mix) (most time.Duration) {
	for i := range m.Journeys {
		var thinks time.Duration
		for s := range m.Journeys[i].Steps {
			thinks += m.Journeys[i].Steps[s].MostThink()
		}
		most = max(most, thinks)
	}
	return most
}

// Thinks returns how long journey k thinks, if it goes to its end.
func Thinks(m *request.Mix, k uint64) (all time.Duration) {
	j := &m.Journeys[m.Journey(k)]
	for i := range j.Steps {
		for round := range j.Steps[i].Asked(k) {
			all += j.Steps[i].Think(k, round)
		}
	}
	return all
}
