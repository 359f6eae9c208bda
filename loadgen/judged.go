package loadgen

import (
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// judged are the thresholds that the run will be held against.
func (p Plan) judged() []runfile.Threshold { return slices.Concat(p.SLO, p.Thresholds) }

// mix compiles the plan's requests, and chooses the endpoints that are told apart.
func (p Plan) mix() (*mix, error) {
	by := selection{seed: p.Seed, order: p.Order, first: p.First, group: p.Group, judged: p.judged()}
	if p.Lines != nil {
		return p.Lines.mix(by)
	}
	return newMix(p.Requests, by)
}
