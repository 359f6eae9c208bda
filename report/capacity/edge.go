package capacity

import (
	"math"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// edge returns the posterior of the edge, the highest rate that meets the objectives, from all open steps. It holds for the
// instant [Search.now].
func (s *Search) edge() posterior {
	holds, fails := s.bracket()
	low, high := holds/1.5, fails
	for _, m := range s.open() {
		if m.Holds {
			high = max(high, m.Rate)
		}
	}
	high *= 1.5
	binding, share := s.binding(fails)
	centre := math.Sqrt(holds * fails)
	var p posterior
	for range 3 {
		p = edgeOf(s.evidence(binding, centre), share, low, high)
		centre = p.quantile(0.5)
	}
	if binding >= 0 {
		p.believe(s.modelled(binding))
	}
	return p
}

// modelled returns the edges of the queues M/M/c that fit the steps below saturation, with their weights. Both are empty
// where no such queue fits, or the objective is not about response times.
func (s *Search) modelled(binding int) (logs, weights []float64) {
	t, share := s.objective(binding)
	if t.Metric != runfile.MetricPercentile {
		return nil, nil
	}
	f, err := s.queue()
	if err != nil {
		return nil, nil
	}
	for _, q := range f.candidates {
		if rate := q.RateWithin(1-share, limitOf(t)); rate > 0 {
			logs, weights = append(logs, math.Log(rate)), append(weights, q.weight)
		}
	}
	return logs, weights
}

// binding returns the index, among the objectives that are shares, of the objective that breaks first: the one furthest over
// its allowed share in the lowest failed step; −1 where no share is exceeded.
func (s *Search) binding(fails float64) (index int, share float64) {
	var shares []float64
	for _, t := range s.options.Objectives {
		if a, ok := allowed(t); ok {
			shares = append(shares, a)
		}
	}
	index, share = -1, 0.5
	worst := 1.0
	for _, m := range s.open() {
		if m.Rate != fails || m.spoiled {
			continue
		}
		for i, a := range shares {
			if i < len(m.totals) && m.totals[i].share()/a >= worst {
				index, share, worst = i, a, m.totals[i].share()/a
			}
		}
	}
	return index, share
}

// evidence returns the evidence of each open step about an edge near centre.
func (s *Search) evidence(binding int, centre float64) []evidence {
	now := s.now()
	_, share := s.objective(binding)
	var list []evidence
	var clusters [][]tally
	for _, m := range s.open() {
		if !m.tells() || m.Purpose == Overload {
			continue
		}
		// The offered rate counts, not the planned one: the number of Poisson arrivals scatters.
		e := evidence{logRate: math.Log(max(m.Offered, leastRate/2)), seconds: max(m.Hold.Seconds(), 1), age: (now - m.at).Abs().Minutes(), holds: m.Holds}
		// A step that fails by its backlog alone has no informative counts, only its failure.
		if binding >= 0 && binding < len(m.totals) && (m.Holds || m.Undecided || m.totals[binding].share() > share) {
			e.n, e.x = m.totals[binding].n, m.totals[binding].x
			if e.near = math.Abs(e.logRate-math.Log(centre)) < nearEdge && e.n > 0; e.near {
				clusters = append(clusters, m.seconds[binding])
			}
		}
		if m.Undecided && e.n == 0 {
			continue // its failure may be bench's own lateness
		}
		list = append(list, e)
	}
	divide := clustering(clusters, s.expected(binding, centre))
	for i := range list {
		list[i].n, list[i].x = list[i].n/divide, list[i].x/divide
	}
	return list
}

// queue fits M/M/c to the steps that had time to settle: close to saturation, a step of a few seconds is mostly luckier
// than the long run.
func (s *Search) queue() (FittedMMC, error) {
	full := saturationOf(s.steps)
	var steps []Responses
	for _, m := range s.open() {
		if !m.late && !m.spoiled && m.Purpose != Overload && (full.Rate == 0 || m.Offered < settled*full.Rate) {
			steps = append(steps, m.answers)
		}
	}
	return fitMMC(steps, full)
}

// settled is the share of the saturation rate up to which a step counts as settled.
const settled = 0.9

// expected is the theoretical clustering for an objective; usualClusters for errors.
func (s *Search) expected(index int, rate float64) float64 {
	if t, _ := s.objective(index); t.Metric == runfile.MetricPercentile {
		return expectedClustering(rate, limitOf(t))
	}
	return usualClusters
}

// objective returns the objective at an index among the objectives that are shares.
func (s *Search) objective(index int) (runfile.Threshold, float64) {
	for _, t := range s.options.Objectives {
		if a, ok := allowed(t); ok {
			if index == 0 {
				return t, a
			}
			index--
		}
	}
	return runfile.Threshold{}, 1
}

// now is the instant of the answer: the middle of the last confirmation, otherwise of the last step.
func (s *Search) now() time.Duration {
	for i := len(s.steps) - 1; i >= 0; i-- {
		if s.steps[i].Purpose == Confirmation && !s.steps[i].spoiled {
			return s.steps[i].at
		}
	}
	if len(s.steps) == 0 {
		return 0
	}
	return s.steps[len(s.steps)-1].at
}

// MaxRate is the highest rate that meets the objectives.
type MaxRate struct {
	Rate
	AtLeast   bool    `json:"at_least,omitempty"` // Rate is a lower bound: no step failed by the service
	Confirmed float64 `json:"confirmed,omitempty"`
	Outcome   Outcome `json:"outcome"`
	Limiting  string  `json:"limiting,omitempty"` // why the lowest failed step failed
}

// Result returns the result of the steps so far.
func (s *Search) Result() MaxRate {
	holds, fails := s.bracket()
	var r MaxRate
	for _, m := range s.open() {
		if m.Purpose == Confirmation && m.Holds {
			r.Confirmed = m.Rate
		}
		if m.fails && m.Rate == fails {
			r.Limiting = m.Why
		}
	}
	open := s.open()
	spoiled := len(open) > 0 && open[len(open)-1].spoiled
	undecided := slices.ContainsFunc(open, func(m Measurement) bool { return m.short && (fails == 0 || m.Rate < fails) })
	switch {
	case holds == 0 && undecided:
		r.Outcome = Undecided
	case holds == 0 && fails == 0:
		r.Outcome = OutOfTime
		if spoiled {
			r.Outcome = Limited
		}
	case holds == 0:
		r.Outcome = Nowhere
		r.Rate = Rate{0, 0, fails}
	case fails == 0:
		told := s.told(holds)
		r.Rate, r.AtLeast, r.Outcome = Rate{told, told, 0}, told > 0, Everywhere
		if spoiled || told < holds {
			r.Outcome = Limited
		} else if s.options.Most == 0 && !s.saved() {
			r.Outcome = OutOfTime
		}
	default:
		p := s.edge()
		r.Rate = Rate{p.quantile(0.5), p.quantile(0.025), p.quantile(0.975)}
		r.Outcome = Found
		if r.Confirmed == 0 && !s.saved() {
			r.Outcome = Unconfirmed
		}
		if spoiled {
			r.Outcome = Limited
		}
	}
	return r
}

// told is the highest rate up to holds that is decided in spite of bench's own lateness; 0: no step decides it.
func (s *Search) told(holds float64) (rate float64) {
	for _, m := range s.open() {
		if m.tells() && !m.Undecided && !m.fails && m.Rate <= holds {
			rate = max(rate, m.Rate)
		}
	}
	return rate
}

// saved reports whether the steps come from a saved run rather than from a search.
func (s *Search) saved() bool { return len(s.steps) > 0 && s.steps[0].Purpose == "" }
