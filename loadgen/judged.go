package loadgen

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/seed-5a006608/bench/profiles"
)

// judged are the thresholds that the run will be held against.
func (p Plan) judged() []Threshold { return slices.Concat(p.SLO, p.Thresholds) }

// mix compiles the plan's requests, and chooses those that are told apart.
func (p Plan) mix() (*mix, error) {
	m, err := newMix(p.Requests, p.Seed)
	if err != nil {
		return nil, err
	}
	return m, m.tellApart(p.judged())
}

// tellApart chooses the endpoints that have details of their own: those that a threshold names, then the first ones, in
// the order of the plan. A threshold on an endpoint that does not exist is an error, as are more than can be told apart.
func (m *mix) tellApart(list []Threshold) error {
	named := make([]bool, len(m.requests))
	for _, t := range list {
		if t.Endpoint == "" {
			continue
		}
		var names []string
		found := false
		for i := range m.requests {
			name := m.requests[i].name
			names = append(names, name)
			if name == t.Endpoint {
				named[i], found = true, true
			}
		}
		if !found {
			return fmt.Errorf("threshold %s: there is no endpoint %q: there is %s", strconv.Quote(bounded(t.Text)), t.Endpoint, listedNames(names))
		}
	}
	chosen, count := slices.Clone(named), 0
	for _, is := range named {
		if is {
			count++
		}
	}
	if count > maxEndpoints {
		return fmt.Errorf("thresholds name %d endpoints, and at most %d are told apart", count, maxEndpoints)
	}
	for i := range chosen {
		if !chosen[i] && count < maxEndpoints {
			chosen[i] = true
			count++
		}
	}
	m.told = m.told[:0]
	for _, own := range []bool{true, false} {
		for i, is := range chosen {
			if is == own {
				m.told = append(m.told, i)
			}
		}
	}
	return nil
}

// slots returns where the details of each request are kept; nil: in the order of the plan.
func (m *mix) slots() []int {
	if slices.IsSorted(m.told) {
		return nil
	}
	slots := make([]int, len(m.told))
	for slot, request := range m.told {
		slots[request] = slot
	}
	return slots
}

// checkJudgedPhases wants each phase that a threshold names to be one of the run's.
func (p Plan) checkJudgedPhases() error {
	phases := p.Profile.Phases
	if p.Limits.Requests > 0 {
		schedule, err := p.schedule()
		if err != nil {
			return err
		}
		phases = phases[:len(schedule.Spans())]
	}
	for _, t := range p.judged() {
		if t.Phase == "" {
			continue
		}
		is := func(ph profiles.Phase) bool { return ph.Name == t.Phase || string(ph.Kind) == t.Phase }
		if slices.ContainsFunc(phases, is) {
			continue
		}
		if slices.ContainsFunc(p.Profile.Phases, is) {
			return fmt.Errorf("threshold %s: phase %q is never reached with %s", strconv.Quote(bounded(t.Text)), t.Phase, requests(p.Limits.Requests))
		}
		var names []string
		for _, ph := range phases {
			names = append(names, ph.Name)
		}
		return fmt.Errorf("threshold %s: the profile has no phase %q, by name or kind: it has %s", strconv.Quote(bounded(t.Text)), t.Phase, listedNames(names))
	}
	return nil
}
