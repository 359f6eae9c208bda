package main

import (
	"reflect"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/live"
)

// The panel of a trial shows every round of what counts, and how wide the intervals were quad by quad.
func TestBoardOfATrial(t *testing.T) {
	c := &conductor{o: &compareOptions{gate: &gateOptions{}}, Rig: &rig.Rig{Targets: make([]*rig.Target, 2)}, began: time.Unix(5, 0), ends: time.Unix(65, 0)}
	v := trialView{c: c, doing: "quad 3 of at most 9"}
	of := "new against old"
	v.note([]report.SoFar{{Of: of, Metric: "P50", Change: "+1 % (−9 … +11)", Width: 0.2, A: []float64{1}, B: []float64{2}}})
	v.note([]report.SoFar{{Of: of, Metric: "P50", Change: "+1 % (−4 … +6)", Width: 0.1, A: []float64{1, 1}, B: []float64{2, 3}}, {Of: of, Metric: "P95", A: []float64{7}, B: []float64{8}}})
	want := live.Board{Title: "bench gate", Doing: "quad 3 of at most 9 · round 4 of 4, new", Began: time.Unix(5, 0), Ends: time.Unix(65, 0), Rows: []live.Row{
		{Label: "so far", Text: of},
		{Label: "P50", Text: "+1 % (−4 … +6)", Sparks: []live.Spark{{Label: "interval", Lists: [][]float64{{0.2, 0.1}}}, {Label: "rounds", Lists: [][]float64{{1, 1}, {2, 3}}}}},
		{Label: "P95", Sparks: []live.Spark{{Label: "interval", Lists: [][]float64{{0}}}, {Label: "rounds", Lists: [][]float64{{7}, {8}}}}},
	}}
	if got := v.board("new", 3); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// The panel of a capacity shows the steps in the order of their rates, those of users left out.
func TestBoardOfACapacity(t *testing.T) {
	began := time.Unix(5, 0)
	step := capacity.Step{Purpose: capacity.Growing, Rate: 400}
	measured := func(rate float64, users int) capacity.Measurement {
		return capacity.Measurement{Step: capacity.Step{Rate: rate, Users: users}, Offered: rate, Served: rate - 1, P99: time.Duration(rate)}
	}
	got := capacityBoard(step, []capacity.Measurement{measured(0, 8), measured(200, 0), measured(100, 0)}, began)
	want := &live.Board{Title: "bench capacity", Doing: "growth 400/s", Began: began, Rows: []live.Row{
		{Label: "served by rate", Text: "100/s to 200/s", Sparks: []live.Spark{{Lists: [][]float64{{99, 199}}}}},
		{Label: "P99 by rate", Text: "100/s to 200/s", Sparks: []live.Spark{{Lists: [][]float64{{100, 200}}, Logarithmic: true}}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
