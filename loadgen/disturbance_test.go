package loadgen

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// checkTargetTime holds a phase's target time against the samples it came from: both parts together are those of all.
func checkTargetTime(t *rapid.T, p *runfile.Phase, samples []sample) {
	var all twin
	var untold uint64
	for _, s := range samples {
		if s.Intended < p.StartNS || s.Intended >= p.StartNS+p.DurationNS {
			continue
		}
		switch d, told := s.targetTime(); told {
		case targetMeasured:
			if d != s.Response()-s.Lag() {
				t.Fatalf("target time %v of a response of %v with lag %v", d, s.Response(), s.Lag())
			}
			all.values = append(all.values, d)
		case targetAtLeast:
			all.values, all.bounds = append(all.values, d), append(all.bounds, d)
		case targetUntold:
			untold++
		}
	}
	got := p.TargetTime.All()
	if got.Count != uint64(len(all.values)) || p.TargetTime.Untold != untold {
		t.Fatalf("phase %s: %d target times and %d untold, want %d and %d", p.Name, got.Count, p.TargetTime.Untold, len(all.values), untold)
	}
	for _, q := range []float64{0.5, 0.95, 0.99, 1} {
		if len(all.values) == 0 {
			continue
		}
		value := got.Quantile(q).Value
		if want, _ := all.quantile(q); math.Abs(float64(value-want)) > 0.001*float64(want)+1 {
			t.Fatalf("phase %s: target time at %v = %v, want %v", p.Name, q, value, want)
		}
	}
}

// pausedRun is a run of 3 s at 1,000/s at a server of 2 ms, in which bench stands still for 40 ms from 1.5 s on.
func pausedRun(t *testing.T, shards int, rule runfile.DisturbanceRule) (*runfile.Run, []sample) {
	t.Helper()
	p := Plan{
		Target: runfile.Target{Name: "fake", URL: "http://fake/"},
		Profile: profiles.Profile{Name: "steady", Arrivals: profiles.Even, Phases: []profiles.Phase{
			{Name: "load", Kind: profiles.Hold, Duration: 3 * time.Second, From: 1000, To: 1000},
		}},
		Requests: []request.Request{{URL: "http://fake/"}}, Disturbance: rule,
	}
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	if shards > 1 {
		r.shards = newShards(&r.layout, shards, &r.disturbed)
	}
	end, samples := fakeEngine(r, fakeServer{
		service: func(uint64) time.Duration { return 2 * ms },
		lag: func(_ uint64, due time.Duration) time.Duration {
			if due >= 1500*ms && due < 1540*ms {
				return 1540*ms - due
			}
			return 0
		},
	})
	return r.finish(end, runfile.Resources{}), samples
}

// A pause of bench disturbs what was intended from the window before it until five times its length after it, whichever loop
// sends it and whatever its latency was, and nothing else.
func TestPauseDisturbs(t *testing.T) {
	for _, shards := range []int{1, 3} {
		run, samples := pausedRun(t, shards, runfile.DisturbanceRule{Bound: ms, Window: 10 * ms})
		d := run.Disturbances
		if d.Count != 1 || d.LateNS != 40*ms || !slices.Equal(d.Spans, []runfile.Span{{AtNS: 1500 * ms, DurationNS: 40 * ms}}) {
			t.Fatalf("%d loops: %+v, want one of 40 ms at 1.5 s", shards, d)
		}
		var want uint64
		for _, s := range samples {
			if s.Intended >= 1490*ms && s.Intended <= 1740*ms {
				want++
			}
		}
		o := run.Overall
		if o.Disturbed != want || o.TargetTime.Disturbed.Count != want || o.TargetTime.Undisturbed.Count != 3000-want {
			t.Errorf("%d loops: %d disturbed, %d and %d in the parts, want %d of 3,000",
				shards, o.Disturbed, o.TargetTime.Disturbed.Count, o.TargetTime.Undisturbed.Count, want)
		}
		if p99 := o.ResponseTime.Quantile(0.99).Value; p99 < 10*ms {
			t.Errorf("response P99 %v: the pause is to be in it", p99)
		}
		if p99 := o.TargetTime.Undisturbed.Quantile(0.999).Value; p99 < 1990*time.Microsecond || p99 > 2010*time.Microsecond {
			t.Errorf("undisturbed target time P99.9 is %v, want 2 ms", p99)
		}
		var seconds, disturbed uint64
		for _, s := range run.Intervals {
			seconds += s.TargetTime.Undisturbed.Count
			disturbed += s.TargetTime.Disturbed.Count
		}
		if seconds != o.TargetTime.Undisturbed.Count || disturbed != o.TargetTime.Disturbed.Count {
			t.Errorf("the seconds hold %d and %d", seconds, disturbed)
		}
		if e := run.Phases[0].Endpoints[0]; e.TargetTime.Disturbed.Count != want || e.TargetTime.Undisturbed.Count != 3000-want {
			t.Errorf("the endpoint holds %d and %d", e.TargetTime.Undisturbed.Count, e.TargetTime.Disturbed.Count)
		}
	}
}

// Without a rule the run's own first second makes one: 2 ms of target time give the least window and bound. A bound above the
// pause makes it no disturbance.
func TestRunMakesItsRule(t *testing.T) {
	run, _ := pausedRun(t, 1, runfile.DisturbanceRule{})
	if d := run.Disturbances; d.BoundNS != ms || d.WindowNS != 5*ms || d.Count != 1 {
		t.Errorf("%+v, want the least bound and window", d)
	}
	run, _ = pausedRun(t, 1, runfile.DisturbanceRule{Bound: 50 * ms, Window: 10 * ms})
	if d := run.Disturbances; d.Count != 0 || run.Overall.Disturbed != 0 {
		t.Errorf("%+v, and %d disturbed, by a bound above the pause", d, run.Overall.Disturbed)
	}
	for _, tc := range []struct {
		median, p95 time.Duration
		stamped     bool
		want        runfile.DisturbanceRule
	}{
		{100 * ms, 300 * ms, true, runfile.DisturbanceRule{Bound: 10 * ms, Window: 50 * ms}},
		{100 * ms, 300 * ms, false, runfile.DisturbanceRule{Bound: 10 * ms, Window: 300 * ms}},
		{ms, 20 * ms, true, runfile.DisturbanceRule{Bound: ms, Window: 20 * ms}},
	} {
		if got := runfile.RuleOf(tc.median, tc.p95, tc.stamped); got != tc.want {
			t.Errorf("RuleOf(%v, %v, %v) = %v, want %v", tc.median, tc.p95, tc.stamped, got, tc.want)
		}
	}
}

// The rule reads bench's own clock alone, so it leaves out the same requests whatever their latencies are: of two services one
// of which is three times as slow, those with the same numbers.
func TestDisturbanceReadsNoLatency(t *testing.T) {
	for seed := range uint64(5) {
		draws := profiles.NewStream(seed, "pause")
		from := time.Duration(100+2400*draws.Float64At(0, 0)) * ms
		length := time.Duration(2+60*draws.Float64At(1, 0)) * ms
		var left [2]runfile.Dist
		for side, factor := range []float64{1, 3} {
			p := Plan{
				Target: runfile.Target{Name: "fake", URL: "http://fake/"},
				Profile: profiles.Profile{Name: "steady", Arrivals: profiles.Even, Phases: []profiles.Phase{
					{Name: "load", Kind: profiles.Hold, Duration: 3 * time.Second, From: 500, To: 500},
				}},
				Requests: []request.Request{{URL: "http://fake/"}}, Seed: seed, Disturbance: runfile.DisturbanceRule{Bound: ms, Window: 20 * ms},
			}.withDefaults()
			r, err := newRecording(p)
			if err != nil {
				t.Fatal(err)
			}
			draws := profiles.NewStream(seed, "service")
			end, _ := fakeEngine(r, fakeServer{
				service: func(k uint64) time.Duration { return time.Duration(factor * draws.Exp(k) * float64(3*ms)) },
				lag: func(_ uint64, due time.Duration) time.Duration {
					if due >= from && due < from+length {
						return from + length - due
					}
					return 0
				},
			})
			run := r.finish(end, runfile.Resources{})
			left[side] = run.Overall.TargetTime.Undisturbed
			if got := run.Overall.TargetTime.Disturbed.Count + left[side].Count; got != 1500 {
				t.Fatalf("%d requests", got)
			}
		}
		if left[0].Count != left[1].Count {
			t.Fatalf("of the faster one %d are left, of the slower one %d", left[0].Count, left[1].Count)
		}
		// The same requests are left, so each percentile is three times the other.
		for _, q := range []float64{0.5, 0.9, 0.99, 1} {
			a := left[0].Quantile(q).Value
			if b := left[1].Quantile(q).Value; math.Abs(float64(b)/float64(a)-3) > 0.01 {
				t.Fatalf("at %v: %v and %v", q, a, b)
			}
		}
	}
}

// In the closed model being busy is no disturbance, and a time in which the loop did not run is.
func TestDisturbancesAreMerged(t *testing.T) {
	var d disturbances
	d.tell(lateSpan{100 * ms, 110 * ms, 10 * ms}) // before there is a rule
	d.settle(runfile.DisturbanceRule{Bound: 2 * ms, Window: 5 * ms})
	d.tell(lateSpan{105 * ms, 120 * ms, 15 * ms}) // of another loop, in the same pause
	d.tell(lateSpan{50 * ms, 52 * ms, 2 * ms})    // not longer than the bound
	d.tell(lateSpan{900 * ms, 910 * ms, 3 * ms})
	d.tell(lateSpan{400 * ms, 410 * ms, 10 * ms}) // told later, as a loop may be
	if d.count != 3 || d.late != 40*ms || !slices.IsSortedFunc(d.told, func(a, b lateSpan) int { return int(a.from - b.from) }) {
		t.Errorf("%d of %v in all: %v", d.count, d.late, d.told)
	}
	o := oracle{of: &d}
	for at, want := range map[time.Duration]bool{
		94 * ms: false, 95 * ms: true, 160 * ms: true, 195 * ms: true, 196 * ms: false, 395 * ms: true, 460 * ms: true, 461 * ms: false,
		51 * ms: false, 894 * ms: false, 895 * ms: true, 961 * ms: false,
	} {
		if o.ask(at) != want {
			t.Errorf("at %v: %v", at, !want)
		}
	}
	if got := d.within(110*ms, 405*ms); got != 15*ms {
		t.Errorf("%v within 110 … 405 ms, want 15 ms", got)
	}
}

// However many disturbances there are, memory is bounded, and nothing that is disturbed is taken for undisturbed.
func TestDisturbancesAreBounded(t *testing.T) {
	var d disturbances
	d.settle(runfile.DisturbanceRule{Bound: ms, Window: 5 * ms})
	const n = maxWindows + 1000
	for i := range n {
		at := time.Duration(i) * 100 * ms
		d.tell(lateSpan{at, at + 2*ms, 2 * ms})
	}
	if d.count != n || len(d.windows) > maxWindows || len(d.told) > maxWindows {
		t.Errorf("%d counted, %d windows, %d kept", d.count, len(d.windows), len(d.told))
	}
	o := oracle{of: &d}
	for _, i := range []int{0, 5, maxWindows, n - 1} {
		if !o.ask(time.Duration(i) * 100 * ms) {
			t.Errorf("disturbance %d disturbs nothing", i)
		}
	}
}
