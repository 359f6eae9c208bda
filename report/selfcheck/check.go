package selfcheck

import (
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Observation is what came of a step.
type Observation struct {
	Run     *runfile.Run    // nil of [IdleThread]
	Answers []Answer        // the server's log, where the step's server keeps one
	Idle    []time.Duration // how late the idle thread was woken each time; none where the system cannot tell
}

// Check is a selfcheck under way.
type Check struct {
	lengths
	made   map[attempt]int
	report Report
}

// attempt is one thing that may be tried more than once.
type attempt struct {
	test   Test
	engine string
	rate   float64
}

// triesEach is how often a thing is tried before it counts as failed: one hiccup of a neighbour is not the machine.
const triesEach = 2

// each are the tests that are made of every engine, in order.
var each = []Test{FixedDelay, QueuedDelay, FrozenFor, AsFast}

// New returns a check of the engines, in that order.
func New(engines []string, quick bool) *Check {
	l := fullLengths
	if quick {
		l = quickLengths
	}
	c := &Check{lengths: l.forEngines(len(engines)), made: map[attempt]int{}, report: Report{Schema: SchemaVersion, Kind: Kind, Quick: quick}}
	for _, name := range engines {
		c.report.Engines = append(c.report.Engines, Engine{Name: name})
	}
	return c
}

// Next returns the next step; ok is false when there is nothing more to measure.
func (c *Check) Next() (s Step, ok bool) {
	if s := c.step(IdleThread, "", 0); c.tries(s) == 0 {
		return s, true
	}
	for i := range c.report.Engines {
		if s, ok := c.next(&c.report.Engines[i]); ok {
			return s, true
		}
	}
	return Step{}, false
}

// next returns the next step of an engine: each test once, then what failed once again, then higher rates.
func (c *Check) next(e *Engine) (s Step, ok bool) {
	spent := time.Duration(0)
	for _, test := range each {
		s := c.step(test, e.Name, 0)
		if c.tries(s) == 0 {
			return s, true
		}
		spent += s.Length * time.Duration(c.tries(s))
	}
	for _, rate := range rates {
		s := c.step(HigherRate, e.Name, rate)
		spent += s.Length * time.Duration(c.tries(s))
	}
	for _, test := range each {
		if s := c.step(test, e.Name, 0); !e.passed(test) && c.tries(s) < triesEach && spent+s.Length <= c.engine {
			return s, true
		}
	}
	rate, ok := c.rateToTry(e)
	s = c.step(HigherRate, e.Name, rate)
	return s, ok && spent+s.Length <= c.engine
}

func (c *Check) tries(s Step) int { return c.made[attempt{s.Test, s.Engine, s.Rate}] }

// Add takes what came of the step that Next returned last.
func (c *Check) Add(s Step, o Observation) {
	c.made[attempt{s.Test, s.Engine, s.Rate}]++
	if s.Test == IdleThread {
		c.report.IdleThread = latenessOrNil(o.Idle)
		return
	}
	e := &c.report.Engines[slices.IndexFunc(c.report.Engines, func(e Engine) bool { return e.Name == s.Engine })]
	e.Clock = o.Run.Environment.Clock
	switch s.Test {
	case FixedDelay:
		p := judgePacing(s, o.Run, o.Idle)
		p.ArrivedLate = e.addLatency(s, o)
		e.Pacing = append(e.Pacing, p)
	case QueuedDelay:
		e.addLatency(s, o)
	case FrozenFor:
		e.Freeze = judgeFreeze(s, o.Run)
	case AsFast:
		e.Fastest = judgeFastest(o.Run)
	case HigherRate:
		e.Pacing = append(e.Pacing, judgePacing(s, o.Run, o.Idle))
	}
}

// addLatency judges a step's latencies. A second try, which may be for the pacing's sake, spoils nothing that was within
// its bounds.
func (e *Engine) addLatency(s Step, o Observation) (arrived *Lateness) {
	l, arrived := judgeLatency(s, o.Run, o.Answers)
	switch old := e.latency(l.Server); {
	case old == nil:
		e.Latency = append(e.Latency, l)
	case l.Within:
		*old = l
	}
	return arrived
}

func (e *Engine) latency(server string) *Latency {
	for i := range e.Latency {
		if e.Latency[i].Server == server {
			return &e.Latency[i]
		}
	}
	return nil
}

// Report returns the judgement so far. When, where and whether to the end it was made, the caller knows.
func (c *Check) Report() *Report {
	r := c.report
	r.Engines = slices.Clone(r.Engines)
	for i := range r.Engines {
		e := &r.Engines[i]
		if _, more := c.next(e); more {
			continue
		}
		rate := e.trustedRate()
		e.TrustedRate = &rate
		if r.Trusted == nil || rate > r.Trusted.Rate {
			r.Trusted = &Trust{Engine: e.Name, Rate: rate}
		}
	}
	return &r
}
