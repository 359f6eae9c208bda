package compare

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// baselineRun is a run whose rounds have those factors above a P50 of 10 ms, and whose whole has that of their mean.
func baselineRun(factors [RoundsPerRun]float64) *runfile.Run {
	mean := 0.0
	for _, f := range factors {
		mean += math.Log(f) / RoundsPerRun
	}
	at := func(f float64) *runfile.Run { return answer(time.Duration(1e7 * f)) }
	r := at(math.Exp(mean))
	phase := func(name string, kind profiles.Kind, f float64) {
		p := at(f).Overall
		p.Name, p.Kind = name, kind
		r.Phases = append(r.Phases, p)
		r.Plan.Phases = append(r.Plan.Phases, runfile.PhaseRecord{Name: name, Kind: kind, DurationNS: p.DurationNS, From: 1000, To: 1000})
	}
	phase("warm-up", "warmup", 7) // never looked at
	for _, f := range factors {
		phase("round", "hold", f)
	}
	return r
}

// The scatter of pairs and the offset of processes are found apart, each as it was put in.
func TestFloorTellsPairsFromStarts(t *testing.T) {
	racetest.Skip(t)
	noises := []struct{ round, process float64 }{{0.02, 0.05}, {0.02, 0}, {0.10, 0.05}}
	if testing.Short() {
		noises = noises[:1]
	}
	for _, tc := range noises {
		random := rand.New(rand.NewPCG(1, 2))
		var runs []*runfile.Run
		for range 2000 {
			own := tc.process * random.NormFloat64()
			var f [RoundsPerRun]float64
			for i := range f {
				f[i] = math.Exp(own + tc.round*random.NormFloat64())
			}
			runs = append(runs, baselineRun(f))
		}
		// Walsh averages of all pairs would be millions.
		f := MeasureFloor(runs[:150], true)
		n, ok := f.Of(P95)
		if pair := math.Sqrt2 * tc.round; !ok || f.Pairs != 300 || math.Abs(n.Pair-pair) > 0.15*pair {
			t.Errorf("%+v: pairs scatter by %v, want about %v", tc, n.Pair, pair)
		}
		var process, run float64
		for i := 0; i+100 <= len(runs); i += 100 {
			n, _ := MeasureFloor(runs[i:i+100], true).Of(P95)
			process += n.Process * n.Process / 20
			run += n.Run * n.Run / 20
		}
		// Where starts do not differ, what is below 0 by chance counts as 0, so a little is left.
		allowed := 0.2*tc.process*tc.process + 0.1*tc.round*tc.round/RoundsPerRun
		if math.Abs(process-tc.process*tc.process) > allowed {
			t.Errorf("%+v: starts differ by %v", tc, math.Sqrt(process))
		}
		if want := tc.process*tc.process + tc.round*tc.round/RoundsPerRun; math.Abs(run-want) > 0.1*want {
			t.Errorf("%+v: runs scatter by %v, want %v", tc, math.Sqrt(run), math.Sqrt(want))
		}
	}
}

// A drift within runs is no scatter of pairs, and without fresh starts nothing is known of how starts differ.
func TestFloorLeavesOutWhatIsNoNoise(t *testing.T) {
	var runs []*runfile.Run
	for range 10 {
		runs = append(runs, baselineRun([RoundsPerRun]float64{1, 1.1, 1.21, 1.331}))
	}
	f := MeasureFloor(runs, false)
	n, ok := f.Of(P50)
	center := newEstimate([]float64{0.0953, -0.0953, 0.0953, -0.0953}).center
	if !ok || n.Process != 0 || math.Abs(center) > 1e-9 {
		t.Errorf("%+v, centre %v", n, center)
	}
	if f.Fresh || f.Runs != 10 || f.Pairs != 20 {
		t.Errorf("%+v", f)
	}
}

// What too few requests say is no floor, nor what is a lower bound.
func TestFloorNeedsRequestsAndValues(t *testing.T) {
	var runs []*runfile.Run
	for range 8 {
		r := baselineRun([RoundsPerRun]float64{1, 1.01, 0.99, 1})
		for i := range r.Phases {
			r.Phases[i].ResponseTime.Count = 500 // 5 beyond P99 in a round
		}
		runs = append(runs, r)
	}
	f := MeasureFloor(runs, true)
	if n, ok := f.Of(P99); !ok || n.Pair != 0 || n.Run < 0 || f.OfPairs(P99, 40, true) != 0 {
		t.Errorf("%+v, %v: thin rounds have a floor of pairs", n, ok)
	}
	if n, ok := f.Of(P95); !ok || n.Pair == 0 {
		t.Errorf("%+v, %v: P95 has none", n, ok)
	}
	if _, ok := f.Of(P999); ok {
		t.Error("2 requests beyond P99.9 in a run are a floor")
	}
	runs[3].Phases[2].ResponseTime.AtLeast = []string{"p95_ns"}
	if _, ok := MeasureFloor(runs, true).Of(P95); ok {
		t.Error("a lower bound is a floor")
	}
}

// The figures of the formulas: with scatter s and 40 pairs at 90 % the floor is exp(0.53 s) - 1, and a false alarm of 1 %
// takes a margin of 3.29 times the offset of a start.
func TestFloorFormulas(t *testing.T) {
	f := Floor{Fresh: true, Noise: []Noise{
		{Metric: "p50", Pair: 0.035, Process: 0.01, Run: 0.02}, {Metric: "p99", Pair: 0.181, Run: 0.10},
		{Metric: "goodput", Pair: 0.05, Run: 0.05},
	}}
	for _, tc := range []struct {
		name string
		got  float64
		want float64
	}{
		{"typical P99, 40 pairs", f.OfPairs(P99, 40, true), math.Expm1(0.53 * 0.181)},
		{"starts alone", f.OfPairs(P50, 1000, false), math.Expm1(3.29 * 0.01)},
		{"starts of each quad", f.OfPairs(P50, 40, true), math.Expm1(0.53 * math.Hypot(0.035, 0.02))},
		{"ten runs a side: t with 18 degrees is 2.101", f.OfRuns(P99, 10, 10), math.Expm1((2.101 + 1.2816) * 0.10 * math.Sqrt(0.2))},
		{"eight against twelve: the same degrees", f.OfRuns(P99, 8, 12), math.Expm1((2.101 + 1.2816) * 0.10 * math.Sqrt(1.0/8+1.0/12))},
		{"goodput falls", f.OfPairs(Goodput, 40, true), -math.Expm1(-0.53 * 0.05)},
		{"not measured", f.OfRuns(P95, 10, 10), 0},
	} {
		if math.Abs(tc.got-tc.want) > 0.01*tc.want {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// What is said to hold a margin holds it, and one less does not.
func TestMarginsBelowTheFloor(t *testing.T) {
	f := Floor{Fresh: true, Noise: []Noise{{Metric: "p50", Pair: 0.06, Process: 0.02, Run: 0.03}, {Metric: "p99", Pair: 0.2, Run: 0.1}}}
	criteria := []Criterion{{Metric: P50, Margin: 0.05}, {Metric: P95, Margin: 0.01}, {Metric: P99, Margin: 0.10}}
	list := f.BelowRuns(criteria, 10, 10)
	if len(list) != 1 || list[0].Metric.Key != "p99" || list[0].Starts {
		t.Fatalf("%+v, want P99 alone", list)
	}
	if n := list[0].Needed; f.OfRuns(P99, n, n) > 0.10 || f.OfRuns(P99, n-1, n-1) <= 0.10 {
		t.Errorf("%d runs: floors %v and with one less %v", n, f.OfRuns(P99, n, n), f.OfRuns(P99, n-1, n-1))
	}
	list = f.BelowPairs(criteria, 40, true)
	if len(list) != 1 || list[0].Metric.Key != "p99" {
		t.Fatalf("%+v", list)
	}
	if n := list[0].Needed; f.OfPairs(P99, n, true) > 0.10 || f.OfPairs(P99, n-2, true) <= 0.10 || n%2 != 0 {
		t.Errorf("%d pairs: floors %v and with a quad less %v", n, f.OfPairs(P99, n, true), f.OfPairs(P99, n-2, true))
	}
	list = f.BelowPairs(criteria, 40, false)
	if len(list) != 2 || !list[0].Starts || list[0].Needed != 0 || list[1].Starts {
		t.Errorf("%+v: no number of pairs sees how starts differ", list)
	}
	if list := f.BelowRuns([]Criterion{{Metric: P99, Margin: 0.001}}, 10, 10); len(list) != 1 || list[0].Needed != 0 {
		t.Errorf("%+v: nobody runs so many", list)
	}
}
