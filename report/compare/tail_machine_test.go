package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// tailMachine is a machine whose rounds are made of requests: their latencies have a tail, neighbours resemble each other, the
// machine pauses, and failures come one by one and in bursts. What a round is shifted by is the noise of [machine], on top of
// the sampling that a few hundred requests bring. The figures are assumed, not measured.
type tailMachine struct {
	*machine
	rate, length float64 // requests/s, s
	alike        float64 // correlation of neighbouring requests' normal scores

	pauses  [2]float64 // a second, beside each arm
	window  float64    // s, of the disturbance rule
	use     float64    // share of the target that is in use, by which the burst after a pause queues
	share   [2]float64 // of the requests that fail, by arm
	bursts  [2]float64 // of failures, in the gate, by arm
	rounds  float64    // of an arm in the gate, at most
	lull    *rand.Rand // pauses, apart from the rest, so that the same gate can be had without them
	failing *rand.Rand
}

func newTailMachine(n noise, seed uint64) *tailMachine {
	return &tailMachine{
		machine: newMachine(n, seed), rate: 300, length: 2, alike: 0.3, window: 0.006, use: 0.5, rounds: 40,
		lull: rand.New(rand.NewPCG(seed, 0x7061757365)), failing: rand.New(rand.NewPCG(seed, 0x6661696c)),
	}
}

// The quantiles at which rounds are shifted, as normal scores, and those between which P99 alone is changed.
const (
	scoreP90, scoreP95, scoreP99, scoreP999 = 1.2816, 1.6449, 2.3263, 3.0902
	scoreP97, scoreP985                     = 1.8808, 2.1701
)

// latency returns the logarithm of a latency in seconds by its normal score: a median of 3 ms, a tail from P90 on that queueing
// makes, and rare outliers from P99.9 on; shifted by what the round's percentiles are, and by the truth.
func latency(z float64, shift, truth [3]float64) float64 {
	log := math.Log(0.003) + 0.35*z + 0.35*max(z-scoreP90, 0) + 1.2*max(z-scoreP999, 0)
	switch {
	case z <= 0:
		log += shift[0] + truth[0]
	case z <= scoreP95:
		log += shift[0] + (shift[1]-shift[0])*z/scoreP95
	case z <= scoreP99:
		log += shift[1] + (shift[2]-shift[1])*(z-scoreP95)/(scoreP99-scoreP95)
	default:
		log += shift[2]
	}
	switch {
	case z <= 0:
	case z <= scoreP95:
		log += truth[0] + (truth[1]-truth[0])*z/scoreP95
	case z <= scoreP97:
		log += truth[1]
	case z <= scoreP985:
		log += truth[1] + (truth[2]-truth[1])*(z-scoreP97)/(scoreP985-scoreP97)
	default:
		log += truth[2]
	}
	return log
}

// pause is one of the machine's, in seconds of the round.
type pause struct{ at, length float64 }

// tailRound returns a round of an arm. Its undisturbed requests are ordered by their scores alone, as latencies rise with
// them; only what a pause touches is worked out.
func (m *tailMachine) tailRound(arm int, truth [3]float64) round {
	shift := m.shifts(arm)
	for i := range truth {
		truth[i] = math.Log(truth[i])
	}
	var pauses []pause
	if each := m.pauses[arm]; each > 0 {
		for at := m.lull.ExpFloat64() / each; at < m.length; at += m.lull.ExpFloat64() / each {
			pauses = append(pauses, pause{at, 0.002 * math.Exp(m.lull.Float64()*math.Log(20))})
		}
	}
	n := int(m.rate * m.length)
	rest := make([]float64, 0, n) // scores of those that nothing touched
	var touched, late []float64   // logarithms of the others: undisturbed, and disturbed
	z := m.random.NormFloat64()
	warmUp := n / 10
	for i := range n {
		z = m.alike*z + math.Sqrt(1-m.alike*m.alike)*m.random.NormFloat64()
		if i < warmUp {
			continue
		}
		at, disturbed, near := float64(i)/m.rate, false, false
		for _, p := range pauses {
			disturbed = disturbed || at >= p.at-m.window && at < p.at+6*p.length
			near = near || at < p.at && p.at-at < 0.06 || at >= p.at && at < p.at+6*p.length+0.001
		}
		if !near {
			rest = append(rest, z)
			continue
		}
		took := math.Exp(latency(z, shift, truth))
		for _, p := range pauses {
			drained := p.length / (1 - m.use) // the burst of what was held back has left the target
			switch {
			case at < p.at && at+took > p.at: // in flight
				took += p.length
			case at >= p.at && at < p.at+drained: // sent late, or behind those
				took += m.use * min(p.length, (drained-(at-p.at))*(1-m.use)/m.use)
			}
		}
		if disturbed {
			late = append(late, math.Log(took))
		} else {
			touched = append(touched, math.Log(took))
		}
	}
	slices.Sort(rest)
	own := &sample{rest, touched, shift, truth}
	all := &sample{rest, slices.Concat(touched, late), shift, truth}
	counted := n - warmUp
	requests := m.requests(arm, counted)
	rd := round{
		readings: own.readings(), all: all.readings(), top: own.top(), allTop: all.top(),
		failures: failuresOf(requests), disturbed: disturbance{uint64(len(late)), uint64(counted)},
	}
	goodput := slices.IndexFunc(Metrics(), func(m Metric) bool { return m.Key == Goodput.Key })
	rd.readings[goodput] = reading{value: float64(requests.Succeeded) / m.length, ok: requests.Succeeded > 0}
	return rd
}

// requests fails some of a round's requests.
func (m *tailMachine) requests(arm, due int) runfile.Requests {
	failed := 0
	if p := m.share[arm]; p > 0 { // gaps between failures are geometric
		for i := math.Log(m.failing.Float64()) / math.Log1p(-p); i < float64(due); i += 1 + math.Floor(math.Log(m.failing.Float64())/math.Log1p(-p)) {
			failed++
		}
	}
	if m.failing.Float64() < m.bursts[arm]/m.rounds {
		failed += 70 + m.failing.IntN(231)
	}
	failed = min(failed, due)
	return runfile.Requests{Due: uint64(due), Failed: uint64(failed), Succeeded: uint64(due - failed)}
}

// sample is the requests of a round: sorted scores, and the logarithms of the latencies of others.
type sample struct {
	scores, others []float64
	shift, truth   [3]float64
}

func (s *sample) count() int { return len(s.scores) + len(s.others) }

// tail returns the logarithms of the slowest of them, the slowest first.
func (s *sample) tail(n int) []float64 {
	logs := slices.Clone(s.others)
	for i := len(s.scores) - 1; i >= max(len(s.scores)-n, 0); i-- {
		logs = append(logs, latency(s.scores[i], s.shift, s.truth))
	}
	slices.Sort(logs)
	slices.Reverse(logs)
	return logs[:min(n, len(logs))]
}

func (s *sample) top() topRound {
	return topRound{logs: s.tail(topKept), count: float64(s.count()), bound: math.Inf(1)}
}

// readings returns the readings of all metrics that a round has: three percentiles.
func (s *sample) readings() []reading {
	n := s.count()
	list := make([]reading, len(Metrics()))
	if len(s.scores) == 0 {
		return list
	}
	slowest := s.tail(n - int(math.Ceil(0.95*float64(n))) + 1)
	for i, q := range []float64{0.5, 0.95, 0.99} {
		rank := int(math.Ceil(q * float64(n))) // from the fastest, 1 … n
		var log float64
		if q > 0.5 {
			log = slowest[n-rank]
		} else {
			// Of the first score that so many are not slower than, the others that are faster counted.
			slices.Sort(s.others)
			at := sort.Search(len(s.scores)-1, func(k int) bool {
				faster, _ := slices.BinarySearch(s.others, latency(s.scores[k], s.shift, s.truth))
				return k+1+faster >= rank
			})
			log = latency(s.scores[at], s.shift, s.truth)
		}
		list[i] = reading{value: math.Exp(log), beyond: (1 - q) * float64(n), planned: (1 - q) * float64(n), least: enough, ok: true}
	}
	return list
}
