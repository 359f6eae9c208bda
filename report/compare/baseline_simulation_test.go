package compare

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// startOf returns a run of a fresh start: rounds of the machine, all with the offset of this start and in a state of its
// own. The run's percentiles are the means of those of its rounds, on the logarithm.
func (m *machine) startOf(process float64, truth [3]float64) *runfile.Run {
	for i := range 3 {
		m.own[0][i] = m.random.NormFloat64()
	}
	offset := math.Exp(process * m.random.NormFloat64())
	var logs [3]float64
	for range RoundsPerRun {
		m.round(0, truth)
		d := &m.run.Overall.ResponseTime
		for i, v := range []float64{float64(d.P50NS), float64(d.P95NS), float64(d.P99NS)} {
			logs[i] += math.Log(v*offset) / RoundsPerRun
		}
	}
	r := answer(nanoseconds(logs[0]))
	d := &r.Overall.ResponseTime
	d.Count, d.P95NS, d.P99NS = 16_000, nanoseconds(logs[1]), nanoseconds(logs[2])
	d.P999NS = 2 * d.P99NS
	return r
}

// simulatedBaseline is one gate of n runs a side: the new ones on another day, or right behind the old ones, so that a drift
// of the machine goes on.
func simulatedBaseline(n noise, process float64, truth [3]float64, runs int, sameDay bool, seed uint64) Result {
	var sides [2][]*runfile.Run
	m := newMachine(n, seed)
	for side, factors := range [][3]float64{same, truth} {
		if side == 1 && !sameDay {
			m = newMachine(n, seed+1<<40)
		}
		for range runs {
			sides[side] = append(sides[side], m.startOf(process, factors))
		}
	}
	return Runs("old", "new", sides[0], sides[1], gateOptions())
}

func simulateBaseline(n noise, process float64, truth [3]float64, runs int, sameDay bool, count int) *tally {
	return tallied(truth, count, func(seed uint64) Result { return simulatedBaseline(n, process, truth, runs, sameDay, seed) })
}

// What a gate against a baseline promises holds in simulation, at the least number of runs and at the usual one: where the
// machine is on the new day what it was on the old. With -short it is only seen to work. The long one:
// go test ./report/compare -run TestBaselineSimulation -v -gates 12000
func TestBaselineSimulation(t *testing.T) {
	count, offsets, sizes := 1200, []float64{0, 0.03}, []int{MinBaselineRuns}
	switch {
	case *gates > 0:
		count, offsets, sizes = *gates, []float64{0, 0.015, 0.03}, []int{MinBaselineRuns, 10, 20}
	case testing.Short():
		count = 100
	}
	within := func(t *testing.T, what string, got, most float64) {
		t.Helper()
		if testing.Short() && *gates == 0 {
			most += 0.03
		}
		if got > most {
			t.Errorf("%s: %.4f, want at most %v", what, got, most)
		}
	}
	for _, n := range []noise{quiet, typical, noisy, loud} {
		for _, process := range offsets {
			for _, runs := range sizes {
				t.Run(fmt.Sprintf("%s/starts differ by %v %%/%d runs", n.name, 100*process, runs), func(t *testing.T) {
					got := simulateBaseline(n, process, same, runs, false, count)
					t.Log("same:", got)
					within(t, "regressions of identical code", got.share(got.outcomes[Regression]), 0.01)
					got = simulateBaseline(n, process, margins, runs, false, count)
					t.Log("at the margins:", got)
					within(t, "regressions at the margins", got.share(got.outcomes[Regression]), 0.025)
				})
			}
		}
	}
	t.Run("power", func(t *testing.T) {
		got := simulateBaseline(typical, 0.015, slower, 10, false, count)
		t.Log("a fifth slower:", got)
		within(t, "not found", 1-got.share(got.outcomes[Regression]), 0.05)
		within(t, "passes", got.share(got.outcomes[Pass]), 0)
	})
}

// Why old and new belong side by side: a drift between the days is a change to a gate against a baseline, and none to a gate
// of pairs.
func TestDriftIsAChangeToABaseline(t *testing.T) {
	drifting := quiet
	drifting.drift = 0.30
	count := 100
	stored := simulateBaseline(drifting, 0, same, 10, true, count)
	beside := simulate(t, drifting, same, count)
	t.Log("stored:", stored)
	t.Log("side by side:", beside)
	if stored.share(stored.outcomes[Regression]) < 0.9 || beside.outcomes[Regression] > 0 {
		t.Errorf("of %d gates of identical code on a machine that drifts by 30 %%: %d against a baseline regress, %d side by side", count,
			stored.outcomes[Regression], beside.outcomes[Regression])
	}
}

func nanoseconds(log float64) time.Duration { return time.Duration(math.Exp(log)) }
