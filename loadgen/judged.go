package loadgen

import (
	"slices"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// judged are the thresholds that the run will be held against.
func (p Plan) judged() []runfile.Threshold { return slices.Concat(p.SLO, p.Thresholds) }

// mix compiles the plan's requests, and chooses the endpoints that are told apart.
func (p Plan) mix() (*request.Mix, error) {
	by := request.Selection{Seed: p.Seed, Order: p.Order, First: p.First, Group: p.Group, Judged: p.judged()}
	if p.Lines != nil {
		return p.Lines.Mix(by)
	}
	return request.NewMix(p.Requests, by)
}
