package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// told is a run of few figures, enough for a sentence: at its phases' rates, with that P99, everything served.
func told(target string, phases []runfile.PhaseRecord, p99 time.Duration, change ...func(*runfile.Run)) *runfile.Run {
	run := &runfile.Run{
		Target:   runfile.Target{Name: target},
		Plan:     runfile.PlanRecord{Model: "open", Arrivals: "even", Phases: phases},
		Verdict:  runfile.Verdict{Kind: runfile.Valid},
		Requests: runfile.Requests{Planned: 1200, Due: 1200, Sent: 1200, Succeeded: 1200},
	}
	run.Environment = runfile.Environment{CPUs: "split", Processors: 2}
	at := time.Duration(0)
	for _, p := range phases {
		phase := runfile.Phase{Name: p.Name, Kind: p.Kind, StartNS: at, DurationNS: p.DurationNS,
			Verdict:  runfile.Verdict{Kind: runfile.Valid},
			Requests: runfile.Requests{Due: 100, Succeeded: 100}}
		phase.Offered.Rate, phase.Achieved = (p.From+p.To)/2, runfile.Rate{Count: 100, Rate: (p.From + p.To) / 2}
		phase.ResponseTime = runfile.NewDist(3, []time.Duration{p99}, nil)
		run.Phases = append(run.Phases, phase)
		at += p.DurationNS
	}
	for _, c := range change {
		c(run)
	}
	return run
}

// slow makes a phase TARGET-LIMITED: served at that rate, with that P99.
func slow(phase int, served float64, p99 time.Duration) func(*runfile.Run) {
	return func(r *runfile.Run) {
		r.Verdict = runfile.Verdict{Kind: runfile.TargetLimited}
		p := &r.Phases[phase]
		p.Verdict, p.Achieved.Rate, p.ResponseTime = r.Verdict, served, runfile.NewDist(3, []time.Duration{p99}, nil)
	}
}

func censored(phase int, served float64, bound time.Duration) func(*runfile.Run) {
	return func(r *runfile.Run) {
		slow(phase, served, bound)(r)
		r.Phases[phase].ResponseTime = runfile.NewDist(3, nil, []time.Duration{bound})
	}
}

func recovers(phase int, state runfile.RecoveryState, after time.Duration) func(*runfile.Run) {
	return func(r *runfile.Run) { r.Phases[phase].Recovery = &runfile.Recovery{State: state, AfterNS: after} }
}

func judged(kind runfile.VerdictKind, evidence ...string) func(*runfile.Run) {
	return func(r *runfile.Run) { r.Verdict = runfile.Verdict{Kind: kind, Evidence: evidence} }
}

// lateIn makes bench late in one phase, the baseline's words standing before it in the run's evidence as they do.
func lateIn(phase int, evidence string) func(*runfile.Run) {
	return func(r *runfile.Run) {
		r.Verdict = runfile.Verdict{Kind: runfile.GeneratorLimited, Evidence: []string{"baseline: less late", "spike: " + evidence}}
		r.Phases[1].Verdict = runfile.Verdict{Kind: runfile.GeneratorLimited, Evidence: []string{"less late"}}
		r.Phases[phase].Verdict = runfile.Verdict{Kind: runfile.GeneratorLimited, Evidence: []string{evidence}}
	}
}

func failed(phase int, n uint64, kind string) func(*runfile.Run) {
	return func(r *runfile.Run) {
		r.Requests.Failed, r.Requests.Succeeded = n, r.Requests.Succeeded-n
		r.Phases[phase].Requests.Failed += n
		r.Errors = []runfile.ErrorCount{{Kind: "reset", Count: 1}, {Kind: kind, Count: n}}
	}
}

// allFailed makes every request fail by one kind.
func allFailed(kind string) func(*runfile.Run) {
	return func(r *runfile.Run) {
		r.Requests.Failed, r.Requests.Succeeded = r.Requests.Due, 0
		r.Errors = []runfile.ErrorCount{{Kind: kind, Count: r.Requests.Due}}
	}
}

// bundled makes a run one of the bundled pair, its query costing that much processor time, its cache missing that share.
func bundled(cost time.Duration, misses uint64) func(*runfile.Run) {
	return func(r *runfile.Run) {
		r.Target.Bundled = true
		r.Environment.TargetCPUs = []int{0}
		r.Phases[2].Cache = runfile.Cache{Hits: 100 - misses, Misses: misses}
		for _, i := range []int{1, 2} {
			spent := cost * time.Duration(r.Phases[i].Achieved.Count)
			r.Phases[i].CPU.Target = &spent
		}
	}
}

func TestAnswer(t *testing.T) {
	racetest.Skip(t)
	spike := spikePhases(600)
	hold := []runfile.PhaseRecord{{Name: "hold", Kind: "hold", DurationNS: 30 * time.Second, From: 100, To: 100}}
	ramp := []runfile.PhaseRecord{{Name: "ramp", Kind: "ramp", DurationNS: 30 * time.Second, From: 10, To: 500}}
	var steps []runfile.PhaseRecord
	for _, rate := range []float64{100, 200, 300} {
		steps = append(steps, runfile.PhaseRecord{Name: "step " + units.Rate(rate), Kind: "step", DurationNS: 10 * time.Second, From: rate, To: rate})
	}
	cached := func(misses uint64) *runfile.Run { return told("cached", spike, 4*ms, bundled(9*ms, misses)) }
	uncached := func(cost time.Duration, change ...func(*runfile.Run)) *runfile.Run {
		return told("uncached", spike, 19*ms, append(change, bundled(cost, 0))...)
	}
	fell := []func(*runfile.Run){slow(2, 104, 7100*ms), recovers(2, runfile.NotRecovered, 12*time.Second)}
	for _, tc := range []struct {
		why  string
		runs []*runfile.Run
		want string
	}{
		{"a spike carried", []*runfile.Run{told("api", spike, 4*ms)},
			"The service carried the spike: 600/s for 8 s with P99 at 4.0 ms, 4.0 ms before it; none of 1,200 requests failed."},
		{"a few failures are named, not hidden", []*runfile.Run{told("api", hold, 4*ms, failed(0, 0, ""), func(r *runfile.Run) {
			r.Requests.Failed = 2
		})}, "The service carried 100/s for 30 s: 100/s with P99 at 4.0 ms; 2 of 1,202 requests failed."},
		{"a spike not carried", []*runfile.Run{told("api", spike, 4*ms, fell...)},
			"The service could not carry the spike: it served 104/s of 600/s, fell 7 s behind and had not recovered 12 s later."},
		{"it recovered later", []*runfile.Run{told("api", spike, 4*ms, slow(2, 104, 7100*ms), recovers(2, runfile.Recovered, 9*time.Second))},
			"The service could not carry the spike: it served 104/s of 600/s, fell 7 s behind and recovered after 9 s."},
		{"three seconds are the least there can be", []*runfile.Run{told("api", spike, 4*ms, slow(2, 590, 300*ms), recovers(2, runfile.Recovered, 3*time.Second))},
			"The service could not carry the spike: it served 590/s of 600/s, had a P99 of 300 ms and recovered at once."},
		{"recovery not measurable is not told here", []*runfile.Run{told("api", spike, 4*ms, slow(2, 104, 7100*ms), recovers(2, runfile.NotMeasurable, 0))},
			"The service could not carry the spike: it served 104/s of 600/s, fell 7 s behind."},
		{"a lower bound is not rounded up", []*runfile.Run{told("api", spike, 4*ms, censored(2, 104, 7900*ms))},
			"The service could not carry the spike: it served 104/s of 600/s, fell at least 7 s behind."},
		{"overloaded before the spike", []*runfile.Run{told("api", spike, 4*ms, slow(2, 20, 7100*ms), slow(1, 20, 3200*ms))},
			"The service was overloaded already at its baseline of 30/s: it fell 3 s behind."},
		{"only after the spike", []*runfile.Run{told("api", spike, 4*ms, slow(3, 20, 3200*ms))},
			"The service carried the spike, but not recovery: it fell 3 s behind."},
		{"a rate held", []*runfile.Run{told("api", hold, 4*ms)},
			"The service carried 100/s for 30 s: 100/s with P99 at 4.0 ms; none of 1,200 requests failed."},
		{"a rate not held", []*runfile.Run{told("api", hold, 4*ms, slow(0, 60, 12*time.Second))},
			"The service could not hold 100/s: it served 60/s and fell 12 s behind."},
		{"a rate served late", []*runfile.Run{told("api", hold, 4*ms, slow(0, 99.96, 902*ms))},
			"The service could not hold 100/s: it served all of it in the end, but meanwhile had a P99 of 902 ms."},
		{"a spike served late", []*runfile.Run{told("api", spike, 4*ms, slow(2, 600, 7100*ms), recovers(2, runfile.Recovered, 9*time.Second))},
			"The service could not carry the spike: it served all of it in the end, but meanwhile fell 7 s behind and recovered after 9 s."},
		{"a step served late", []*runfile.Run{told("api", steps, 4*ms, slow(1, 200, 3*time.Second))},
			"The service held 100/s; at 200/s it served all of it in the end, but meanwhile fell 3 s behind."},
		{"a ramp followed", []*runfile.Run{told("api", ramp, 4*ms)},
			"The service carried the ramp to 500/s: 255/s with P99 at 4.0 ms; none of 1,200 requests failed."},
		{"a ramp not followed", []*runfile.Run{told("api", ramp, 4*ms, slow(0, 200, 5*time.Second), func(r *runfile.Run) {
			r.Intervals = []runfile.Interval{{Finished: 310}, {Finished: 305}}
		})}, "The service could not follow the ramp to 500/s: it served at most 310/s and fell 5 s behind."},
		{"every step held", []*runfile.Run{told("api", steps, 4*ms)},
			"The service carried every step up to 300/s: 300/s with P99 at 4.0 ms; none of 1,200 requests failed."},
		{"held up to a step", []*runfile.Run{told("api", steps, 4*ms, slow(1, 150, 3*time.Second), slow(2, 150, 9*time.Second))},
			"The service held 100/s; at 200/s it served 150/s and fell 3 s behind."},
		{"no step held", []*runfile.Run{told("api", steps, 4*ms, slow(0, 60, 3*time.Second))},
			"The service could not hold the first step; at 100/s it served 60/s and fell 3 s behind."},
		{"closed", []*runfile.Run{told("api", hold, 4*ms, func(r *runfile.Run) { r.Plan.Model, r.Plan.VUs = "closed", 20 })},
			"The service carried its 20 users: 100/s with P99 at 4.0 ms; none of 1,200 requests failed."},
		{"kept up, but failing", []*runfile.Run{told("api", hold, 4*ms, failed(0, 12, "status 503"))},
			"The service kept up, but left 12 % of the requests of the run without success (most: status 503)."},
		{"one in a hundred is enough", []*runfile.Run{told("api", spike, 4*ms, failed(2, 1, "timeout"))},
			"The service kept up, but left 1 % of the requests of the spike without success (most: reset)."},
		{"nothing succeeded", []*runfile.Run{told("api", hold, 4*ms, failed(0, 1200, "connect: refused"))},
			"No request succeeded: the service answered none of 1,200 requests (most: connect: refused)."},
		{"nothing succeeded for a setting", []*runfile.Run{told("api", hold, 4*ms, allFailed("tls"))},
			"No request succeeded: the service answered none of 1,200 requests (most: tls). Check that the URL's port speaks https and that its certificate is for that host; -k trusts any."},
		{"nothing succeeded for the path", []*runfile.Run{told("api", hold, 4*ms, allFailed("status 404"))},
			"No request succeeded: the service answered none of 1,200 requests (most: status 404). There is no such page: check the URL's path."},
		{"nothing succeeded, which is no setting", []*runfile.Run{told("api", hold, 4*ms, allFailed("status 503"))},
			"No request succeeded: the service answered none of 1,200 requests (most: status 503)."},
		{"nothing was due", []*runfile.Run{told("api", hold, 4*ms, func(r *runfile.Run) { r.Requests = runfile.Requests{} })},
			"Nothing was sent: no request was due. A longer --duration or a higher --rate makes some."},
		{"no user was there", []*runfile.Run{told("api", hold, 4*ms, func(r *runfile.Run) {
			r.Plan.Model, r.Plan.Phases, r.Requests = "closed", []runfile.PhaseRecord{{Name: "users", FromVUs: 1}}, runfile.Requests{}
		})},
			"Nothing was sent: no request was due. A longer --vus-stage or one of more users makes some."},
		{"users who only thought", []*runfile.Run{told("api", hold, 4*ms, func(r *runfile.Run) { r.Plan.Model, r.Requests = "closed", runfile.Requests{} })},
			"Nothing was sent: no request was due. A longer --duration or a shorter --think makes some."},
		{"interrupted", []*runfile.Run{told("api", spike, 4*ms, func(r *runfile.Run) {
			r.Interrupted, r.Requests = true, runfile.Requests{Planned: 6120, Due: 412, Succeeded: 412}
			r.Phases = r.Phases[:2]
			r.Phases[1].DurationNS = 2370 * ms // from 3 s on
			r.Intervals = []runfile.Interval{{Due: 40}, {StartNS: 5 * time.Second, Due: 40}}
		})}, "Interrupted after 5.3 s of 30 s: what follows covers 412 of 6,120 planned requests."},
		{"bench was late", []*runfile.Run{told("api", spike, 4*ms, judged(runfile.GeneratorLimited, "3.1 % of requests left over 1 ms late."))},
			"These latencies are bench's own: 3.1 % of requests left over 1 ms late. Try --peak 300/s."},
		{"the worst phase gives the evidence", []*runfile.Run{told("api", spike, 4*ms, lateIn(2, "lag P99 8 ms"))},
			"These latencies are bench's own: lag P99 8 ms. Try --peak 300/s."},
		{"not the heaviest, where that was well", []*runfile.Run{told("api", spike, 4*ms, lateIn(3, "lag P99 8 ms"))},
			"These latencies are bench's own: less late. Try --rate 15/s."},
		{"bench was late and had no processor of its own", []*runfile.Run{told("api", hold, 4*ms, judged(runfile.GeneratorLimited, "late"), func(r *runfile.Run) {
			r.Environment.CPUs = "shared"
		})}, "These latencies are bench's own: late. Try --rate 50/s, or give bench a processor of its own: --cpus split."},
		{"bench came nowhere near the rate", []*runfile.Run{told("api", hold, 4*ms, judged(runfile.GeneratorLimited, "late"), func(r *runfile.Run) {
			for at := range time.Duration(30) {
				r.Intervals = append(r.Intervals, runfile.Interval{StartNS: at * time.Second, Due: 100, Sent: 30 + uint64(at)%2})
			}
			r.Intervals = append(r.Intervals, runfile.Interval{StartNS: 30 * time.Second, Sent: 10_000}) // in the drain
		})}, "These latencies are bench's own: late. Try --rate 30/s, the rate that was reached."},
		{"bench was late with users, who have no rate", []*runfile.Run{told("api", hold, 4*ms, judged(runfile.GeneratorLimited, "late"), func(r *runfile.Run) {
			r.Plan.Model, r.Plan.VUs = "closed", 200
		})}, "These latencies are bench's own: late. Try fewer users."},
		{"its host was late", []*runfile.Run{told("api", hold, 4*ms, judged(runfile.HostLimited))},
			"These latencies are bench's own, kept waiting by its host. Run it again when nothing else uses this machine. Try --rate 50/s otherwise."},

		{"the lesson", []*runfile.Run{cached(1), uncached(9*ms, fell...)},
			"The cache carried the spike. Without it the service fell 7 s behind and had not recovered 12 s later."},
		{"the lesson, the other way round", []*runfile.Run{uncached(9*ms, fell...), cached(1)},
			"The cache carried the spike. Without it the service fell 7 s behind and had not recovered 12 s later."},
		{"the query is too cheap here", []*runfile.Run{cached(1), uncached(3 * ms)},
			"This machine's query costs 3.0 ms, so 600/s load it only 1.8 times over: too little to show what a cache does, which takes 3 times; try --peak 1000/s. cached carried the spike. uncached carried the spike."},
		{"the cache is too cold here", []*runfile.Run{cached(23), uncached(9*ms, fell...)},
			"This machine's query costs 9.0 ms, so the 23 % of requests that miss the cache take 124 % of its core, more than 30 %: this spike tests the query and not the cache; try a longer --duration, whose warm-up fills the cache. cached carried the spike. uncached could not carry the spike: it served 104/s of 600/s, fell 7 s behind and had not recovered 12 s later."},
		{"the baseline is too heavy here", []*runfile.Run{cached(1), uncached(20*ms, fell...)},
			"This machine's query costs 20 ms, so the baseline of 30/s alone takes 60 % of its core, more than the 30 % that leaves it at ease: there is no calm to compare with; try --rate 15/s. cached carried the spike. uncached could not carry the spike: it served 104/s of 600/s, fell 7 s behind and had not recovered 12 s later."},
		{"the lesson is for the bundled pair only", []*runfile.Run{told("cached", spike, 4*ms), told("uncached", spike, 4*ms, fell...)},
			"cached carried the spike. uncached could not carry the spike: it served 104/s of 600/s, fell 7 s behind and had not recovered 12 s later."},
		{"what bench spoiled comes first", []*runfile.Run{cached(1), uncached(9*ms, judged(runfile.GeneratorLimited, "late"))},
			"uncached: these latencies are bench's own: late. Try --peak 300/s. cached carried the spike."},
		{"bench spoiled both", []*runfile.Run{told("a", spike, 4*ms, lateIn(2, "late")), told("b", spike, 4*ms, lateIn(2, "later"))},
			"These latencies are bench's own: late. Try --peak 300/s."},
		{"the host spoiled even the baseline", []*runfile.Run{told("a", spike, 4*ms, func(r *runfile.Run) {
			r.Verdict.Kind, r.Phases[1].Verdict = runfile.HostLimited, runfile.Verdict{Kind: runfile.HostLimited, Evidence: []string{"lag P99 9 ms"}}
		})}, "These latencies are bench's own, kept waiting by its host: lag P99 9 ms. Run it again when nothing else uses this machine."},
		{"one of two interrupted", []*runfile.Run{cached(1), told("uncached", spike, 9*ms, func(r *runfile.Run) {
			r.Interrupted, r.Phases, r.Intervals = true, r.Phases[:1], []runfile.Interval{{Due: 30}}
			r.Phases[0].DurationNS = 350 * ms
		})}, "cached carried the spike. uncached was interrupted after 350 ms of 30 s."},

		{"both carried it", []*runfile.Run{told("b", hold, 12*ms), told("a", hold, 4*ms)},
			"Both carried 100/s for 30 s: P99 was 4.0 ms on a and 12 ms on b, 3.0× as much."},
		{"different loads", []*runfile.Run{told("a", hold, 4*ms), told("a", ramp, 8*ms)},
			"Both carried their load: P99 was 4.0 ms on a and 8.0 ms on a 2, 2.0× as much."},
		{"three", []*runfile.Run{told("a", hold, 4*ms), told("b", hold, 4*ms), told("c", hold, 4*ms, slow(0, 60, 9*time.Second))},
			"a carried 100/s for 30 s. b carried 100/s for 30 s. c could not hold 100/s: it served 60/s and fell 9 s behind."},
		{"many are counted", slices.Repeat([]*runfile.Run{told("a", hold, 4*ms)}, 6),
			"6 of 6 carried their load. a carried 100/s for 30 s. a 2 carried 100/s for 30 s. a 3 carried 100/s for 30 s. a 4 carried 100/s for 30 s."},
		{"no run", nil, ""},
	} {
		if got := Answer(tc.runs, testCaller); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.why, got, tc.want)
		}
	}
}

// What was measured of a target that only redirects is the redirecting: that is said first.
func TestAnAnswerThatOnlyRedirects(t *testing.T) {
	hold := []runfile.PhaseRecord{{Name: "load", Kind: "hold", DurationNS: 10 * time.Second, From: 100, To: 100}}
	redirects := func(n uint64, to string) func(*runfile.Run) {
		return func(r *runfile.Run) { r.Redirects = &runfile.Redirects{Count: n, To: to} }
	}
	every := told("a", hold, time.Millisecond, redirects(1200, "https://shop.test"))
	some := told("b", hold, time.Millisecond, redirects(1199, ""))
	const want = "very answer was a redirect to https://shop.test, and what it leads to was not measured: give the URL that it leads to, or follow it with --follow 5 --follow-hosts shop.test. "
	if got := Answer([]*runfile.Run{every}, testCaller); !strings.HasPrefix(got, "E"+want) {
		t.Errorf("every answer redirects: %q", got)
	}
	here := told("a", hold, time.Millisecond, redirects(1200, "http://a.test:80"), func(r *runfile.Run) { r.Target.URL = "http://a.test:80/x" })
	if got := Answer([]*runfile.Run{here}, testCaller); !strings.Contains(got, "follow it with --follow 5. ") {
		t.Errorf("it redirects to itself: %q", got)
	}
	if got := Answer([]*runfile.Run{some}, testCaller); strings.Contains(got, "redirect") {
		t.Errorf("one does not: %q", got)
	}
	for kind, said := range map[string]bool{"status 404": false, "expected body": false, "connect: refused": true} {
		mixed := told("a", hold, time.Millisecond, redirects(1200, ""), func(r *runfile.Run) {
			r.Errors = []runfile.ErrorCount{{Kind: kind, Count: 10}}
		})
		if got := Answer([]*runfile.Run{mixed}, testCaller); strings.Contains(got, "very answer was a redirect") != said {
			t.Errorf("others failed by %s: %q", kind, got)
		}
	}
	if got := Answer([]*runfile.Run{some, every}, testCaller); !strings.HasPrefix(got, "a: e"+want) {
		t.Errorf("of two, one redirects: %q", got)
	}
}

// Where every request failed for a setting, which one is said.
func TestAnAnswerSaysTheSetting(t *testing.T) {
	hold := []runfile.PhaseRecord{{Name: "load", Kind: "hold", DurationNS: 10 * time.Second, From: 100, To: 100}}
	for kind, want := range map[string]string{
		"status 421":        "The service does not serve that host: name the right one in the URL",
		"status 407":        "give user:password@ before the host in the URL of the proxy",
		"proxy: status 407": "give user:password@ before the host in the URL of the proxy",
	} {
		run := told("a", hold, time.Millisecond, func(r *runfile.Run) {
			r.Requests.Succeeded, r.Requests.Failed = 0, r.Requests.Due
			r.Errors = []runfile.ErrorCount{{Kind: kind, Count: r.Requests.Due}}
		})
		s := subjectsOf([]*runfile.Run{run})[0]
		if got := s.setting(); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}
