package capacity

import (
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Options are the limits of a search. A zero field takes its default; Objectives has no default.
type Options struct {
	Objectives []runfile.Threshold
	Start      float64       // requests/s, or journeys/s as all rates, of the first step; default 20, or a sixteenth of the staircase's throughput
	Most       float64       // highest rate to try, in requests/s; default: no limit
	Resolution float64       // half-width of the interval at which bisection ends, as a share of the rate; default 0.02
	Step       time.Duration // hold of a step; default 4 s, or 5 s of journeys, whose backlog has no trend in less
	Confirm    time.Duration // hold of the confirmation; default 25 s
	Budget     time.Duration // for all steps together; default 160 s
	Users      []int         // numbers of users of the closed staircase before the search; default: no staircase
	Loops      int           // loops of the wire engine; default 0: not known

	Unit  Unit          // unit of the driven load
	Level time.Duration // time from the first arrivals until the load of journeys is level, by their think times; least warm-up of a step
	Tail  time.Duration // time from the last arrivals until the last journey ends, by their think times
}

func (o Options) withDefaults() Options {
	defaults := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	if o.Unit == Journeys {
		defaults(&o.Step, 5*time.Second)
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
	leastRate     = 0.25 // lowest rate to try, in requests/s
	mostBisect    = 5
	edgeRepeats   = 2
	mostConfirms  = 3
	overloadBy    = 1.25
	warmUp        = time.Second
	coolDown      = 500 * time.Millisecond
	userWarmUp    = 500 * time.Millisecond
	userHold      = 1500 * time.Millisecond
	nearEdge      = 0.3 // distance from the edge, in log rates, within which counts locate it
	spoiledTries  = 3   // tries of one rate, and then of rates below it
	overloadSteps = 2   // times Step
	lightSteps    = 2.5 // times Step, at least: the number of workers follows from how seldom requests wait
	mostLight     = 4.5 // times Step, where time is left
	lightPart     = 0.57
	burstPart     = 0.54 // mean; twice that within bursts
	burstAtLeast  = 200 * time.Millisecond
	burstAtMost   = 500 * time.Millisecond
	burstRequests = 20

	lateDrain = 2 * time.Second // time to wait for the last answers of a step that fell behind
)

// Outcome says how a search ended.
type Outcome string

// The outcomes of a search.
const (
	Found       Outcome = "found"
	Everywhere  Outcome = "met everywhere"    // up to Most, or up to the highest step: a lower bound
	Nowhere     Outcome = "met nowhere"       // not even at the lowest rate
	Limited     Outcome = "limited"           // bench or its host was too late for higher rates: a lower bound
	OutOfTime   Outcome = "out of time"       // the budget ended before a rate failed: a lower bound
	Unconfirmed Outcome = "found, not proven" // no confirmation held, or the time did not allow one
	Undecided   Outcome = "undecided"         // no rate was decided: an objective had too few requests
)

// Search finds the highest rate that meets its objectives. Drive the step that Next returns and Add its run, until Next says
// done. A Search sends nothing and reads no clock, so it can be tested on simulated services.
//
// Where journeys of several requests are driven, a rate is of journeys; see [Journeys] for what is left out.
//
// Rates grow by a factor from a low one until a step fails. Then steps at the median of the edge's posterior (see edgeOf)
// bracket the edge, and steps near it are repeated. One step overloads the service for its saturation. Steps at light load,
// twice in bursts or once evenly, follow where they improve the prediction. A longer step confirms a rate just below the
// edge.
type Search struct {
	options Options
	steps   []Measurement
	asked   Step
	elapsed time.Duration

	endpoints []string // endpoints in the steps' requests
}

// NewSearch returns a search.
func NewSearch(o Options) *Search { return &Search{options: o.withDefaults()} }

// Steps returns what has been measured, in order.
func (s *Search) Steps() []Measurement { return append([]Measurement{}, s.steps...) }

// Add adds the run of the step that Next returned last.
func (s *Search) Add(r *runfile.Run) {
	s.name(r)
	if r.Tail != nil {
		s.asked.Tail = r.Tail.DurationNS
	}
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
	s.elapsed += m.Hold + m.Tail + m.CoolDown
	if m.late && m.Unit == Requests { // of journeys it is in the tail
		s.elapsed += lateDrain
	}
	s.steps = append(s.steps, m)
}

// Next returns the next step to drive; done is true when the search is over.
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
	step := Step{Purpose: p, Unit: s.options.Unit, Rate: rate, WarmUp: s.warmUp(), Hold: hold, Tail: s.options.Tail, CoolDown: coolDown}
	if p != Growing && p != Overload {
		step.WarmUp = s.settling()
	}
	return step, true
}

// warmUp is the least time after which a step is measured.
func (s *Search) warmUp() time.Duration { return max(warmUp, s.options.Level) }

// after is the time between the hold of a step and the next step.
func (s *Search) after() time.Duration { return s.options.Tail + coolDown }

// Least returns about the shortest time in which a search with these options finds an edge and confirms it, and the time that it has.
func (o Options) Least() (least, budget time.Duration) {
	s := NewSearch(o)
	staircase := time.Duration(len(o.Users)) * (userWarmUp + userHold + coolDown/2)
	return staircase + fewestSteps*(s.settling()+s.options.Step+s.after()), s.options.Budget
}

// fewestSteps are three that grow, one between them and one that confirms.
const fewestSteps = 5

// settling is the time in which an empty queue reaches its usual length near the edge: about ten times the allowed response
// time, in whole seconds, as counts are by second.
func (s *Search) settling() time.Duration {
	var limit time.Duration
	for _, t := range s.options.Objectives {
		if t.Metric == runfile.MetricPercentile {
			limit = max(limit, limitOf(t))
		}
	}
	return max(min((25*limit).Round(time.Second), 4*time.Second), s.warmUp())
}

// growth is the factor to the next step: greater as long as no figure comes near a limit.
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

// choose returns the next step as a function of all measurements, so that a search has no other state.
func (s *Search) choose() (Step, bool) {
	if users, more := s.nextUsers(); more {
		return Step{Purpose: Staircase, Unit: s.options.Unit, Users: users, WarmUp: userWarmUp, Hold: userHold, CoolDown: coolDown / 2}, true
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
	switch short := s.warmUp() + s.options.Step + s.after(); {
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

// refine returns the next step once some rate holds and another fails.
func (s *Search) refine(room time.Duration) (Step, bool) {
	warm := s.settling()
	edge := s.edge()
	low, middle, high := edge.quantile(0.025), edge.quantile(0.5), edge.quantile(0.975)
	step, confirm := warm+s.lengthened(middle, s.options.Step)+s.after(), warm+s.options.Confirm+s.after()
	repeats, confirms := s.driven(Edge), s.driven(Confirmation)
	spare := room - confirm
	// Light steps leave time for a second confirmation where possible.
	light := min(max(spare-warm-coolDown-confirm*2/3, times(s.options.Step, lightSteps)), times(s.options.Step, mostLight)).Truncate(time.Second)
	switch {
	case confirms == 0 && s.wantsBursts(1) && spare >= warmUp+s.options.Step+coolDown:
		return s.bursts(), true
	case confirms == 0 && repeats == 0 && s.driven(Bisection) < mostBisect && high/low > 1+2*s.options.Resolution && spare >= step:
		return s.step(Bisection, middle, s.options.Step)
	case confirms == 0 && repeats < edgeRepeats && spare >= step+s.options.Step:
		// One step on either side, where the answer is still open.
		return s.step(Edge, edge.quantile(0.25+0.5*float64(repeats)), 2*s.options.Step)
	case s.options.Unit == Requests && s.driven(Overload) == 0 && confirms == 0 && !s.saturated() && spare >= step+s.options.Step:
		return s.step(Overload, overloadBy*s.bestServed(high), overloadSteps*s.options.Step)
	case confirms == 0 && s.wantsBursts(2) && spare >= warmUp+s.options.Step+coolDown:
		return s.bursts(), true
	case s.driven(Light) == 0 && confirms == 0 && spare >= warm+light+coolDown && !s.lightTells():
		return s.step(Light, lightPart*saturationOf(s.steps).Rate, light)
	case confirms == 0 && room >= warm+s.options.Step+s.options.Tail:
		return s.step(Confirmation, edge.quantile(0.2), min(s.options.Confirm, room-warm-s.options.Tail).Truncate(time.Second))
	case confirms > 0 && confirms < mostConfirms && !s.last(Confirmation).Holds && room >= confirm*2/3:
		return s.step(Confirmation, min(edge.quantile(0.1), s.last(Confirmation).Rate*(1-s.options.Resolution)), min(s.options.Confirm, room-warm-s.options.Tail).Truncate(time.Second))
	}
	return Step{}, false
}

// wantsBursts reports whether the next step should come in bursts, which show the demand at a busy resource: as soon as the
// saturation is known, and once more at the end so that the interval includes the drift of the machine's speed.
func (s *Search) wantsBursts(steps int) bool {
	full, had := saturationOf(s.steps).Rate, 0
	for _, m := range s.steps {
		if m.Purpose == Bursts {
			had++
		}
	}
	return had < steps && full > 0 && s.seen() && (s.options.Most == 0 || 2*burstPart*full <= s.options.Most)
}

// bursts is a step at light load in bursts of slightly more than the service can take. A burst is short, so that few
// requests are outstanding at its end, and has enough requests that most find the service busy.
func (s *Search) bursts() Step {
	rate := burstPart * saturationOf(s.steps).Rate
	burst := min(max(burstAtLeast, seconds(burstRequests/(2*rate))), burstAtMost).Round(10 * time.Millisecond)
	cycles := max(s.options.Step/(2*burst), 1)
	return Step{Purpose: Bursts, Rate: rate, WarmUp: warmUp, Hold: cycles * 2 * burst, CoolDown: coolDown, Burst: burst}
}

// afterSpoiled repeats a rate for which bench or its host was too late: a burst of other work spoils one step, not two.
// After that it searches for the lower bound between that rate and the highest that holds. If no rate holds yet, it goes up
// instead: one late request spoils a step of few requests, but not one of many.
func (s *Search) afterSpoiled(last Measurement) (Step, bool) {
	open := s.open()
	tries := 0
	for i := len(open) - 1; i >= 0 && open[i].spoiled; i-- {
		tries++
	}
	holds, _ := s.bracket()
	step := s.warmUp() + s.options.Step + s.after()
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
