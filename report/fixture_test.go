package report

import (
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
)

// spikePhases is the built-in spike with a peak of that rate.
func spikePhases(peak float64) []runfile.PhaseRecord {
	return []runfile.PhaseRecord{
		{Name: "warmup", Kind: "warmup", DurationNS: 3 * time.Second, From: 30, To: 30},
		{Name: "baseline", Kind: "baseline", DurationNS: 7 * time.Second, From: 30, To: 30},
		{Name: "spike", Kind: "spike", DurationNS: 8 * time.Second, From: peak, To: peak},
		{Name: "recovery", Kind: "recovery", DurationNS: 12 * time.Second, From: 30, To: 30},
	}
}

// service is a made-up target: one processor, a first-come queue, a cache before it.
type service struct {
	name    string
	cost    time.Duration // of a request that misses the cache
	misses  float64       // share of requests
	marks   bool          // whether answers say hit or miss
	phases  []runfile.PhaseRecord
	profile string
}

// request is one that was simulated; all instants since the start of the run.
type request struct {
	intended, sent, done time.Duration
	miss                 bool
}

const (
	connections = 256
	lag         = 5 * us
	drain       = 10 * time.Second
)

// drive simulates the requests of the plan, seeded, and tells what a recorder would have recorded of them. What is not
// done by the end of the drain is censored there.
func (s service) drive() *runfile.Run {
	rng := rand.New(rand.NewPCG(1, 2))
	var requests []request
	var free, at time.Duration
	var done []time.Duration
	for _, p := range s.phases {
		end := phaseEnd(s.phases, p.Name)
		for at = end - p.DurationNS; ; {
			if at += time.Duration(rng.ExpFloat64() / p.From * float64(time.Second)); at >= end {
				break
			}
			r := request{intended: at, miss: rng.Float64() < s.misses}
			begin := at
			if n := len(done); n >= connections {
				begin = max(at, done[n-connections])
			}
			r.sent = begin + lag
			r.done = r.sent + time.Duration((0.7+0.6*rng.Float64())*float64(350*us))
			if r.miss {
				r.done = max(free, r.sent) + time.Duration((0.8+0.4*rng.Float64())*float64(s.cost))
				free = r.done
			}
			i, _ := slices.BinarySearch(done, r.done)
			done = slices.Insert(done, i, r.done)
			requests = append(requests, r)
		}
	}
	return s.record(requests)
}

func phaseEnd(phases []runfile.PhaseRecord, name string) (end time.Duration) {
	for _, p := range phases {
		if end += p.DurationNS; p.Name == name {
			break
		}
	}
	return end
}

func (s service) record(requests []request) *runfile.Run {
	total := phaseEnd(s.phases, "")
	run := &runfile.Run{
		Target: runfile.Target{Name: s.name, URL: "http://127.0.0.1:40001/", Bundled: true},
		Plan: runfile.PlanRecord{Profile: s.profile, Arrivals: "poisson", Model: "open", Phases: s.phases, Connections: connections,
			TimeoutNS: 10 * time.Second, DrainNS: drain, Engine: "wire"},
		Seed:    1,
		Started: time.Date(2026, 11, 24, 11, 53, 0, 0, time.UTC),
		Environment: runfile.Environment{Bench: "0.1.0", Go: "go1.26.8", OS: "linux", Arch: "amd64", Kernel: "6.1.0", CPU: "AMD EPYC",
			Processors: 2, CPUs: "split", GeneratorCPUs: []int{1}, TargetCPUs: []int{0}, OpenFiles: 1 << 20, Clock: "kernel receive clock"},
		Verdict:  runfile.Verdict{Kind: runfile.Valid, Evidence: []string{"baseline: lag P99 41 us", "spike: lag P99 41 us"}},
		Overall:  s.phase(requests, "overall", "", 3*time.Second, total),
		Requests: accounts(requests, total+drain),
	}
	for _, p := range s.phases {
		end := phaseEnd(s.phases, p.Name)
		run.Phases = append(run.Phases, s.phase(requests, p.Name, p.Kind, end-p.DurationNS, end))
	}
	for at := time.Duration(0); at < total; at += time.Second {
		p := s.phase(requests, "", "", at, at+time.Second)
		run.Intervals = append(run.Intervals, runfile.Interval{StartNS: at, Due: p.Requests.Due, OK: p.Requests.Succeeded,
			Finished: p.Achieved.Count, Backlog: p.Backlog.End, ResponseTime: p.ResponseTime, ServiceTime: p.ServiceTime})
		run.Resources.Target = append(run.Resources.Target, runfile.ProcessSample{AtNS: at + time.Second, CPUNS: *p.CPU.Target,
			RSS: 98e6, Descriptors: 270, Threads: 9, Switches: 4 * p.Achieved.Count})
		run.Resources.Generator = append(run.Resources.Generator, runfile.ProcessSample{AtNS: at + time.Second, CPUNS: *p.CPU.Generator,
			RSS: 41e6, Descriptors: 265, Threads: 7, Switches: 2 * p.Achieved.Count})
		run.Resources.Host = append(run.Resources.Host, runfile.HostSample{AtNS: at + time.Second, Busy: 0.5, MemoryUsed: 2e9,
			NetworkIn: 1000 * p.Achieved.Count, NetworkOut: 200 * p.Achieved.Count, Switches: 9 * p.Achieved.Count})
	}
	return run
}

func accounts(requests []request, end time.Duration) runfile.Requests {
	r := runfile.Requests{Planned: uint64(len(requests)), Due: uint64(len(requests))}
	for _, q := range requests {
		switch {
		case q.done <= end:
			r.Sent++
			r.Succeeded++
		case q.sent <= end:
			r.Sent++
			r.Unfinished++
		default:
			r.Unsent++
		}
	}
	return r
}

func (s service) phase(all []request, name string, kind profiles.Kind, from, to time.Duration) runfile.Phase {
	end := phaseEnd(s.phases, "") + drain
	length := (to - from).Seconds()
	p := runfile.Phase{Name: name, Kind: kind, StartNS: from, DurationNS: to - from, Verdict: runfile.Verdict{
		Kind: runfile.Valid, Evidence: []string{"lag P99 41 us", "wait P99 2 us", "the backlog did not grow"}}}
	var response, service, wait, lags, bounds []time.Duration
	var hits, misses []time.Duration
	var busy, own time.Duration
	var mine []request
	for _, r := range all {
		if r.done > from && r.done <= to {
			p.Achieved.Count++
			own += 60 * us
			busy += 60 * us
			if r.miss {
				busy += s.cost
			}
		}
		for at, n := range map[time.Duration]*uint64{from: &p.Backlog.Start, to: &p.Backlog.End} {
			if r.intended < at && r.done > at {
				*n++
			}
		}
		if r.intended < from || r.intended >= to {
			continue
		}
		mine = append(mine, r)
		if r.done > end {
			bounds = append(bounds, end-r.intended)
			continue
		}
		response, service = append(response, r.done-r.intended), append(service, r.done-r.sent)
		wait, lags = append(wait, r.sent-r.intended-lag), append(lags, lag)
		if r.miss {
			misses = append(misses, r.done-r.intended)
		} else {
			hits = append(hits, r.done-r.intended)
		}
	}
	p.Requests = accounts(mine, end)
	p.Offered = runfile.Rate{Count: uint64(len(mine)), Rate: float64(len(mine)) / length}
	p.Achieved.Rate = float64(p.Achieved.Count) / length
	p.ResponseTime, p.ServiceTime = runfile.NewDist(3, response, bounds), runfile.NewDist(3, service, nil)
	p.Wait, p.Lag = runfile.NewDist(3, wait, nil), runfile.NewDist(3, lags, nil)
	p.FirstByte = runfile.NewDist(3, service, nil)
	p.Bytes = runfile.Bytes{In: uint64(len(response)) * 2200}
	p.Backlog.Peak = max(p.Backlog.Start, p.Backlog.End)
	busy = min(busy, to-from)
	p.CPU = runfile.CPU{Generator: &own, Target: &busy}
	if s.marks {
		p.ServerTiming = []runfile.ServerTiming{{Name: "cache", Count: uint64(len(response)), SumNS: time.Duration(len(response)) * 8 * us}}
	}
	p.ServerTiming = append(p.ServerTiming, runfile.ServerTiming{Name: "db", Count: uint64(len(misses)), SumNS: time.Duration(len(misses)) * s.cost})
	class := runfile.ClassOK
	if s.marks {
		class = runfile.ClassMiss
		p.Cache = runfile.Cache{Hits: uint64(len(hits)), Misses: uint64(len(misses))}
		p.Endpoints = append(p.Endpoints, endpoint(runfile.ClassHit, hits))
	}
	p.Endpoints = append(p.Endpoints, endpoint(class, misses))
	return p
}

func endpoint(class runfile.Class, values []time.Duration) runfile.Endpoint {
	return runfile.Endpoint{Name: "GET /categories/{id}/summary", Class: class, Count: uint64(len(values)),
		ResponseTime: runfile.NewDist(2, values, nil), ServiceTime: runfile.NewDist(2, values, nil)}
}

// cachedRun and uncachedRun are the bundled pair under the same spike, one carrying it and one not. Both are made once, and a
// test may change the phases and intervals of its copy.
func cachedRun() *runfile.Run   { return copyOf(cachedOnce()) }
func uncachedRun() *runfile.Run { return copyOf(uncachedOnce()) }

func copyOf(made *runfile.Run) *runfile.Run {
	run := *made
	run.Phases, run.Intervals = slices.Clone(made.Phases), slices.Clone(made.Intervals)
	return &run
}

var cachedOnce = sync.OnceValue(func() *runfile.Run {
	run := service{name: "cached", profile: "spike", cost: 9 * ms, misses: 0.013, marks: true, phases: spikePhases(600)}.drive()
	run.Phases[2].Recovery = &runfile.Recovery{State: runfile.Recovered, AfterNS: 3 * time.Second}
	return run
})

var uncachedOnce = sync.OnceValue(func() *runfile.Run {
	run := service{name: "uncached", profile: "spike", cost: 9 * ms, misses: 1, phases: spikePhases(600)}.drive()
	run.Verdict = runfile.Verdict{Kind: runfile.TargetLimited, Evidence: []string{"requests waited for the target: wait P99 22.0 s",
		"the backlog grew by 3965 requests and rose second by second (p 0.00036)", "lag P99 41 us"}}
	run.Phases[2].Verdict, run.Phases[3].Verdict = run.Verdict, run.Verdict
	run.Phases[2].Recovery = &runfile.Recovery{State: runfile.NotRecovered, AfterNS: 12 * time.Second}
	return run
})

// testPair is the pair that cachedRun and uncachedRun are of.
var testPair = CachePair{Cached: "cached", Uncached: "uncached"}

// testCaller names settings as flags.
var testCaller = Caller{Pair: testPair, Setting: func(s Setting) string {
	if s == SettingVerbose {
		return "-v"
	}
	return "--" + string(s)
}, Remedies: map[string]string{"tls": "-k trusts any"}}

func markdownOfRuns(w io.Writer, runs []*runfile.Run) error {
	return WriteMarkdown(w, runs, testCaller)
}
