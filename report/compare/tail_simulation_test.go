package compare

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

// tailRow is one setting of the simulation by request: what the machine does, and what is true of the second arm.
type tailRow struct {
	name   string
	noise  noise
	truth  [3]float64
	pauses [2]float64 // a second, beside each arm
	share  [2]float64 // of the requests that fail
	bursts [2]float64 // a gate
	alike  float64    // 0: as usual
	rate   float64    // 0: 300/s

	// What is promised, in shares of the gates; a limit of 0 in atLeast, or of 1 in atMost, promises nothing.
	regressions, passes, p99, latencies, errors, guard [2]float64
	covered                                            bool
}

// tailTally counts what gates of one setting did.
type tailTally struct {
	n, regressions, passes, cannotTell, p99, latencies, latencyPasses, errors, guard int
	printed                                                                          [3]int
}

func (t *tailTally) count(r Result, truth [3]float64) {
	c := &r.Comparisons[0]
	t.n++
	add := func(to *int, is bool) {
		if is {
			*to++
		}
	}
	add(&t.regressions, c.Outcome == Regression)
	add(&t.passes, c.Outcome == Pass)
	add(&t.cannotTell, c.Outcome == CannotTell)
	add(&t.errors, c.Errors.Outcome == Regression)
	add(&t.guard, c.Guard.Fired())
	regressed, passed := false, true
	for i, key := range []string{"p50", "p95", "p99"} {
		row, _ := c.Row(key)
		regressed, passed = regressed || row.Outcome == Regression, passed && row.Outcome == Pass
		add(&t.p99, i == 2 && row.Outcome == Regression)
		add(&t.printed[i], row.Change.Low <= truth[i] && truth[i] <= row.Change.High)
	}
	add(&t.latencies, regressed)
	add(&t.latencyPasses, passed)
}

func (t *tailTally) merge(o *tailTally) {
	for _, p := range [][2]*int{{&t.n, &o.n}, {&t.regressions, &o.regressions}, {&t.passes, &o.passes}, {&t.cannotTell, &o.cannotTell}, {&t.p99, &o.p99},
		{&t.latencies, &o.latencies}, {&t.latencyPasses, &o.latencyPasses}, {&t.errors, &o.errors}, {&t.guard, &o.guard}} {
		*p[0] += *p[1]
	}
	for i := range t.printed {
		t.printed[i] += o.printed[i]
	}
}

func (t *tailTally) percent(n int) float64 { return 100 * float64(n) / float64(t.n) }

func (t *tailTally) String() string {
	return fmt.Sprintf("%d gates: regression %.2f pass %.2f cannot tell %.2f | percentiles: regression %.2f pass %.2f, P99 regression %.2f | failures: regression %.2f | "+
		"guard %.2f | printed %.1f %.1f %.1f", t.n, t.percent(t.regressions), t.percent(t.passes), t.percent(t.cannotTell), t.percent(t.latencies),
		t.percent(t.latencyPasses), t.percent(t.p99), t.percent(t.errors), t.percent(t.guard), t.percent(t.printed[0]), t.percent(t.printed[1]), t.percent(t.printed[2]))
}

// tailOptions are a gate's defaults.
func tailOptions(seed uint64, planned float64) Options {
	o := gateOptions()
	o.Seed, o.Planned = seed, []float64{planned, planned}
	o.Criteria = []Criterion{{Metric: P50, Margin: 0.05}, {Metric: P95, Margin: 0.10}, {Metric: P99, Margin: 0.10, PassMargin: 0.20}, {Metric: Goodput, Margin: 0.05}}
	return o
}

// machineOf is the machine of one gate of a row.
func (p *tailRow) machineOf(seed uint64) *tailMachine {
	m := newTailMachine(p.noise, seed)
	m.pauses, m.share, m.bursts = p.pauses, p.share, p.bursts
	if p.alike > 0 {
		m.alike = p.alike
	}
	if p.rate > 0 {
		m.rate = p.rate
	}
	return m
}

// tailGate is one gate.
func tailGate(t *testing.T, p *tailRow, seed uint64) Result {
	m := p.machineOf(seed)
	trial, err := NewTrial(tailOptions(seed, math.Round(0.9*m.rate*m.length)))
	if err != nil {
		t.Error(err)
		return Result{}
	}
	for {
		step, done := trial.Next()
		if done {
			return trial.Result()
		}
		factors := same
		if step.Arm == 1 {
			factors = p.truth
		}
		trial.drive(m.tailRound(step.Arm, factors))
	}
}

// drive takes a simulated round in place of a run.
func (t *Trial) drive(rd round) {
	quad := t.steps[t.next].Quad
	if t.next++; quad > 0 {
		if rd.disturbed.share() > mostlyDisturbed {
			t.spoiled = "bench was late for most of its requests"
		}
		t.take(rd)
	} else if t.next == len(t.steps) {
		t.plan(1)
	}
}

// ofTail counts what comes of seeds 0 … count−1, on every processor.
func ofTail(t *testing.T, p *tailRow, count int) *tailTally {
	var total tailTally
	var mu sync.Mutex
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			var own tailTally
			for seed := w; seed < count; seed += workers {
				own.count(tailGate(t, p, uint64(seed)+1<<32), p.truth)
			}
			mu.Lock()
			defer mu.Unlock()
			total.merge(&own)
		})
	}
	wg.Wait()
	return &total
}

var (
	once   = [2]float64{1, 1}
	five   = [2]float64{5, 5}
	nope   [2]float64
	tail15 = [3]float64{1, 1, 1.5}
	upTo   = func(most float64) [2]float64 { return [2]float64{0, most} }
	from   = func(least float64) [2]float64 { return [2]float64{least, 1} }
)

// The promises of a gate at 300/s and three minutes. Every row has all rules at work: pauses of the machine once a second, the
// guard, two margins of P99, weights, and failures by the round.
var tailRows = []tailRow{
	{name: "A/A, 5 bursts each", noise: typical, truth: same, pauses: once, bursts: five, regressions: upTo(0.01), guard: upTo(0.02)},
	{name: "A/A, a burst each", noise: typical, truth: same, pauses: once, bursts: once, regressions: upTo(0.01), guard: upTo(0.02)},
	{name: "A/A", noise: quiet, truth: same, pauses: once, regressions: upTo(0.01), guard: upTo(0.02)},
	{name: "A/A", noise: typical, truth: same, pauses: once, regressions: upTo(0.01), passes: from(0.88), guard: upTo(0.02), covered: true},
	{name: "A/A", noise: noisy, truth: same, pauses: once, regressions: upTo(0.01), guard: upTo(0.02)},
	{name: "A/A", noise: loud, truth: same, pauses: once, regressions: upTo(0.01), guard: upTo(0.02)},
	{name: "A/A without pauses", noise: typical, truth: same, regressions: upTo(0.01), passes: from(0.88)},
	{name: "at the margins", noise: quiet, truth: margins, pauses: once, latencies: upTo(0.025)},
	{name: "at the margins", noise: typical, truth: margins, pauses: once, latencies: upTo(0.025), covered: true},
	{name: "at the margins", noise: noisy, truth: margins, pauses: once, latencies: upTo(0.025)},
	{name: "failures at the margin", noise: typical, truth: same, pauses: once, share: [2]float64{0.01, 0.011}, errors: upTo(0.025)},
	{name: "failures at the margin from none", noise: typical, truth: same, pauses: once, share: [2]float64{0, 0.001}, errors: upTo(0.025)},
	{name: "failures of 0.5 %, a burst each", noise: typical, truth: same, pauses: once, share: [2]float64{0, 0.005}, bursts: once, errors: from(0.95)},
	{name: "a fifth slower", noise: quiet, truth: slower, pauses: once, regressions: from(0.95)},
	{name: "a fifth slower", noise: typical, truth: slower, pauses: once, regressions: from(0.95), covered: true},
	{name: "a fifth slower", noise: noisy, truth: slower, pauses: once, regressions: from(0.95)},
	{name: "P99 ×1.5", noise: quiet, truth: tail15, pauses: once, p99: from(0.95)},
	{name: "P99 ×1.5", noise: typical, truth: tail15, pauses: once, p99: from(0.95)},
	{name: "P99 ×1.5", noise: noisy, truth: tail15, pauses: once, p99: from(0.95)},
	{name: "P99 ×1.3", noise: quiet, truth: tail, pauses: once, p99: from(0.92)},
	{name: "P99 ×1.3", noise: typical, truth: tail, pauses: once, p99: from(0.82)},
	{name: "saturated, A/A", noise: saturated, truth: same, pauses: once, alike: 0.98, regressions: upTo(0.01)},
	{name: "saturated, at the margins", noise: saturated, truth: margins, pauses: once, alike: 0.98, latencies: upTo(0.025)},
	{name: "100/s, A/A", noise: typical, truth: same, pauses: once, rate: 100, regressions: upTo(0.01)},
	{name: "100/s, at the margins", noise: typical, truth: margins, pauses: once, rate: 100, latencies: upTo(0.025)},
	{name: "B pauses three times as often", noise: typical, truth: same, pauses: [2]float64{1, 3}, guard: from(0.95)},
}

// What a gate promises of the tail holds in simulation. The suite plays a few gates of each row and allows for that; the long
// one: go test ./report/compare -run TestTailSimulation -v -timeout 0 -gates 12000
func TestTailSimulation(t *testing.T) {
	for _, p := range tailRows {
		t.Run(p.noise.name+"/"+p.name, func(t *testing.T) {
			count := 25
			switch {
			case *gates > 0:
				count = *gates
			case testing.Short():
				count = 4
			}
			got := ofTail(t, &p, count)
			t.Log(got)
			within := func(what string, n int, bounds [2]float64) {
				if bounds == nope {
					return
				}
				// Three standard errors, and a gate: of a few gates a promise that is kept may look broken.
				allowed := func(p float64) float64 {
					return 3*math.Sqrt(p*(1-p)/float64(got.n)) + 1/float64(got.n)
				}
				if s := float64(n) / float64(got.n); s < bounds[0]-allowed(bounds[0]) || s > bounds[1]+allowed(bounds[1]) {
					t.Errorf("%s: %.4f, want %v … %v", what, s, bounds[0], bounds[1])
				}
			}
			within("regressions", got.regressions, p.regressions)
			within("passes", got.passes, p.passes)
			within("regressions at P99", got.p99, p.p99)
			within("regressions of percentiles", got.latencies, p.latencies)
			within("regressions of failures", got.errors, p.errors)
			within("the guard fires", got.guard, p.guard)
			if p.covered {
				for i := range got.printed {
					within("printed intervals that hold the truth", got.printed[i], [2]float64{0.93, 0.97})
				}
			}
		})
	}
}

// Leaving out what pauses disturbed is fair: against the same gates without pauses it moves an estimate by less than half its
// standard error in 95 of 100, and in the mean by nothing.
func TestLeavingOutIsFair(t *testing.T) {
	racetest.Skip(t)
	count := 100
	switch {
	case *gates > 0:
		count = *gates
	case testing.Short():
		count = 30
	}
	paused, calm := tailRow{noise: typical, pauses: once, alike: 0.9}, tailRow{noise: typical, alike: 0.9}
	logs := func(p *tailRow, seed uint64) (x [3][]float64) {
		m := p.machineOf(seed)
		for range 20 {
			var at [4][3]float64
			for i, arm := range []int{0, 1, 1, 0} {
				for k, r := range m.tailRound(arm, same).readings[:3] {
					at[i][k] = math.Log(r.value)
				}
			}
			for k := range x {
				x[k] = append(x[k], at[1][k]-at[0][k], at[2][k]-at[3][k])
			}
		}
		return x
	}
	var within [3]int
	var moved [3]float64
	for seed := range uint64(count) {
		with, without := logs(&paused, seed), logs(&calm, seed)
		for k := range with {
			a, b := newEstimate(with[k]), newEstimate(without[k])
			low, high := b.bounds(printedLevel)
			difference := a.center - b.center
			moved[k] += difference / float64(count)
			if math.Abs(difference) < (high-low)/2/student(printedLevel, b.n)/2 {
				within[k]++
			}
		}
	}
	t.Logf("P50, P95, P99: within half a standard error %v of %d, moved in the mean by %.5f", within, count, moved)
	for k := range within {
		// Three standard errors of a share of 95 %, and of a mean of changes of about 1.5 %.
		least := 0.95 - 3*math.Sqrt(0.95*0.05/float64(count))
		most := 0.002 + 3*0.015/math.Sqrt(float64(count))
		if float64(within[k]) < least*float64(count) || math.Abs(moved[k]) > most {
			t.Errorf("percentile %d: within half a standard error %d of %d, moved in the mean by %.5f", k, within[k], count, moved[k])
		}
	}
}
