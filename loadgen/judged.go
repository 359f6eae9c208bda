package loadgen

import (
	"errors"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// judged are the thresholds that the run will be held against.
func (p Plan) judged() []runfile.Threshold { return slices.Concat(p.SLO, p.Thresholds) }

// mix compiles the plan's requests, and chooses the endpoints that are told apart.
func (p Plan) mix() (*mix, error) {
	if p.Lines != nil {
		return p.Lines.mix(p)
	}
	m, err := compileMix(p.Requests, p.Seed)
	if err != nil {
		return nil, err
	}
	if p.Order == runfile.Sequential {
		if m.order.weighted() {
			return nil, errors.New("requests that follow each other as they stand have no weights: leave them out, and write a request as often as it is to be sent")
		}
		m.order.sequential, m.order.first = true, p.First
	}
	m.grouped, err = m.group(runfile.GroupNever, p.judged())
	return m, err
}
