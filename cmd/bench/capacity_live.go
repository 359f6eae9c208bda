package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/live"
)

// capacityBoard shows the curve as far as its steps are measured, in the order of their rates, while the next one is driven.
func capacityBoard(next capacity.Step, steps []capacity.Measurement, began time.Time) *live.Board {
	b := live.Board{Title: "bench capacity", Doing: report.CapacityNext(next), Began: began}
	steps = slices.DeleteFunc(steps, func(m capacity.Measurement) bool { return m.Users > 0 || m.Burst > 0 || !(m.Offered > 0) })
	if len(steps) == 0 {
		return &b
	}
	slices.SortFunc(steps, func(x, y capacity.Measurement) int { return cmp.Compare(x.Offered, y.Offered) })
	var p99, served []float64
	for _, m := range steps {
		p99, served = append(p99, float64(m.P99)), append(served, m.Served)
	}
	rates := units.Rate(steps[0].Offered) + " to " + next.Unit.Rate(steps[len(steps)-1].Offered)
	b.Rows = []live.Row{
		{Label: "served by rate", Text: rates, Sparks: []live.Spark{{Lists: [][]float64{served}}}},
		{Label: "P99 by rate", Text: rates, Sparks: []live.Spark{{Lists: [][]float64{p99}, Logarithmic: true}}},
	}
	return &b
}
