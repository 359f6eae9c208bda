package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
	"github.com/seed-5a006608/bench/loadgen/usage"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/live"
)

// rounds drives what the trial asks for, and tells the user how it goes on.
func (c *conductor) rounds(ctx context.Context, trial *compare.Trial) error {
	w := c.stderr
	if c.o.quiet {
		w = io.Discard
	}
	view := live.Start(w, usage.Background)
	defer view.Done()
	if !c.o.quiet {
		say, warn := c.Say, c.Warn
		defer func() { c.Say, c.Warn = say, warn }()
		c.Say, c.Warn = sayings(view)
	}
	shown := trialView{View: view, c: c, trial: trial, onTerminal: live.OnTerminal(w), log: report.NewTrialProgress(view.Log(), false)}
	return c.Trial(ctx, trial, rig.Rounds{
		Layout: c.layout, Over: c.over, Anew: c.restart, Ends: c.ends,
		Quad: shown.quad, Round: shown.round, Foresight: report.NewTrialProgress(view, false).Foresight,
	})
}

// trialView shows a trial while it goes on.
type trialView struct {
	*live.View
	c          *conductor
	trial      *compare.Trial
	onTerminal bool
	log        *report.TrialProgress
	doing      string               // the present quad, in words
	found      []report.SoFar       // by the quads that count
	narrowing  map[string][]float64 // the widths of each interval, quad by quad
}

func (v *trialView) quad(quad int) {
	if v.onTerminal && quad > 1 {
		result := v.trial.Result()
		v.log.Narrowing(result)
		v.note(report.TrialSoFar(result))
	}
	v.log.Quad(quad, v.c.layout, time.Since(v.c.began))
	v.doing = report.QuadWords(quad, v.c.layout)
}

// note keeps what was found, and how wide each interval is now.
func (v *trialView) note(found []report.SoFar) {
	v.found = found
	if v.narrowing == nil {
		v.narrowing = map[string][]float64{}
	}
	for _, s := range found {
		v.narrowing[s.Of+s.Metric] = append(v.narrowing[s.Of+s.Metric], s.Width)
	}
}

func (v *trialView) round(arm string, round int) { v.Show(v.board(arm, round)) }

// board shows what was found so far, while a round is driven.
func (v *trialView) board(arm string, round int) live.Board {
	name := "bench compare"
	if v.c.o.gate != nil {
		name = "bench gate"
	}
	b := live.Board{Title: name, Began: v.c.began, Ends: v.c.ends}
	b.Doing = fmt.Sprintf("%s · round %d of %d, %s", v.doing, round+1, 2*len(v.c.Targets), arm)
	of := ""
	for _, s := range v.found {
		if s.Of != of {
			of = s.Of
			b.Rows = append(b.Rows, live.Row{Label: "so far", Text: of})
		}
		b.Rows = append(b.Rows, live.Row{Label: s.Metric, Text: s.Change, Sparks: []live.Spark{{Label: "interval", Lists: [][]float64{v.narrowing[s.Of+s.Metric]}}, {Label: "rounds", Lists: [][]float64{s.A, s.B}}}})
	}
	return b
}
