package capacity

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// sleepy acts a search out at a service of one processor that is full at 1,000/s, and of which a request takes three times as
// much where it finds it asleep.
func sleepy(t *testing.T, o Options) *Search {
	t.Helper()
	law, full := waking{demand: 0.001, wake: 0.002, sleep: 1e-3}, 1000.0
	o.Objectives = objectivesOf(t, "p99<100ms")
	s := NewSearch(o)
	for range 60 {
		step, done := s.Next()
		if done {
			return s
		}
		served := min(step.Rate, full)
		busy := min(1, law.busyAt(Use{Rate: served, Burst: served * 2 * step.Burst.Seconds()}, 1, 0))
		m := Measurement{Step: step, Offered: step.Rate, Served: served, CPU: &busy, Holds: step.Rate <= full, late: step.Rate > full, Verdict: string(runfile.Valid)}
		m.fails = m.late
		n := served * step.Hold.Seconds()
		m.totals, m.seconds = []tally{{n, 0}}, [][]tally{{{n, 0}}}
		if m.late {
			m.totals[0].x = n / 2
		}
		for range int(step.Hold.Seconds()) {
			m.served = append(m.served, served)
		}
		s.add(m)
	}
	t.Fatal("the search does not end")
	return nil
}

// What a request takes of a processor that is busy already is told at light load, by bursts.
func TestSearchForetellsSaturationByBursts(t *testing.T) {
	racetest.Skip(t)
	idle := 0.0
	s := sleepy(t, Options{})
	if n := s.driven(Bursts); n != 2 {
		t.Fatalf("%d steps in bursts, want one when the saturation is known and one at the end", n)
	}
	b := s.last(Bursts)
	if b.Rate > lightLoad*1000 || b.Burst != burstAtLeast || b.Hold%(2*b.Burst) != 0 || 2*b.Rate < 1000 {
		t.Errorf("bursts %+v, want those of 200 ms at light load that are more than the service can take", b.Step)
	}
	known := Resources{Processors: 1, Idle: &idle}
	c := Assess(runfile.Target{}, known, s)
	if c.Predicted == nil || math.Abs(c.Predicted.Rate.Rate/1000-1) > 0.01 || c.Predicted.UpTo > lightLoad*1000 || c.Predicted.Low > 1000 || c.Predicted.High < 1000 {
		t.Errorf("foretold %+v, want 1000/s from light load", c.Predicted)
	}
	// Without them the law is to be told from how the cost falls, and a straight line is far off.
	c = Assess(runfile.Target{}, Resources{Processors: 1}, &Search{options: s.options, steps: s.open()})
	if c.Predicted == nil || c.Predicted.Rate.Rate > 900 {
		t.Errorf("by a straight line %+v, which foretells too little", c.Predicted)
	}
	for _, m := range s.open() {
		if m.Purpose == Bursts {
			t.Error("bursts are taken for a step at a steady rate")
		}
	}

	if s := sleepy(t, Options{Most: 1050}); s.driven(Bursts) != 0 {
		t.Error("bursts went above the highest rate that may be driven")
	}
}

func TestMeasureOfBursts(t *testing.T) {
	slo := objectivesOf(t, "p99<10ms")
	run := func(achieved float64) *runfile.Run {
		cpu := time.Second
		return &runfile.Run{
			Verdict: runfile.Verdict{Kind: runfile.HostLimited}, // a few of many short phases were late
			Overall: runfile.Phase{DurationNS: 2 * time.Second, Offered: runfile.Rate{Rate: 100}, Achieved: runfile.Rate{Rate: achieved}, CPU: runfile.CPU{Target: &cpu}},
		}
	}
	step := Step{Purpose: Bursts, Rate: 100, Hold: 2 * time.Second, Burst: 100 * time.Millisecond}
	if m := measure(step, run(99), slo, 0); !m.Holds || m.spoiled || *m.CPU != 0.5 || m.Verdict != string(runfile.Valid) {
		t.Errorf("%+v, want it to count with half a processor", m)
	}
	if m := measure(step, run(90), slo, 0); m.Holds || !m.spoiled || m.Reason != ServedLess || !strings.Contains(m.Why, "it served 90/s of 100/s") {
		t.Errorf("%+v, want it not to count: it was no light load", m)
	}
	interrupted := run(99)
	interrupted.Interrupted = true
	if m := measure(step, interrupted, slo, 0); m.Holds || m.Reason != Interrupted {
		t.Errorf("%+v, want it to say that it was interrupted", m)
	}
}
