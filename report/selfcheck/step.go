package selfcheck

import (
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// RequiredRate is the rate, in requests/s, at which a machine must be trusted to be good for anything. At it the
// latencies are held against the server's log.
const RequiredRate = 1000

// Test is what a step finds out.
type Test string

// The tests, in the order in which they are made of each engine; IdleThread is made once.
const (
	IdleThread  Test = "an idle thread"
	FixedDelay  Test = "pacing and service time"
	QueuedDelay Test = "response time behind a queue"
	FrozenFor   Test = "a freeze"
	AsFast      Test = "as fast as it goes"
	HigherRate  Test = "a higher rate"
)

// Step is one measurement to make.
type Step struct {
	Test   Test
	Engine string        // "" where nothing is driven
	Length time.Duration // of the run, or of watching the idle thread
	Rate   float64       // offered, requests/s; 0 without an engine, and as fast as it goes
	Server Server
	Load   Load
}

// Load is what a step drives at its server.
type Load struct {
	Profile        profiles.Profile
	Seed           uint64
	Users          int // of the closed model; 0: the open one
	Connections    int // 0: the default
	Timeout, Drain time.Duration
}

// Watch reports whether an idle thread is to be watched during the step.
func (s Step) Watch() bool {
	return s.Test == IdleThread || s.Test == FixedDelay || s.Test == HigherRate
}

// Server is what has to serve a step: the reference server with these delays, or a bare one.
type Server struct {
	Bare      bool
	Delays    string // in the form of bench serve reference --service
	Workers   int    // 0: no limit
	FreezeAt  time.Duration
	FreezeFor time.Duration
}

// Logs reports whether the step needs the server's log.
func (s Server) Logs() bool { return !s.Bare && s.FreezeFor == 0 }

// The servers whose delays are known, and the loads.
const (
	fixedDelay   = "fixed:20ms"
	queuedDelay  = "exp:10ms"
	queueWorkers = 14 // at 1,000/s 71 % busy, so that some requests wait
	frozenDelay  = time.Millisecond
	frozenRate   = 500
	frozenAfter  = 0.2 // of the run
	frozenSlots  = 64  // fewer than come in the long freeze, so that requests wait unsent too
	users        = 32  // users of the fastest step
	seed         = 1
	warmUpShare  = 0.2 // of the length of a run without a freeze; not judged
	answerWithin = 5 * time.Second
	drainWithin  = time.Second
)

// rates are those that are tried above the required one.
var rates = []float64{2000, 5000, 10_000, 20_000, 50_000, 100_000}

// lengths are how long the steps of one engine take, when there are no more than two engines.
type lengths struct {
	idle, steady, queue, frozenRun, frozen, fastest, rate time.Duration
	engine                                                time.Duration // all steps of one engine, second tries and higher rates too
}

// With two engines, and a tenth of a second for each start of a server, they stay below 10 s and 60 s.
var (
	quickLengths = lengths{
		idle: 300 * time.Millisecond, queue: 500 * time.Millisecond,
		steady:    1100 * time.Millisecond, // resources are sampled after a second, and tell the host's doing from bench's
		frozenRun: 700 * time.Millisecond, frozen: 250 * time.Millisecond,
		fastest: 300 * time.Millisecond, rate: 300 * time.Millisecond, engine: 3700 * time.Millisecond,
	}
	fullLengths = lengths{
		idle: time.Second, steady: 5 * time.Second, queue: 4 * time.Second,
		frozenRun: 4500 * time.Millisecond, frozen: 2 * time.Second,
		fastest: 1500 * time.Millisecond, rate: 1200 * time.Millisecond, engine: 22200 * time.Millisecond,
	}
)

// forEngines shortens the steps where more than two engines share the time.
func (l lengths) forEngines(n int) lengths {
	if n <= 2 {
		return l
	}
	for _, d := range []*time.Duration{&l.steady, &l.queue, &l.frozenRun, &l.frozen, &l.fastest, &l.rate, &l.engine} {
		*d = *d * 2 / time.Duration(n)
	}
	return l
}

// step returns the step that makes the test of an engine. The rate is that of [HigherRate]; the other tests have their own.
func (l lengths) step(test Test, engine string, rate float64) Step {
	s := Step{Test: test, Engine: engine, Rate: RequiredRate, Load: Load{Seed: seed, Timeout: answerWithin, Drain: drainWithin}}
	arrivals, warmUp := profiles.Even, warmUpShare
	switch test {
	case IdleThread:
		return Step{Test: test, Length: l.idle}
	case FixedDelay:
		s.Length, s.Server.Delays = l.steady, fixedDelay
	case QueuedDelay:
		s.Length, arrivals = l.queue, profiles.Poisson
		s.Server.Delays, s.Server.Workers = queuedDelay, queueWorkers
	case FrozenFor:
		s.Length, s.Rate, warmUp = l.frozenRun, frozenRate, 0
		s.Server.Delays = "fixed:" + frozenDelay.String()
		s.Server.FreezeAt, s.Server.FreezeFor = time.Duration(frozenAfter*float64(l.frozenRun)), l.frozen
		s.Load.Connections = frozenSlots
	case AsFast:
		s.Length, s.Server.Bare = l.fastest, true
		s.Load.Users = users
	case HigherRate:
		s.Length, s.Server.Bare, s.Rate = l.rate, true, rate
	}
	s.Load.Profile = evenLoad(s.Rate, s.Length, time.Duration(warmUp*float64(s.Length)), arrivals)
	if s.Load.Users > 0 {
		s.Rate = 0 // the users decide it
	}
	return s
}

// evenLoad offers a rate for a length, the beginning of which is a warm-up.
func evenLoad(rate float64, length, warmUp time.Duration, arrivals profiles.Arrivals) profiles.Profile {
	p := profiles.Profile{Name: "selfcheck", Arrivals: arrivals}
	if warmUp > 0 {
		p.Phases = append(p.Phases, profiles.Phase{Name: "warm-up", Kind: profiles.Warmup, Duration: warmUp, From: rate, To: rate})
	}
	p.Phases = append(p.Phases, profiles.Phase{Name: "hold", Kind: profiles.Hold, Duration: length - warmUp, From: rate, To: rate})
	return p
}
