package loadgen

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

func anyProfile() *rapid.Generator[profiles.Profile] {
	kinds := []profiles.Kind{profiles.Warmup, profiles.Baseline, profiles.Ramp, profiles.Hold, profiles.Spike, profiles.Recovery}
	return rapid.Custom(func(t *rapid.T) profiles.Profile {
		p := profiles.Profile{Name: "any", Arrivals: rapid.SampledFrom([]profiles.Arrivals{profiles.Even, profiles.Poisson}).Draw(t, "arrivals")}
		for i := range rapid.IntRange(1, 5).Draw(t, "phases") {
			rate := rapid.Float64Range(1, 400)
			p.Phases = append(p.Phases, profiles.Phase{
				Name: string(rune('a' + i)), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
				Duration: time.Duration(rapid.IntRange(300, 4000).Draw(t, "ms")) * time.Millisecond,
				From:     rate.Draw(t, "from"), To: rate.Draw(t, "to"),
			})
		}
		return p
	})
}

// anyRun draws a plan and a server, runs them in virtual time, and returns the run beside the samples it came from,
// those of the requests that were never sent included.
func anyRun(t *rapid.T) (*recording, *runfile.Run, []sample, ending) {
	p := Plan{
		Target:   runfile.Target{Name: "fake", URL: "http://fake/"},
		Profile:  anyProfile().Draw(t, "profile"),
		Requests: []request.Request{{URL: "http://fake/a", Weight: 3}, {URL: "http://fake/b", Weight: 1}},
		Seed:     rapid.Uint64().Draw(t, "seed"),
		Limits: Limits{
			Connections: rapid.IntRange(1, 40).Draw(t, "connections"),
			Timeout:     time.Duration(rapid.IntRange(100, 5000).Draw(t, "timeout ms")) * time.Millisecond,
			Drain:       time.Duration(rapid.IntRange(1, 3000).Draw(t, "drain ms")) * time.Millisecond,
		},
	}
	r, err := newRecording(p)
	if err != nil {
		t.Skip("a profile of no arrivals:", err)
	}
	r.shards = newShards(&r.layout, rapid.IntRange(1, 3).Draw(t, "shards"), &r.disturbed)
	draws := profiles.NewStream(p.Seed, "fake")
	mean := rapid.Float64Range(0.1, 60).Draw(t, "service ms")
	failing := rapid.Float64Range(0, 0.3).Draw(t, "failing")
	lagging := rapid.Float64Range(0, 4).Draw(t, "lag ms")
	from := time.Duration(rapid.IntRange(0, 5000).Draw(t, "freeze")) * time.Millisecond
	end, samples := fakeEngine(r, fakeServer{
		workers: rapid.IntRange(0, 20).Draw(t, "workers"),
		service: func(k uint64) time.Duration { return time.Duration(draws.Exp(k) * mean * 1e6) },
		freeze:  [2]time.Duration{from, from + time.Duration(rapid.IntRange(0, 2000).Draw(t, "frozen"))*time.Millisecond},
		fails:   func(k uint64) bool { return draws.Float64At(k, 1) < failing },
		cut:     time.Duration(rapid.SampledFrom([]int{0, 0, 1, 700, 2000}).Draw(t, "cut ms")) * time.Millisecond,
		lag: func(k uint64, _ time.Duration) time.Duration {
			return time.Duration(draws.Float64At(k, 2) * lagging * 1e6)
		},
	})
	cursor := r.schedule.Cursor()
	cursor.Seek(end.loops[0].next)
	for {
		k, at, ok := cursor.Next()
		if !ok || at >= end.cut {
			break
		}
		x := end.loops[0].neverSent(at, end.at)
		samples = append(samples, sample{Exchange: &x, endpoint: r.mix.Endpoint(k)})
	}
	return r, r.finish(end, runfile.Resources{}), samples, end
}

// twin is the slow and obvious way to a distribution: the sorted values. Its rank is HdrHistogram's: q·n, rounded.
type twin struct {
	values []time.Duration
	bounds []time.Duration // of these, the censored
}

func (w *twin) quantile(q float64) (time.Duration, bool) {
	slices.Sort(w.values)
	rank := min(max(int(q*100/100*float64(len(w.values))+0.5), 1), len(w.values))
	v := w.values[rank-1]
	return v, len(w.bounds) > 0 && v >= slices.Min(w.bounds)
}

func TestRunAgreesWithItsSamples(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, run, samples, end := anyRun(t)

		for _, s := range samples {
			if s.WasSent() && s.Wait()+s.Lag()+s.Service() != s.Response() {
				t.Fatalf("wait %v + lag %v + service %v ≠ response %v", s.Wait(), s.Lag(), s.Service(), s.Response())
			}
		}
		if got, want := run.Requests.Due, uint64(len(samples)); got != want || got != r.schedule.Count(end.cut) {
			t.Fatalf("due = %d, want %d of a schedule of %d", got, want, r.schedule.Count(end.cut))
		}
		for i, p := range run.Phases {
			span := r.layout.spans[i]
			var want runfile.Requests
			var achieved, ended, due uint64
			var response twin
			for _, s := range samples {
				if s.Over() && s.End >= span.Start && s.End < span.End && s.Outcome == exchange.Succeeded {
					achieved++
				}
				if s.Over() && s.End < span.End {
					ended++
				}
				if s.Intended < span.End {
					due++
				}
				if s.Intended < span.Start || s.Intended >= span.End {
					continue
				}
				want.Planned++
				want.Due++
				if s.WasSent() {
					want.Sent++
				}
				switch s.Outcome {
				case exchange.Succeeded:
					want.Succeeded++
				case exchange.Unfinished:
					want.Unfinished++
				case exchange.Unsent:
					want.Unsent++
				default:
					want.Failed++
				}
				if s.Outcome != exchange.Failed {
					response.values = append(response.values, s.Response())
				}
				if s.Outcome > exchange.Failed {
					response.bounds = append(response.bounds, s.Response())
				}
			}
			if p.Requests != want {
				t.Fatalf("phase %s: requests %+v, want %+v", p.Name, p.Requests, want)
			}
			if p.Achieved.Count != achieved {
				t.Fatalf("phase %s: achieved %d, want %d", p.Name, p.Achieved.Count, achieved)
			}
			if p.Backlog.End != due-ended {
				t.Fatalf("phase %s: backlog at its end %d, want %d due − %d ended", p.Name, p.Backlog.End, due, ended)
			}
			if p.ResponseTime.Count != uint64(len(response.values)) {
				t.Fatalf("phase %s: %d response times, want %d", p.Name, p.ResponseTime.Count, len(response.values))
			}
			checkTargetTime(t, &p, samples)
			for _, q := range []float64{0.5, 0.9, 0.95, 0.99, 0.999, 1} {
				if len(response.values) == 0 {
					continue
				}
				f := p.ResponseTime.Quantile(q)
				got, gotBound := f.Value, f.AtLeast
				want, wantBound := response.quantile(q)
				if math.Abs(float64(got-want)) > 0.001*float64(want)+1 {
					t.Fatalf("phase %s: response time at %v = %v, want %v ± 0.1 %%", p.Name, q, got, want)
				}
				// Within a bucket's width of the smallest bound both answers are right.
				if gotBound != wantBound && math.Abs(float64(want-slices.Min(response.bounds))) > 0.002*float64(want) {
					t.Fatalf("phase %s: lower bound at %v = %v, want %v (value %v, smallest bound %v)",
						p.Name, q, gotBound, wantBound, want, slices.Min(response.bounds))
				}
			}
		}
		checkSeconds(t, run, samples, end)
	})
}

func checkSeconds(t *rapid.T, run *runfile.Run, samples []sample, end ending) {
	for i, s := range run.Intervals {
		from, to := time.Duration(i)*time.Second, time.Duration(i+1)*time.Second
		in := func(at time.Duration) bool { return at >= from && at < to }
		var want runfile.Interval
		for _, x := range samples {
			if in(x.Intended) {
				want.Due++
				switch x.Outcome {
				case exchange.Succeeded:
					want.OK++
				case exchange.Failed, exchange.TimedOut, exchange.Shed:
					want.Failed++
				}
			}
			if x.WasSent() && in(x.Sent) {
				want.Sent++
			}
			if x.Over() && in(x.End) {
				want.Finished++
			}
			if x.WasSent() && x.Sent < to && (!x.Over() || x.End >= to) {
				want.InFlight++
			}
			if x.Intended < to && (!x.Over() || x.End >= to) {
				want.Backlog++
			}
		}
		got := runfile.Interval{Due: s.Due, OK: s.OK, Failed: s.Failed, Sent: s.Sent, Finished: s.Finished, InFlight: s.InFlight, Backlog: s.Backlog}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("second %d of a run that ended at %v: %+v, want %+v", i, end.at, got, want)
		}
	}
}

func TestRunFileHoldsTheWholeRun(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, run, _, _ := anyRun(t)
		var first, second bytes.Buffer
		if err := runfile.Encode(&first, []*runfile.Run{run}); err != nil {
			t.Fatal(err)
		}
		file, err := runfile.Decode("run.json", bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := runfile.Encode(&second, file.Runs); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatal("a run that was written and read is not the same any more")
		}
	})
}

// The whole run is the sum of the phases that count, also where there is one and nothing is added up.
func TestOverallIsTheSumOfThePhases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, run, _, _ := anyRun(t)
		sum := newTotals()
		for i, p := range run.Phases {
			if p.Kind != profiles.Warmup {
				sum.add(&r.shards[0].phases[i])
			}
		}
		want := run.Overall
		sum.phase(&want)
		if !reflect.DeepEqual(run.Overall, want) {
			t.Fatalf("%+v\nwant %+v", run.Overall, want)
		}
	})
}
