package capacity

import (
	"slices"
)

// A service that marks its answers by Server-Timing says how long each part held a request. These names are no demand: they
// are the wait for what another part then holds.
var queues = []string{"pool", "queue", "wait"}

// demandsOf fits what a request costs of each resource that was seen, over the steps offered at most that rate: of the
// processors of the target's tree, and of each part that Server-Timing names. A part's use is by Little's law: the time that
// all requests together were held, over the time that passed, is how many of it were busy on average.
func demandsOf(steps []Measurement, most float64, known Resources) []Demand {
	none := 0.0
	var list []Demand
	if d, err := FitDemand(Processor, float64(known.Processors), known.Idle, usesOf(steps, most, Processor)); err == nil && known.Processors > 0 {
		list = append(list, d)
	}
	for _, name := range partsOf(steps) {
		uses, idle := usesOf(steps, most, name), (*float64)(nil)
		// Without bursts nothing tells how long a part is held once all of it is: the processors are then as busy.
		if slices.ContainsFunc(uses, func(u Use) bool { return u.Burst > 0 }) {
			idle = &none
		}
		if d, err := FitDemand(name, known.Servers[name], idle, uses); err == nil {
			list = append(list, d)
		}
	}
	return list
}

// partsOf returns the names of Server-Timing that are parts of a service, in the order in which they appeared.
func partsOf(steps []Measurement) (names []string) {
	for _, m := range steps {
		for _, t := range m.ServerTiming {
			if !slices.Contains(queues, t.Name) && !slices.Contains(names, t.Name) && t.Name != Processor {
				names = append(names, t.Name)
			}
		}
	}
	return names
}

func usesOf(steps []Measurement, most float64, resource string) []Use {
	var uses []Use
	for _, m := range steps {
		if busy, seen := m.busy(resource); seen && !m.spoiled && !m.late && m.Offered <= most {
			uses = append(uses, Use{m.Served, busy, m.Hold.Seconds(), m.Served * 2 * m.Burst.Seconds()})
		}
	}
	return uses
}

// busy returns how many of a resource were busy on average; false where it was not seen.
func (m *Measurement) busy(resource string) (float64, bool) {
	if resource == Processor {
		if m.CPU == nil {
			return 0, false
		}
		return *m.CPU, true
	}
	for _, t := range m.ServerTiming {
		if t.Name == resource && m.Hold > 0 {
			return float64(t.SumNS) / float64(m.Hold), true
		}
	}
	return 0, false
}

// waited is the mean wait of a request for what another part then holds, in seconds.
func (m *Measurement) waited() (seconds float64, seen bool) {
	for _, t := range m.ServerTiming {
		if slices.Contains(queues, t.Name) && t.Count > 0 {
			seconds, seen = seconds+t.SumNS.Seconds()/float64(t.Count), true
		}
	}
	return seconds, seen
}
