package capacity

import (
	"slices"
)

// Server-Timing tells how long each part of a service was occupied by a request. The parts with these names are not
// resources: their time is the wait for another part.
var queues = []string{"pool", "queue", "wait"}

// demandsOf fits the demand at each measured resource, over the steps with an offered rate up to most: the processors of the
// target's tree, and each part named in Server-Timing. The use of a part is by Little's law: its time for all requests
// together divided by the elapsed time is the mean number in use.
func demandsOf(steps []Measurement, most float64, known Resources) []Demand {
	none := 0.0
	var list []Demand
	if d, err := fitDemand(Processor, float64(known.Processors), known.Idle, usesOf(steps, most, Processor)); err == nil && known.Processors > 0 {
		list = append(list, d)
	}
	for _, name := range partsOf(steps) {
		uses, idle := usesOf(steps, most, name), (*float64)(nil)
		// Only bursts show how long a request occupies a part that is full.
		if slices.ContainsFunc(uses, func(u Use) bool { return u.Burst > 0 }) {
			idle = &none
		}
		if d, err := fitDemand(name, known.Servers[name], idle, uses); err == nil {
			list = append(list, d)
		}
	}
	return list
}

// partsOf returns the names in Server-Timing that are parts of a service, in their order of appearance.
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
			uses = append(uses, Use{m.throughput(), busy, m.Hold.Seconds(), m.Served * 2 * m.Burst.Seconds()})
		}
	}
	return uses
}

// throughput is what was done per second of the hold, while resources were used.
func (m *Measurement) throughput() float64 {
	if m.Unit == Journeys {
		return m.done
	}
	return m.Served
}

// busy returns the mean number of busy servers of a resource; false where it was not measured.
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

// waited is the mean wait of a request for a part of the service, in seconds.
func (m *Measurement) waited() (seconds float64, seen bool) {
	for _, t := range m.ServerTiming {
		if slices.Contains(queues, t.Name) && t.Count > 0 {
			seconds, seen = seconds+t.SumNS.Seconds()/float64(t.Count), true
		}
	}
	return seconds, seen
}
