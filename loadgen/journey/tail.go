package journey

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
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

// Pace is how long journeys go on by what they think, if nothing ends them and answers take no time.
type Pace struct {
	Mean  time.Duration
	Level time.Duration // from the first of steady arrivals until they ask for nearly all that they ask for a second
	Tail  time.Duration // from the last arrival until the last journey is at its end, as far as can be foretold
}

// The journeys by which a pace is foretold, and the share of what they ask for that is nearly all of it.
const (
	paced    = 1000
	allButOf = 0.99
)

// PaceOf returns the pace of the first journeys of a mix. A step that is repeated while something is found counts once.
func PaceOf(m *request.Mix) Pace {
	p := Pace{Mean: m.MeanThink()}
	due := runfile.Histogram{Digits: runfile.DetailDigits}
	for k := range uint64(paced) {
		var thought time.Duration
		j := &m.Journeys[m.Journey(k)]
		for i := range j.Steps {
			s := &j.Steps[i]
			rounds := s.Asked(k)
			if s.While {
				rounds = min(rounds, 1)
			}
			for round := range rounds {
				thought += s.Think(k, round)
				due.Record(thought)
			}
		}
		p.Tail = max(p.Tail, thought)
	}
	p.Level = due.Quantile(allButOf)
	return p
}
