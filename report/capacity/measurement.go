package capacity

import (
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/mathext"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// Purpose is the purpose of a step.
type Purpose string

// The purposes of steps, in the order in which a search takes them.
const (
	Staircase    Purpose = "staircase"    // closed model with a number of users, for the scalability law
	Growing      Purpose = "growth"       // upward by a factor until a step fails
	Bisection    Purpose = "bisection"    // between the highest rate that holds and the lowest that does not
	Edge         Purpose = "edge"         // a repetition near the edge
	Overload     Purpose = "overload"     // above the edge, for the rate at saturation
	Light        Purpose = "light load"   // about half of the saturation, to check the prediction from light load
	Bursts       Purpose = "bursts"       // light load in bursts, for the demand of a request at a busy resource
	Confirmation Purpose = "confirmation" // a longer step where the objective should just hold
)

// Step is the next step to drive: WarmUp and Hold at the rate (Poisson arrivals) or with a number of users, then CoolDown
// without requests. With a Burst the hold alternates between twice the rate and no requests, each for the length of Burst.
type Step struct {
	Purpose  Purpose       `json:"purpose"`
	Unit     Unit          `json:"-"`               // of the rate; a file says it of all steps
	Rate     float64       `json:"rate,omitempty"`  // requests/s, or journeys/s; 0 in the closed model
	Users    int           `json:"users,omitempty"` // closed model without think time, between journeys and within them
	WarmUp   time.Duration `json:"-"`
	Hold     time.Duration `json:"hold_ns"`
	Burst    time.Duration `json:"burst_ns,omitempty"`
	Tail     time.Duration `json:"-"` // after the hold, until its journeys are at their ends
	CoolDown time.Duration `json:"-"`
}

// Reason is why a step does not hold, or cannot be judged.
type Reason string

// The reasons. A step that holds has the reason "".
const (
	Interrupted   Reason = "interrupted"
	OwnProcessors Reason = "own processors" // bench's own processors were the limit
	TooLate       Reason = "too late"       // bench or its host was too late for a verdict
	NotSent       Reason = "not sent"       // bench did not send all planned requests
	Behind        Reason = "behind"         // the backlog grows
	ServedLess    Reason = "served less"    // the service served less than was offered
	Missed        Reason = "missed"         // an objective is missed
	Unsure        Reason = "unsure"         // bench's own lateness could change whether an objective is met
	TooFew        Reason = "too few"        // an objective has too few requests
)

// Measurement is a step with its measured figures: of requests, or where the unit is [Journeys] of journeys and of journey time.
type Measurement struct {
	Step
	Offered  float64       `json:"offered"` // due requests/s, or journeys that arrived per second
	Served   float64       `json:"served"`  // successes finished per second of the hold; of journeys see [customers]
	Mean     time.Duration `json:"mean_ns"`
	P50      time.Duration `json:"p50_ns"`
	P99      time.Duration `json:"p99_ns"`
	AtLeast  bool          `json:"p99_at_least,omitempty"` // P99 is a lower bound
	Errors   float64       `json:"errors"`                 // share of due requests that failed or never finished, or of journeys that arrived and were not completed
	Growth   float64       `json:"backlog_growth"`         // growth of the backlog, in requests/s, of journeys too
	CPU      *float64      `json:"cpu,omitempty"`          // processors busy in the target; nil: not measured
	BytesOut float64       `json:"bytes_per_request"`      // body bytes from the target for each success, or for each journey
	Holds    bool          `json:"holds"`
	Reason   Reason        `json:"reason,omitempty"` // why the step does not hold; "" where it holds, and in older files
	Why      string        `json:"why"`              // the same in words
	Verdict  string        `json:"verdict"`

	Undecided bool     `json:"undecided,omitempty"` // undecided: an objective has too few requests, or bench's own lateness could change the answer
	Disturbed float64  `json:"disturbed,omitempty"` // share (0-1) of the requests, or journeys, that bench's own lateness disturbed
	Target    *Target  `json:"target,omitempty"`    // response times without bench's own lateness; nil: an older run without them
	Generator *float64 `json:"generator,omitempty"` // used share (0-1) of bench's own processors; nil: not measured

	// ServerTiming is the time in the target's Server-Timing headers, of requests due in the hold.
	ServerTiming []runfile.ServerTiming `json:"server_timing,omitempty"`

	spoiled bool
	own     bool // spoiled because bench's own processors were the limit
	late    bool // it fails by the served rate or the backlog, whatever the objectives say
	fails   bool // it fails by more than chance
	at      time.Duration
	due     float64   // requests or journeys
	done    float64   // of journeys: see [customers]
	samples []float64 // due requests, or journeys, of each objective
	tooFew  bool      // an objective has too few requests
	few     string    // the same in words
	short   bool      // undecided for that reason
	totals  []tally   // by objective that is a share
	seconds [][]tally // by objective that is a share of all requests, then by second
	served  []float64 // successes finished in each whole second
	answers Responses
	took    runfile.Dist // the response times behind answers
}

// Target is the response times of undisturbed requests, without bench's own lateness. The models use these.
type Target struct {
	P50     time.Duration `json:"p50_ns"`
	P99     time.Duration `json:"p99_ns"`
	AtLeast bool          `json:"p99_at_least,omitempty"` // P99 is a lower bound
}

func limitOf(t runfile.Threshold) time.Duration { return time.Duration(t.Limit) }

// measure judges a run as a step; loops is the number of the wire engine's loops, 0: not known. A step holds if every
// objective is met, the served rate is the offered rate, and the backlog does not grow: above capacity an open loop never
// settles, so a percentile of a short step would be too low. Only a success counts as served; a request that is refused or
// given up on counts as offered.
func measure(s Step, r *runfile.Run, objectives []runfile.Threshold, loops int) Measurement {
	p, of := &r.Overall, customersOf(r)
	s.Unit = of.unit
	m := Measurement{
		Step: s, Offered: of.offered, Served: of.served, due: float64(of.due), done: of.done,
		Mean: of.times.MeanNS, P50: of.times.P50NS, P99: of.times.P99NS,
		AtLeast:      of.times.Quantile(0.99).AtLeast,
		ServerTiming: p.ServerTiming,
		Verdict:      string(r.Verdict.Kind), spoiled: spoiled(r),
	}
	if t := of.undisturbed; t != nil {
		p99 := t.Quantile(0.99)
		m.Target, m.Disturbed = &Target{t.P50NS, p99.Value, p99.AtLeast}, of.disturbed
	}
	length := p.DurationNS.Seconds()
	if m.due > 0 {
		m.Errors = 1 - float64(of.completed)/m.due
	}
	if p.Requests.Succeeded > 0 {
		m.BytesOut = float64(p.Bytes.In) / float64(p.Requests.Succeeded) * of.requests
	}
	if length > 0 {
		m.CPU = perSecond(p.CPU.Target, length)
		m.Generator = perSecond(p.CPU.Generator, length*float64(generatorProcessors(r, loops, s.Users)))
	}
	if s.Burst > 0 {
		m.ofBursts(r)
		return m
	}
	start, backlog := backlogOf(r)
	if length > 0 {
		m.Growth = (float64(p.Backlog.End) - float64(p.Backlog.Start)) / length
		m.took = *of.target()
		if of.unit == Requests { // the models of response times are not of journeys
			// The arrival rate is that of the requests in the distributions, disturbed or not: a refused request does not queue.
			m.answers = classesOf(float64(p.ResponseTime.Count)/length, &m.took)
		}
	}
	for _, t := range objectives {
		n := samplesOf(t, r)
		about := max(n.n, float64(t.Judge(r).Samples)) // those that bench disturbed too
		if m.samples = append(m.samples, about); about < fewestOf(t) && !m.tooFew {
			m.tooFew, m.few = true, fmt.Sprintf("%.0f of its %.0f %ss are what %s is about, too few to tell", about, m.due, of.unit.One(), t.Text)
		}
		if _, ok := allowed(t); ok {
			m.totals = append(m.totals, n)
			m.seconds = append(m.seconds, bySecond(t, r, start))
		}
	}
	m.served = servedBySecond(r, start)
	m.own = s.Users > 0 && m.Generator != nil && *m.Generator >= saturated
	m.spoiled = m.spoiled || m.own
	m.judge(r, &of, objectives, backlog)
	m.decide(objectives)
	return m
}

// spoiled reports whether bench failed to drive the step as planned. An older run, without response times free of bench's
// lateness, is judged by its verdict.
func spoiled(r *runfile.Run) bool {
	return !r.Delivered() || !r.HasTargetTime() && r.Verdict.Kind.Spoiled()
}

// ofTarget is the distribution of the target's own times of undisturbed requests, or in an older run the response times.
func ofTarget(response *runfile.Dist, t *runfile.TargetTime) *runfile.Dist {
	if t == nil {
		return response
	}
	return &t.Undisturbed
}

// saturated is the used share of bench's own processors from which on bench limits a closed step.
const saturated = 0.95

// generatorProcessors is the number of processors that bench can use: at most those it has, with the wire engine one for each
// loop, and no more loops than users.
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

// atOnce is the tolerance of the test whether a step's failures ended in the second in which they were due, as a share of the
// served requests.
const atOnce = 0.01

// servedBySecond returns the successes that finished in each whole second of the hold. A run file has the finished requests
// by second, failures included, and the failed ones by intended time. If failures end as soon as they are due, the
// difference is the successes. Otherwise each second gets the hold's share of successes.
func servedBySecond(r *runfile.Run, start time.Duration) (served []float64) {
	p := &r.Overall
	var finished []float64
	if p.CountsJourneys() {
		return completedBySecond(r, start)
	}
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

// keptUp is the least served share of the requests in bursts for the step to count as light load.
const keptUp = 0.97

// ofBursts judges a step in bursts. It measures only the cost of requests, which slightly late sends do not change.
func (m *Measurement) ofBursts(r *runfile.Run) {
	switch {
	case r.Interrupted:
		m.not(Interrupted, "it was interrupted")
	case m.Served < keptUp*m.Offered:
		m.not(ServedLess, "it served %s of %s", units.Rate(m.Served), units.Rate(m.Offered))
	default:
		m.Holds, m.spoiled, m.Verdict = true, false, string(runfile.Valid)
		return
	}
	m.spoiled = true
}

// backlogOf returns the start of the first phase after the warm-up, and the backlog then and at the end of each of its seconds.
func backlogOf(r *runfile.Run) (start time.Duration, backlog []float64) {
	for _, p := range r.Phases {
		if p.Kind != profiles.Warmup {
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

// bySecond counts by second. It returns nil for one endpoint and for service times, which a run does not record by second.
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

// The limits by which a step is judged. The test of the backlog's trend uses [runfile.RisingLevel].
const (
	shortShare = 0.01 // share of the due requests
	shortSigma = 4    // standard deviations of the outstanding requests at a step's ends
	fewestEnds = 5    // fewest backlogs whose order can rule out chance
)

// judge fills in whether the step holds, and why not.
func (m *Measurement) judge(r *runfile.Run, of *customers, objectives []runfile.Threshold, backlog []float64) {
	p := &r.Overall
	growth := float64(p.Backlog.End) - float64(p.Backlog.Start)
	slack := func(due uint64) float64 {
		return shortShare*float64(due) + shortSigma*math.Sqrt(1+float64(max(p.Backlog.Start, min(p.Backlog.End, p.Backlog.Start+16))))
	}
	failedOf := 0.0 // errors that the objectives allow
	for _, t := range objectives {
		if t.Metric == runfile.MetricErrors {
			failedOf = max(failedOf, t.Limit)
		}
	}
	switch short := of.short(r, failedOf); {
	case m.own:
		m.not(OwnProcessors, "bench used %.0f %% of its own processors, which limited it", *m.Generator*100)
	case m.spoiled && r.Delivered():
		m.not(TooLate, "%s: bench or its host was too late to tell", r.Verdict.Kind)
	case m.spoiled:
		m.not(NotSent, "%s: bench did not send what it was to send", r.Verdict.Kind)
	case r.Interrupted:
		m.not(Interrupted, "it was interrupted")
	case m.Users == 0 && growth > slack(p.Requests.Due) && growth > shortSigma*math.Sqrt(p.Offered.Rate) &&
		(len(backlog) < fewestEnds || of.rising(r, backlog)):
		m.late, m.Served = true, of.servedBehind()
		m.not(Behind, "the backlog grows by %s requests/s", units.ThreeDigits(m.Growth))
	case m.Users == 0 && short > slack(of.due) && short > shortSigma*math.Sqrt(m.Offered):
		m.late = true
		m.not(ServedLess, "it served %s of %s", m.Unit.Rate(m.Served), m.Unit.Rate(m.Offered))
	default:
		m.judgeObjectives(r, objectives)
	}
	m.Holds = m.Reason == ""
}

// not records why the step does not hold.
func (m *Measurement) not(reason Reason, format string, args ...any) {
	m.Reason, m.Why = reason, fmt.Sprintf(format, args...)
}

// judgeObjectives judges the objectives by bounds. A certain miss decides, even if other objectives are undecided.
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

// failedByBurst is the number of disturbed requests that failed in excess of the failed share of the others: a service may
// refuse a burst that catches up where it does not refuse the steady rate.
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

// heldUp is an upper bound of the requests that were unfinished at the end of a step because bench sent them late.
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

// usualClusters is the [clustering] assumed before it is known.
const usualClusters = 3

// decide sets whether a step that does not hold fails by more than chance: the P99 of 100 requests is only the slowest. An
// objective that is not a share has no such test, and the step fails. A step that does not fail is undecided if an objective
// has too few requests.
func (m *Measurement) decide(objectives []runfile.Threshold) {
	m.fails = !m.Holds && !m.Undecided && !m.spoiled && m.Reason != Interrupted
	if m.fails && !m.late && len(m.totals) == len(objectives) {
		m.fails = m.failsShare(objectives)
	}
	if m.tooFew && !m.fails && !m.spoiled && m.Reason != Interrupted {
		m.Undecided, m.Holds, m.short, m.Reason, m.Why = true, false, true, TooFew, m.few
	}
}

// failsShare reports whether an objective that is a share is broken by more than chance.
func (m *Measurement) failsShare(objectives []runfile.Threshold) bool {
	i := 0
	for _, t := range objectives {
		share, ok := allowed(t)
		if !ok {
			continue
		}
		n, x := m.totals[i].n/usualClusters, m.totals[i].x/usualClusters
		i++
		// The Poisson probability of x or more of n at the allowed share.
		if x > 0 && mathext.GammaIncReg(x, share*n) < chance {
			return true
		}
	}
	return false
}

const chance = 0.05
