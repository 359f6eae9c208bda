package capacity

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Options bound a search. A zero field but Objectives takes its default.
type Options struct {
	Objectives []runfile.Threshold
	Start      float64       // requests/s of the first step; default 20, or a sixteenth of what the staircase reached
	Most       float64       // requests/s that are never exceeded; default none
	Resolution float64       // half-width of the interval, as a share of the rate, that ends the bisection; default 0.02
	Step       time.Duration // hold of a step; default 4 s
	Confirm    time.Duration // hold of the confirmation; default 25 s
	Budget     time.Duration // for all steps together; default 160 s
	Users      []int         // of the closed staircase before the search; default none
	Loops      int           // of the wire engine that drives the steps; default not known
}

func (o Options) withDefaults() Options {
	defaults := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	defaults(&o.Step, 4*time.Second)
	defaults(&o.Confirm, 25*time.Second)
	defaults(&o.Budget, 160*time.Second)
	if o.Resolution == 0 {
		o.Resolution = 0.02
	}
	return o
}

// The shape of a search.
const (
	growthFactor  = 2
	shrinkFactor  = 4
	leastRate     = 0.25 // requests/s; nothing slower is tried
	mostBisect    = 5
	edgeRepeats   = 2
	mostConfirms  = 3
	overloadBy    = 1.25
	warmUp        = time.Second
	coolDown      = 500 * time.Millisecond
	userWarmUp    = 500 * time.Millisecond
	userHold      = 1500 * time.Millisecond
	nearEdge      = 0.3 // log rates within which counts say where the edge is
	spoiledTries  = 3   // of one rate, and then of rates below it
	overloadSteps = 2   // times Step
	lightSteps    = 2.5 // times Step, at least: what tells the number of workers is how seldom requests wait
	mostLight     = 4.5 // times Step, where time is left
	lightPart     = 0.57
	burstPart     = 0.54 // on average; in bursts twice that
	burstAtLeast  = 200 * time.Millisecond
	burstAtMost   = 500 * time.Millisecond
	burstRequests = 20

	lateDrain = 2 * time.Second // for which the last answers of a step that fell behind are awaited
)

// Outcome says how a search ended.
type Outcome string

// The outcomes of a search.
const (
	Found       Outcome = "found"
	Everywhere  Outcome = "met everywhere"    // up to Most, or as far as the steps went: a lower bound
	Nowhere     Outcome = "met nowhere"       // not even at the lowest rate
	Limited     Outcome = "limited"           // bench or its host was too late: a lower bound
	OutOfTime   Outcome = "out of time"       // the budget ended before there was an edge: a lower bound
	Unconfirmed Outcome = "found, not proven" // no confirmation held, or there was no time for one
	Undecided   Outcome = "undecided"         // no rate was told: too few requests were of an objective
)

// Search looks for the highest rate that meets its objectives, as ask and tell: drive what Next returns, Add what was
// measured, until Next says done. It sends nothing and reads no clock, so it can be tested on simulated services.
//
// Rates grow by a factor from a low one until a step fails; then the edge is bracketed by steps at the median of what is
// known of it (see edgeOf), steps beside it are repeated, the service is overloaded once for its saturation, and loaded
// lightly, twice in bursts or once evenly, where more can be foretold from that; a longer step confirms a rate just below the
// edge.
type Search struct {
	options Options
	steps   []Measurement
	asked   Step
	elapsed time.Duration

	endpoints []string // that the steps asked
}

// NewSearch returns a search.
func NewSearch(o Options) *Search { return &Search{options: o.withDefaults()} }

// Steps returns what has been measured, in order.
func (s *Search) Steps() []Measurement { return append([]Measurement{}, s.steps...) }

// Add adds the run of the step that Next returned last.
func (s *Search) Add(r *runfile.Run) {
	s.name(r)
	s.add(measure(s.asked, r, s.options.Objectives, s.options.Loops))
}

func (s *Search) name(r *runfile.Run) {
	s.endpoints = nil
	for _, e := range r.Plan.Endpoints {
		s.endpoints = append(s.endpoints, e.Name)
	}
}

func (s *Search) add(m Measurement) {
	s.elapsed += m.WarmUp
	m.at = s.elapsed + m.Hold/2
	s.elapsed += m.Hold + m.CoolDown
	if m.late {
		s.elapsed += lateDrain
	}
	s.steps = append(s.steps, m)
}

// Next returns the step to drive next; done where there is none.
func (s *Search) Next() (step Step, done bool) {
	s.asked = Step{}
	step, ok := s.choose()
	if !ok {
		return Step{}, true
	}
	if most := s.options.Most; most > 0 {
		step.Rate = min(step.Rate, most)
	}
	s.asked = step
	return step, false
}

func (s *Search) step(p Purpose, rate float64, hold time.Duration) (Step, bool) {
	hold = s.lengthened(rate, hold)
	step := Step{Purpose: p, Rate: rate, WarmUp: warmUp, Hold: hold, CoolDown: coolDown}
	if p != Growing && p != Overload {
		step.WarmUp = s.settling()
	}
	return step, true
}

// settling is how long a queue near its edge takes from empty to its usual length: some ten times the response time that
// is allowed, and as the seconds are counted, whole ones.
func (s *Search) settling() time.Duration {
	var limit time.Duration
	for _, t := range s.options.Objectives {
		if t.Metric == runfile.MetricPercentile {
			limit = max(limit, limitOf(t))
		}
	}
	return min(max((25*limit).Round(time.Second), warmUp), 4*time.Second)
}

// growth is the factor to the next step: more while nothing comes near a limit.
func (s *Search) growth(holds float64) float64 {
	for _, m := range s.open() {
		if m.Rate != holds {
			continue
		}
		for i, t := range s.options.Objectives {
			if t.Metric != runfile.MetricPercentile || i < len(m.totals) && m.totals[i].x > 0 || m.took.P99NS > limitOf(t)/2 {
				return growthFactor
			}
		}
	}
	return growthFactor * growthFactor
}

// choose decides from all that was measured, so that a search has no state of its own to get wrong.
func (s *Search) choose() (Step, bool) {
	if users, more := s.nextUsers(); more {
		return Step{Purpose: Staircase, Users: users, WarmUp: userWarmUp, Hold: userHold, CoolDown: coolDown / 2}, true
	}
	if len(s.steps) > 0 && s.steps[len(s.steps)-1].Reason == Interrupted {
		return Step{}, false
	}
	open := s.open()
	if len(open) == 0 {
		return s.step(Growing, s.start(), s.options.Step)
	}
	if last := open[len(open)-1]; last.spoiled {
		return s.afterSpoiled(last)
	}
	holds, fails := s.bracket()
	room := s.options.Budget - s.elapsed
	if last := open[len(open)-1]; last.short {
		return s.afterUndecided(last, fails, room)
	}
	switch short := warmUp + s.options.Step + coolDown; {
	case holds == 0 && fails/shrinkFactor < leastRate:
		return Step{}, false
	case fails == 0 && s.options.Most > 0 && holds >= s.options.Most:
		return Step{}, false
	case (holds == 0 || fails == 0) && room < short:
		return Step{}, false
	case holds == 0:
		return s.step(Growing, fails/shrinkFactor, s.options.Step)
	case fails == 0:
		return s.step(Growing, holds*s.growth(holds), s.options.Step)
	}
	return s.refine(room)
}

// refine goes on where some rate holds and some other fails.
func (s *Search) refine(room time.Duration) (Step, bool) {
	warm := s.settling()
	edge := s.edge()
	low, middle, high := edge.quantile(0.025), edge.quantile(0.5), edge.quantile(0.975)
	step, confirm := warm+s.lengthened(middle, s.options.Step)+coolDown, warm+s.options.Confirm+coolDown
	repeats, confirms := s.count(Edge), s.count(Confirmation)
	spare := room - confirm
	// Time for a second confirmation is left, if there is any.
	light := min(max(spare-warm-coolDown-confirm*2/3, times(s.options.Step, lightSteps)), times(s.options.Step, mostLight)).Truncate(time.Second)
	switch {
	case confirms == 0 && s.wantsBursts(1) && spare >= warmUp+s.options.Step+coolDown:
		return s.bursts(), true
	case confirms == 0 && repeats == 0 && s.count(Bisection) < mostBisect && high/low > 1+2*s.options.Resolution && spare >= step:
		return s.step(Bisection, middle, s.options.Step)
	case confirms == 0 && repeats < edgeRepeats && spare >= step+s.options.Step:
		// One step on either side, where the answer is still open.
		return s.step(Edge, edge.quantile(0.25+0.5*float64(repeats)), 2*s.options.Step)
	case s.count(Overload) == 0 && confirms == 0 && !s.saturated() && spare >= step+s.options.Step:
		return s.step(Overload, overloadBy*s.bestServed(high), overloadSteps*s.options.Step)
	case confirms == 0 && s.wantsBursts(2) && spare >= warmUp+s.options.Step+coolDown:
		return s.bursts(), true
	case s.count(Light) == 0 && confirms == 0 && spare >= warm+light+coolDown && !s.lightTells():
		return s.step(Light, lightPart*saturationOf(s.steps).Rate, light)
	case confirms == 0 && room >= warm+s.options.Step:
		return s.step(Confirmation, edge.quantile(0.2), min(s.options.Confirm, room-warm).Truncate(time.Second))
	case confirms > 0 && confirms < mostConfirms && !s.last(Confirmation).Holds && room >= confirm*2/3:
		return s.step(Confirmation, min(edge.quantile(0.1), s.last(Confirmation).Rate*(1-s.options.Resolution)), min(s.options.Confirm, room-warm).Truncate(time.Second))
	}
	return Step{}, false
}

// wantsBursts reports whether bursts would tell what a request takes of a resource that is busy: where it may be loaded so,
// as soon as the saturation is known and once more at the end, as a machine's speed drifts and an interval is to tell of it.
func (s *Search) wantsBursts(steps int) bool {
	full, had := saturationOf(s.steps).Rate, 0
	for _, m := range s.steps {
		if m.Purpose == Bursts {
			had++
		}
	}
	return had < steps && full > 0 && s.seen() && (s.options.Most == 0 || 2*burstPart*full <= s.options.Most)
}

// bursts is a step at light load whose requests come in bursts of somewhat more than the service can take, each of them so
// short that little is outstanding at its end, and of so many requests that most find it busy.
func (s *Search) bursts() Step {
	rate := burstPart * saturationOf(s.steps).Rate
	burst := min(max(burstAtLeast, seconds(burstRequests/(2*rate))), burstAtMost).Round(10 * time.Millisecond)
	cycles := max(s.options.Step/(2*burst), 1)
	return Step{Purpose: Bursts, Rate: rate, WarmUp: warmUp, Hold: cycles * 2 * burst, CoolDown: coolDown, Burst: burst}
}

// afterSpoiled tries a rate again that bench or its host was too late for: a burst of other work spoils one step, and not
// two. Then it looks for the lower bound between that rate and the highest that holds. Where none was measured yet, it goes up
// instead: of a few requests one that is late spoils the step, of more it does not.
func (s *Search) afterSpoiled(last Measurement) (Step, bool) {
	open := s.open()
	tries := 0
	for i := len(open) - 1; i >= 0 && open[i].spoiled; i-- {
		tries++
	}
	holds, _ := s.bracket()
	step := warmUp + s.options.Step + coolDown
	switch {
	case s.options.Budget-s.elapsed < step:
		return Step{}, false
	case tries < spoiledTries:
		again := last.Step
		return again, true
	case tries < 2*spoiledTries && holds > 0 && last.Rate > 1.05*holds:
		return s.step(last.Purpose, math.Sqrt(holds*last.Rate), last.Hold)
	case tries < 2*spoiledTries && len(open) == tries:
		return s.step(last.Purpose, growthFactor*last.Rate, last.Hold)
	}
	return Step{}, false
}

func times(d time.Duration, n float64) time.Duration { return time.Duration(n * float64(d)) }
