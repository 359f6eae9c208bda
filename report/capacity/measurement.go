package capacity

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
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
	Why      string        `json:"why"` // what keeps the step from holding; "" where it holds
	Verdict  string        `json:"verdict"`

	// ServerTiming is what the target said of its own time, by the requests that were due in the hold.
	ServerTiming []loadgen.ServerTiming `json:"server_timing,omitempty"`

	spoiled bool
	late    bool // it fails by what it served, or by its backlog, whatever the objective says
	fails   bool // and by more than chance may do
	at      time.Duration
	totals  []tally   // of each objective that is a share
	seconds [][]tally // of each objective that is a share, by second
	served  []float64 // finished in each whole second
	answers Responses
}

func limitOf(t loadgen.Threshold) time.Duration { return time.Duration(t.Limit) }

// measure judges a run as a step. A step holds if every objective is met, what was served is what was offered, and the
// backlog does not grow: above capacity an open loop never settles, so a percentile of a short step would lie.
func measure(s Step, r *loadgen.Run, objectives []loadgen.Threshold) Measurement {
	p := &r.Overall
	m := Measurement{
		Step: s, Offered: p.Offered.Rate, Served: p.Achieved.Rate,
		Mean: p.ResponseTime.MeanNS, P50: p.ResponseTime.P50NS, P99: p.ResponseTime.P99NS,
		AtLeast:      p.ResponseTime.IsLowerBound("p99_ns"),
		ServerTiming: p.ServerTiming,
		Verdict:      string(r.Verdict.Kind), spoiled: r.Verdict.Kind.Spoiled(),
	}
	length := p.DurationNS.Seconds()
	if due := float64(p.Requests.Due); due > 0 {
		m.Errors = 1 - float64(p.Requests.Succeeded)/due
	}
	if p.Requests.Succeeded > 0 {
		m.BytesOut = float64(p.Bytes.In) / float64(p.Requests.Succeeded)
	}
	if p.CPU.Target != nil && length > 0 {
		busy := p.CPU.Target.Seconds() / length
		m.CPU = &busy
	}
	if s.Burst > 0 {
		m.ofBursts(r)
		return m
	}
	start, backlog := hold(r)
	if length > 0 {
		m.Growth = (float64(p.Backlog.End) - float64(p.Backlog.Start)) / length
	}
	for _, t := range objectives {
		if _, ok := allowed(t); ok {
			m.totals = append(m.totals, tallied(t, p.Requests.Due, p.Requests.Due-min(p.Requests.Due, p.Requests.Succeeded), &p.ResponseTime))
			m.seconds = append(m.seconds, bySecond(t, r, start))
		}
	}
	for i := range r.Intervals {
		if iv := &r.Intervals[i]; iv.StartNS >= start && iv.StartNS+time.Second <= start+p.DurationNS {
			m.served = append(m.served, float64(iv.Finished))
		}
	}
	m.answers = counted(p.Offered.Rate, &p.ResponseTime)
	m.judge(r, objectives, backlog)
	m.decide(objectives)
	return m
}

// keptUp is the share of what bursts offered that must have been served, or they were no light load.
const keptUp = 0.97

// ofBursts judges a step that is asked for nothing but what its requests cost: that some were sent a little late changes
// nothing of that.
func (m *Measurement) ofBursts(r *loadgen.Run) {
	switch {
	case r.Interrupted:
		m.Why = interruptedWhy
	case m.Served < keptUp*m.Offered:
		m.Why = fmt.Sprintf("it served %.4g/s of %.4g/s", m.Served, m.Offered)
	default:
		m.Holds, m.spoiled, m.Verdict = true, false, string(loadgen.Valid)
		return
	}
	m.spoiled = true
}

// hold returns where the first phase that is no warm-up begins, and the backlog at the end of each of its seconds.
func hold(r *loadgen.Run) (start time.Duration, backlog []float64) {
	for _, p := range r.Phases {
		if p.Kind != "warmup" {
			start = p.StartNS
			break
		}
	}
	for _, iv := range r.Intervals {
		if iv.StartNS >= start && iv.StartNS < start+r.Overall.DurationNS {
			backlog = append(backlog, float64(iv.Backlog))
		}
	}
	return start, backlog
}

func bySecond(t loadgen.Threshold, r *loadgen.Run, start time.Duration) []tally {
	var list []tally
	for i := range r.Intervals {
		iv := &r.Intervals[i]
		if iv.StartNS < start || iv.StartNS >= start+r.Overall.DurationNS {
			continue
		}
		list = append(list, tallied(t, iv.Due, iv.Due-min(iv.Due, iv.OK), &iv.ResponseTime))
	}
	return list
}

// The bounds of a step's own judgement, those of a run's verdict.
const (
	shortShare = 0.01 // of what was due
	shortSigma = 4    // standard deviations of what is outstanding at a step's ends
	trendLevel = 0.05
)

// judge fills in whether the step holds, and why not.
func (m *Measurement) judge(r *loadgen.Run, objectives []loadgen.Threshold, backlog []float64) {
	p := &r.Overall
	due, growth := float64(p.Requests.Due), float64(p.Backlog.End)-float64(p.Backlog.Start)
	slack := shortShare*due + shortSigma*math.Sqrt(1+float64(max(p.Backlog.Start, min(p.Backlog.End, p.Backlog.Start+16))))
	failedOf := 0.0 // errors that the objectives allow
	for _, t := range objectives {
		if t.Metric == loadgen.MetricErrors {
			failedOf = max(failedOf, t.Limit)
		}
	}
	switch short := due*(1-failedOf) - float64(p.Achieved.Count); {
	case m.spoiled:
		m.Why = fmt.Sprintf("%s: bench or its host was too late to tell", r.Verdict.Kind)
	case r.Interrupted:
		m.Why = interruptedWhy
	case due == 0:
		m.Why = "no request was due"
	case m.Users == 0 && growth > slack && growth > shortSigma*math.Sqrt(m.Offered) &&
		(len(backlog) < 4 || loadgen.Rising(backlog) < trendLevel):
		m.late, m.Why = true, fmt.Sprintf("the backlog grows by %.3g requests/s", m.Growth)
	case m.Users == 0 && short > slack && short > shortSigma*math.Sqrt(m.Offered):
		m.late, m.Why = true, fmt.Sprintf("it served %.4g/s of %.4g/s", m.Served, m.Offered)
	default:
		for _, t := range objectives {
			if judged := t.Judge(r); !judged.Passed {
				m.Why = judged.Sentence
				break
			}
		}
	}
	m.Holds = m.Why == ""
}

// usualClusters is the clustering (see there) that is taken before it is known.
const usualClusters = 3

// decide says whether a step that does not hold fails by more than chance may do: of 100 requests a P99 is only the
// slowest. Where an objective is no share there is no telling, and it fails.
func (m *Measurement) decide(objectives []loadgen.Threshold) {
	m.fails = !m.Holds && !m.spoiled
	if m.late || !m.fails || len(m.totals) < len(objectives) {
		return
	}
	m.fails = false
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
			m.fails = true
		}
	}
}

const chance = 0.05
