package loadgen

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// What no loop took is recorded as if one request after the other had been.
func TestNeverTakenTogetherAsOneByOne(t *testing.T) {
	racetest.Skip(t)
	t.Parallel()
	late := runfile.DisturbanceRule{Bound: ms, Window: 20 * ms}
	for name, tc := range map[string]struct {
		arrivals profiles.Arrivals
		rate     float64
		requests int
		e        ending
	}{
		"a busy target": {profiles.Even, 20_000, 1, ending{at: 3 * time.Second, loops: []loopEnd{{next: 5000, freeSince: -1, stopped: 3 * time.Second}}}},
		"a late bench":  {profiles.Even, 20_000, 1, ending{at: 3 * time.Second, loops: []loopEnd{{next: 5000, freeSince: 400 * ms, stopped: 3 * time.Second}}}},
		"cut": {profiles.Poisson, 3000, 3, ending{at: 1900 * ms, cut: 1500 * ms, loops: []loopEnd{
			{next: 402, freeSince: 300 * ms, stopped: 1500 * ms}, {next: 400, freeSince: -1, stopped: 1500 * ms}, {next: 407, freeSince: 1450 * ms, stopped: 1499 * ms}}}},
		"for hours": {profiles.Even, 1, 2, ending{at: 3 * time.Hour, loops: []loopEnd{{next: 10, freeSince: 20 * time.Second, stopped: 3 * time.Hour}}}},
	} {
		length := time.Second
		if tc.rate == 1 {
			length = 30 * time.Second
		}
		p := Plan{Target: runfile.Target{Name: "svc"}, Seed: 7, Disturbance: late, Profile: profiles.Profile{Name: "two", Arrivals: tc.arrivals, Phases: []profiles.Phase{
			{Name: "a", Kind: profiles.Hold, Duration: length, From: tc.rate, To: tc.rate},
			{Name: "b", Kind: profiles.Hold, Duration: length + length/3, From: tc.rate, To: 2 * tc.rate},
		}}}
		for i := range tc.requests {
			p.Requests = append(p.Requests, request.Request{URL: "http://h/" + string(rune('a'+i))})
		}
		recorded := func(finish func(*recording) *runfile.Run) *runfile.Run {
			r, err := newRecording(p)
			if err != nil {
				t.Fatal(err)
			}
			if tc.e.cut == 0 {
				tc.e.cut = r.layout.length
			}
			return finish(r)
		}
		a := recorded(func(r *recording) *runfile.Run { return r.finish(tc.e, runfile.Resources{}) })
		b := recorded(func(r *recording) *runfile.Run {
			for k := uint64(0); k < r.schedule.Total(); k++ {
				l := tc.e.loops[k%uint64(len(tc.e.loops))]
				if at := r.schedule.At(k); k >= l.next && at < tc.e.cut {
					x := l.neverSent(at, tc.e.at)
					r.shards[0].record(&sample{Exchange: &x, endpoint: r.mix.Endpoint(k)})
				}
			}
			return r.finish(ending{at: tc.e.at, cut: tc.e.cut, loops: []loopEnd{{next: r.schedule.Total()}}}, runfile.Resources{})
		})
		if a.Requests.Unsent == 0 || a.Disturbances.Count == 0 != (name == "a busy target") {
			t.Errorf("%s: %d unsent, %d disturbances", name, a.Requests.Unsent, a.Disturbances.Count)
		}
		for what, of := range map[string][2]any{"phases": {a.Phases, b.Phases}, "seconds": {a.Intervals, b.Intervals}, "disturbances": {a.Disturbances, b.Disturbances}} {
			x, _ := json.Marshal(of[0])
			y, _ := json.Marshal(of[1])
			if string(x) != string(y) {
				t.Errorf("%s: the %s differ:\n%.2000s\n%.2000s", name, what, x, y)
			}
		}
	}
}

// A rate that bench comes nowhere near leaves tens of millions of requests, which the end of a run does not wait for.
func TestNeverTakenAreFew(t *testing.T) {
	p := steady("http://h/", 5*time.Second)
	p.Profile.Phases[0].From, p.Profile.Phases[0].To = 1e7, 1e7
	p.Requests = p.Requests[:1]
	r, err := newRecording(p)
	if err != nil {
		t.Fatal(err)
	}
	e := ending{at: 15 * time.Second, cut: 5 * time.Second, loops: []loopEnd{{next: 4_000_000, freeSince: 14 * time.Second, stopped: 15 * time.Second}}}
	var requests uint64
	batches := 0
	for b := range r.neverTaken(&e) {
		requests += b.n
		batches++
	}
	if requests != 46_000_000 || batches > 10_000 {
		t.Errorf("%d requests in %d parts", requests, batches)
	}
}

func BenchmarkNeverTaken(b *testing.B) {
	p := steady("http://h/", 5*time.Second)
	p.Profile.Phases[0].From, p.Profile.Phases[0].To = 1e7, 1e7
	p.Requests = p.Requests[:1]
	for b.Loop() {
		r, err := newRecording(p)
		if err != nil {
			b.Fatal(err)
		}
		r.finish(ending{at: 15 * time.Second, cut: 5 * time.Second, loops: []loopEnd{{next: 4_000_000, freeSince: -1}}}, runfile.Resources{})
	}
}
