package capacity

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"gonum.org/v1/gonum/mathext"
)

// Purpose says what a step is for.
type Purpose string

// The purposes of steps, in the order in which a search takes them.
const (
	Staircase    Purpose = "staircase"    // closed: so many users, for the scalability law
	Growing      Purpose = "growth"       // upward by a factor until a step fails
	Bisection    Purpose = "bisection"    // between the highest that holds and the lowest that does not
	Edge         Purpose = "edge"         // again, beside the edge that was found
	Overload     Purpose = "overload"     // above the edge, for the rate at saturation
	Light        Purpose = "light load"   // at half of the saturation, to hold against it what light load foretells
	Bursts       Purpose = "bursts"       // as light, but in bursts: what a request takes of a resource that is busy already
	Confirmation Purpose = "confirmation" // longer, where the objective should just hold
)

// Step is what is to be driven next: WarmUp and Hold at the rate (Poisson arrivals), or with so many users; then nothing
// for CoolDown. With a Burst the requests of the hold come at twice the rate for as long as that, and for as long not at all.
type Step struct {
	Purpose  Purpose       `json:"purpose"`
	Rate     float64       `json:"rate,omitempty"`  // requests/s; 0 in the closed model
	Users    int           `json:"users,omitempty"` // closed model without think time
	WarmUp   time.Duration `json:"-"`
	Hold     time.Duration `json:"hold_ns"`
	Burst    time.Duration `json:"burst_ns,omitempty"`
	CoolDown time.Duration `json:"-"`
}

// Reason is what keeps a step from holding, or from being judged.
type Reason string

// The reasons; a step that holds has none.
const (
	Interrupted   Reason = "interrupted"
	OwnProcessors Reason = "own processors" // bench's own were the limit
	TooLate       Reason = "too late"       // bench or its host was, to tell
	NotSent       Reason = "not sent"       // bench did not send what it was to send
	Behind        Reason = "behind"         // the backlog grows
	ServedLess    Reason = "served less"    // than was offered
	Missed        Reason = "missed"         // an objective is
	Unsure        Reason = "unsure"         // an objective is missed or not, by what bench did late
	TooFew        Reason = "too few"        // requests are of an objective
)

// Measurement is a step with what was measured of it.
type Measurement struct {
	Step
	Offered  float64       `json:"offered"` // requests/s that were due
	Served   float64       `json:"served"`  // successes finished per second of the hold
	Mean     time.Duration `json:"mean_ns"`
	P50      time.Duration `json:"p50_ns"`
	P99      time.Duration `json:"p99_ns"`
	AtLeast  bool          `json:"p99_at_least,omitempty"` // P99 is a lower bound
	Errors   float64       `json:"errors"`                 // share of the due that failed or never finished
	Growth   float64       `json:"backlog_growth"`         // requests/s by which the backlog grew
	CPU      *float64      `json:"cpu,omitempty"`          // processors that the target kept busy; nil: not measured
	BytesOut float64       `json:"bytes_per_request"`      // body bytes that the target sent for each success
	Holds    bool          `json:"holds"`
	Reason   Reason        `json:"reason,omitempty"` // what keeps the step from holding; "" where it holds, and in files of before
	Why      string        `json:"why"`              // the same in words
	Verdict  string        `json:"verdict"`

	Undecided bool     `json:"undecided,omitempty"` // whether it holds cannot be told: too few requests were of an objective, or what bench did late could change the answer
	Disturbed float64  `json:"disturbed,omitempty"` // share (0-1) of the requests that bench's own lateness disturbed
	Target    *Target  `json:"target,omitempty"`    // what the target did, whatever bench did; nil of runs in which that was not kept
	Generator *float64 `json:"generator,omitempty"` // share (0-1) of its own processors that bench used; nil: not measured

	// ServerTiming is what the target said of its own time, by the requests that were due in the hold.
	ServerTiming []runfile.ServerTiming `json:"server_timing,omitempty"`

	spoiled bool
	own     bool // spoiled, as bench's own processors were the limit
	late    bool // it fails by what it served, or by its backlog, whatever the objective says
	fails   bool // and by more than chance may do
	at      time.Duration
	due     float64   // requests
	samples []float64 // requests that each objective is about
	tooFew  bool      // there are too few of them
	few     string    // the same in words
	short   bool      // undecided for that
	totals  []tally   // of each objective that is a share
	seconds [][]tally // of each objective that is a share and about all requests, by second
	served  []float64 // successes finished in each whole second
	answers Responses
	took    runfile.Dist // what answers counts
}

// Target are response times without bench's own lateness, of the requests that it did not disturb: what is modelled.
type Target struct {
	P50     time.Duration `json:"p50_ns"`
	P99     time.Duration `json:"p99_ns"`
	AtLeast bool          `json:"p99_at_least,omitempty"` // P99 is a lower bound
}

func limitOf(t runfile.Threshold) time.Duration { return time.Duration(t.Limit) }

// measure judges a run as a step; loops are those of the wire engine, 0 where their number is not known. A step holds if
// every objective is met, what was served is what was offered, and the backlog does not grow: above capacity an open loop
// never settles, so a percentile of a short step would lie. Only a success is served: what is refused at once, or given up
// on, is offered and no more.
func measure(s Step, r *runfile.Run, objectives []runfile.Threshold, loops int) Measurement {
	p := &r.Overall
	m := Measurement{
		Step: s, Offered: p.Offered.Rate, Served: p.Achieved.Rate,
		Mean: p.ResponseTime.MeanNS, P50: p.ResponseTime.P50NS, P99: p.ResponseTime.P99NS,
		AtLeast:      p.ResponseTime.IsLowerBound("p99_ns"),
		ServerTiming: p.ServerTiming,
		Verdict:      string(r.Verdict.Kind), spoiled: spoiled(r),
	}
	if t := p.TargetTime; t != nil {
		m.Target = &Target{t.Undisturbed.P50NS, t.Undisturbed.P99NS, t.Undisturbed.IsLowerBound("p99_ns")}
		m.Disturbed = float64(p.Disturbed) / float64(max(p.Requests.Due, 1))
	}
	length := p.DurationNS.Seconds()
	if m.due = float64(p.Requests.Due); m.due > 0 {
		m.Errors = 1 - float64(p.Requests.Succeeded)/m.due
	}
	if p.Requests.Succeeded > 0 {
		m.BytesOut = float64(p.Bytes.In) / float64(p.Requests.Succeeded)
	}
	if length > 0 {
		m.CPU = perSecond(p.CPU.Target, length)
		m.Generator = perSecond(p.CPU.Generator, length*float64(generatorProcessors(r, loops, s.Users)))
	}
	if s.Burst > 0 {
		m.ofBursts(r)
		return m
	}
	start, backlog := hold(r)
	if length > 0 {
		m.Growth = (float64(p.Backlog.End) - float64(p.Backlog.Start)) / length
		m.took = *ofTarget(&p.ResponseTime, p.TargetTime)
		// Those that the distributions hold, disturbed or not, are what arrives: what is refused at once does not queue.
		m.answers = counted(float64(p.ResponseTime.Count)/length, &m.took)
	}
	for _, t := range objectives {
		n := samplesOf(t, r)
		if m.samples = append(m.samples, n.n); n.n < fewestOf(t) && !m.tooFew {
			m.tooFew, m.few = true, fmt.Sprintf("%.0f of its %.0f requests are what %s is about, too few to tell", n.n, m.due, t.Text)
		}
		if _, ok := allowed(t); ok {
			m.totals = append(m.totals, n)
			m.seconds = append(m.seconds, bySecond(t, r, start))
		}
	}
	m.served = servedBySecond(r, start)
	m.own = s.Users > 0 && m.Generator != nil && *m.Generator >= saturated
	m.spoiled = m.spoiled || m.own
	m.judge(r, objectives, backlog)
	m.decide(objectives)
	return m
}

// spoiled reports whether what was to be driven was not, by bench's doing. Of a run that does not tell what the target did
// without bench's lateness, its verdict does.
func spoiled(r *runfile.Run) bool {
	return !r.Delivered() || !r.HasTargetTime() && r.Verdict.Kind.Spoiled()
}

// ofTarget is the distribution that tells of the target: its own time of undisturbed requests, or where that was not kept the
// response time.
func ofTarget(response *runfile.Dist, t *runfile.TargetTime) *runfile.Dist {
	if t == nil {
		return response
	}
	return &t.Undisturbed
}

// saturated is the share of its own processors from which on bench is what limits a closed step.
const saturated = 0.95

// generatorProcessors is how many processors bench can use: those it has, and of the wire engine one for each loop, of which
// there are no more than users, where there are any.
func generatorProcessors(r *runfile.Run, loops, users int) int {
	n := len(r.Environment.GeneratorCPUs)
	if n == 0 {
		n = r.Environment.Processors
	}
	if loops > 0 && r.Plan.Engine == runfile.EngineWire {
		n = min(n, loops)
		if users > 0 {
			n = min(n, users)
		}
	}
	return max(n, 1)
}

func perSecond(used *time.Duration, seconds float64) *float64 {
	if used == nil {
		return nil
	}
	rate := used.Seconds() / seconds
	return &rate
}

// atOnce is how far the failures of a step may be from having ended in the second in which they were due, as a share of
// what was served, for its seconds to be told by that.
const atOnce = 0.01

// servedBySecond returns the successes that finished in each whole second of the hold. A run file counts by the second what
// finished, refusals and failures too, and by intended time what failed. Of failures that end as soon as they are due the
// difference is what was served; of others each second is taken to have the share of successes that the hold has.
func servedBySecond(r *runfile.Run, start time.Duration) (served []float64) {
	p := &r.Overall
	var finished []float64
	for i := range r.Intervals {
		if iv := &r.Intervals[i]; iv.StartNS >= start && iv.StartNS+time.Second <= start+p.DurationNS {
			finished = append(finished, float64(iv.Finished))
			served = append(served, max(0, float64(iv.Finished)-float64(iv.Failed)))
		}
	}
	mean, _ := meanOf(served)
	if math.Abs(mean-p.Achieved.Rate) <= atOnce*p.Achieved.Rate {
		return served
	}
	all, _ := meanOf(finished)
	for i := range served {
		if served[i] = 0; all > 0 {
			served[i] = finished[i] * p.Achieved.Rate / all
		}
	}
	return served
}

// keptUp is the share of what bursts offered that must have been served, or they were no light load.
const keptUp = 0.97

// ofBursts judges a step that is asked for nothing but what its requests cost: that some were sent a little late changes
// nothing of that.
func (m *Measurement) ofBursts(r *runfile.Run) {
	switch {
	case r.Interrupted:
		m.not(Interrupted, "it was interrupted")
	case m.Served < keptUp*m.Offered:
		m.not(ServedLess, "it served %.4g/s of %.4g/s", m.Served, m.Offered)
	default:
		m.Holds, m.spoiled, m.Verdict = true, false, string(runfile.Valid)
		return
	}
	m.spoiled = true
}

// hold returns where the first phase that is no warm-up begins, and the backlog then and at the end of each of its seconds.
func hold(r *runfile.Run) (start time.Duration, backlog []float64) {
	for _, p := range r.Phases {
		if p.Kind != "warmup" {
			start = p.StartNS
			break
		}
	}
	for _, iv := range r.Intervals {
		if at := iv.StartNS + time.Second; at >= start && at <= start+r.Overall.DurationNS {
			backlog = append(backlog, float64(iv.Backlog))
		}
	}
	return start, backlog
}

// bySecond counts by second; of one endpoint, or of service times, nothing is kept by second that could be counted so.
func bySecond(t runfile.Threshold, r *runfile.Run, start time.Duration) []tally {
	var list []tally
	if t.Endpoint != "" || t.Duration == "service" {
		return nil
	}
	for i := range r.Intervals {
		iv := &r.Intervals[i]
		if iv.StartNS < start || iv.StartNS >= start+r.Overall.DurationNS {
			continue
		}
		list = append(list, tallied(t, iv.Due, iv.Due-min(iv.Due, iv.OK), ofTarget(&iv.ResponseTime, iv.TargetTime)))
	}
	return list
}

// The bounds of a step's own judgement; that of the backlog's trend is a run's, [runfile.RisingLevel].
const (
	shortShare = 0.01 // of what was due
	shortSigma = 4    // standard deviations of what is outstanding at a step's ends
	fewestEnds = 5    // backlogs that can be ordered so that chance is ruled out
)

// judge fills in whether the step holds, and why not.
func (m *Measurement) judge(r *runfile.Run, objectives []runfile.Threshold, backlog []float64) {
	p := &r.Overall
	due, growth := float64(p.Requests.Due), float64(p.Backlog.End)-float64(p.Backlog.Start)
	slack := shortShare*due + shortSigma*math.Sqrt(1+float64(max(p.Backlog.Start, min(p.Backlog.End, p.Backlog.Start+16))))
	failedOf := 0.0 // errors that the objectives allow
	for _, t := range objectives {
		if t.Metric == runfile.MetricErrors {
			failedOf = max(failedOf, t.Limit)
		}
	}
	switch short := due*(1-failedOf) - float64(p.Achieved.Count) - heldUp(r) - failedByBurst(p); {
	case m.own:
		m.not(OwnProcessors, "bench used %.0f %% of its own processors, which limited it", *m.Generator*100)
	case m.spoiled && r.Delivered():
		m.not(TooLate, "%s: bench or its host was too late to tell", r.Verdict.Kind)
	case m.spoiled:
		m.not(NotSent, "%s: bench did not send what it was to send", r.Verdict.Kind)
	case r.Interrupted:
		m.not(Interrupted, "it was interrupted")
	case m.Users == 0 && growth > slack && growth > shortSigma*math.Sqrt(m.Offered) &&
		(len(backlog) < fewestEnds || runfile.Rising(backlog) < runfile.RisingLevel):
		m.late = true
		m.not(Behind, "the backlog grows by %.3g requests/s", m.Growth)
	case m.Users == 0 && short > slack && short > shortSigma*math.Sqrt(m.Offered):
		m.late = true
		m.not(ServedLess, "it served %.4g/s of %.4g/s", m.Served, m.Offered)
	default:
		m.judgeObjectives(r, objectives)
	}
	m.Holds = m.Reason == ""
}

// not says what keeps the step from holding.
func (m *Measurement) not(reason Reason, format string, args ...any) {
	m.Reason, m.Why = reason, fmt.Sprintf(format, args...)
}

// judgeObjectives judges by bounds: one that is certainly missed decides, whatever of the others cannot be told.
func (m *Measurement) judgeObjectives(r *runfile.Run, objectives []runfile.Threshold) {
	for i, t := range objectives {
		judged := t.Judge(r)
		switch {
		case judged.Passed || m.samples[i] == 0:
		case judged.Undecided:
			if !m.Undecided {
				m.Undecided, m.Reason, m.Why = true, Unsure, judged.Sentence
			}
		default:
			m.Undecided, m.Reason, m.Why = false, Missed, judged.Sentence
			return
		}
	}
}

// failedByBurst is how many of the requests that bench's lateness disturbed failed beyond the share of the others: a burst that
// catches up is refused where the steady rate is not.
func failedByBurst(p *runfile.Phase) float64 {
	t := p.TargetTime
	if t == nil || p.Disturbed == 0 || p.Disturbed >= p.Requests.Due {
		return 0
	}
	failed := func(due uint64, d *runfile.Dist) float64 {
		answered := d.Count
		if d.Censored != nil {
			answered -= d.Censored.Count
		}
		return float64(due - min(due, answered))
	}
	calm := p.Requests.Due - p.Disturbed
	share := failed(calm, &t.Undisturbed) / float64(calm)
	return max(0, failed(p.Disturbed, &t.Disturbed)-share*float64(p.Disturbed))
}

// heldUp is how many requests were unfinished at the end of a step at most because bench was late in sending them.
func heldUp(r *runfile.Run) (n float64) {
	if r.Disturbances == nil {
		return 0
	}
	p := &r.Overall
	end := p.StartNS + p.DurationNS
	for _, s := range r.Disturbances.Spans {
		if over := s.AtNS + s.DurationNS; s.AtNS < end && over+max(p.ServiceTime.P99NS, s.DurationNS) > end {
			n += p.Offered.Rate * s.DurationNS.Seconds()
		}
	}
	return n
}

// usualClusters is the clustering (see there) that is taken before it is known.
const usualClusters = 3

// decide says whether a step that does not hold fails by more than chance may do: of 100 requests a P99 is only the
// slowest. Where an objective is no share there is no telling, and it fails. A step that does not fail, and in which an
// objective has too few requests, is undecided.
func (m *Measurement) decide(objectives []runfile.Threshold) {
	m.fails = !m.Holds && !m.Undecided && !m.spoiled && m.Reason != Interrupted
	if m.fails && !m.late && len(m.totals) == len(objectives) {
		m.fails = m.failsShare(objectives)
	}
	if m.tooFew && !m.fails && !m.spoiled && m.Reason != Interrupted {
		m.Undecided, m.Holds, m.short, m.Reason, m.Why = true, false, true, TooFew, m.few
	}
}

// failsShare reports whether an objective that is a share is broken by more than chance may do.
func (m *Measurement) failsShare(objectives []runfile.Threshold) bool {
	i := 0
	for _, t := range objectives {
		share, ok := allowed(t)
		if !ok {
			continue
		}
		n, x := m.totals[i].n/usualClusters, m.totals[i].x/usualClusters
		i++
		// The chance of x or more of n at the allowed share, Poisson.
		if x > 0 && mathext.GammaIncReg(x, share*n) < chance {
			return true
		}
	}
	return false
}

const chance = 0.05
