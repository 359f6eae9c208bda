package loadgen

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// judged are the thresholds that the run will be held against.
func (p Plan) judged() []Threshold { return slices.Concat(p.SLO, p.Thresholds) }

// mix compiles the plan's requests, and chooses the endpoints that are told apart.
func (p Plan) mix() (*mix, error) {
	if p.Lines != nil {
		return p.Lines.mix(p)
	}
	m, err := compileMix(p.Requests, p.Seed)
	if err != nil {
		return nil, err
	}
	if p.Order == Sequential {
		if m.order.weighted() {
			return nil, errors.New("requests that follow each other as they stand have no weights: leave them out, and write a request as often as it is to be sent")
		}
		m.order.sequential, m.order.first = true, p.First
	}
	m.grouped, err = m.group(GroupNever, p.judged())
	return m, err
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
			return fmt.Errorf("threshold %s: phase %q is never reached with %s", strconv.Quote(bounded(t.Text)), t.Phase, units.Requests(p.Limits.Requests))
		}
		var names []string
		for _, ph := range phases {
			names = append(names, ph.Name)
		}
		return fmt.Errorf("threshold %s: the profile has no phase %q, by name or kind: it has %s", strconv.Quote(bounded(t.Text)), t.Phase, units.Listed(names))
	}
	return nil
}
