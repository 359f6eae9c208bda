package compare

import (
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// Floor is the noise floor of a machine: the difference of a service from itself there. No gate on that machine can hold a margin
// below it.
type Floor struct {
	Fresh bool    `json:"fresh_starts"` // each run had a fresh start; otherwise the difference between starts is not known
	Runs  int     `json:"runs"`
	Pairs int     `json:"pairs"` // pairs of rounds, two a run
	Noise []Noise `json:"noise"`
}

// Noise is the floor of one metric, as standard deviations of logarithms.
type Noise struct {
	Metric  string  `json:"metric"`
	Pair    float64 `json:"pair_scatter,omitempty"`   // scatter of the ratio of two neighbouring rounds; 0: rounds are too short to tell
	Process float64 `json:"process_offset,omitempty"` // scatter between starts, which lasts as long as the process lives
	Run     float64 `json:"run_scatter"`              // scatter of whole runs, from all causes
}

// floorMetrics returns the metrics with a floor: all that a gate may judge by the margin of a ratio.
func floorMetrics() []Metric { return []Metric{P50, P95, P99, P999, Goodput} }

// MeasureFloor compares runs of one service with themselves. The four rounds of a run count as A, B, B, A, so that a drift
// cancels; they make two pairs. The scatter of pairs follows from the half width h of their interval,
//
//	s = √n · h / t(0.05, n−1)
//
// and the offset of a process is the scatter of runs beyond the error of each, which follows from its rounds:
//
//	σ² = var(ln q of the runs) − mean(var(ln q of a run's rounds) / rounds)
//
// σ includes a drift of the machine from run to run, which errs on the careful side.
func MeasureFloor(runs []*runfile.Run, fresh bool) Floor {
	f := Floor{Fresh: fresh, Runs: len(runs), Pairs: RoundsPerRun / 2 * len(runs)}
	for _, m := range floorMetrics() {
		if n, ok := measureNoise(m, runs); ok {
			if !fresh {
				n.Process = 0
			}
			f.Noise = append(f.Noise, n)
		}
	}
	return f
}

// measureNoise returns false where a run did not measure the metric, or has too few requests beyond it.
func measureNoise(m Metric, runs []*runfile.Run) (Noise, bool) {
	var levels, pairs []float64
	var squaredErrors float64
	thin := false
	for _, r := range runs {
		whole := m.read(r)
		if !whole.exact() || m.tooFew(whole) {
			return Noise{}, false
		}
		levels = append(levels, math.Log(whole.value))
		var rounds []float64
		for _, part := range roundsOf(r) {
			v := m.read(part)
			if !v.exact() {
				return Noise{}, false
			}
			thin = thin || m.tooFew(v)
			rounds = append(rounds, math.Log(v.value))
		}
		squaredErrors += stat.Variance(rounds, nil) / float64(len(rounds))
		pairs = append(pairs, rounds[1]-rounds[0], rounds[2]-rounds[3])
	}
	between := stat.Variance(levels, nil)
	n := Noise{
		Metric: m.Key, Run: math.Sqrt(between),
		Process: math.Sqrt(max(between-squaredErrors/float64(len(runs)), 0)),
	}
	if !thin {
		low, high := newEstimate(pairs).bounds(printedLevel)
		n.Pair = scatter((high-low)/2, len(pairs))
	}
	return n, true
}

// exact reports whether a reading is a value rather than a bound.
func (r reading) exact() bool { return r.ok && !r.atLeast && r.value > 0 }

// tooFew reports whether a percentile rests on fewer requests than a gate judges it by.
func (m Metric) tooFew(r reading) bool { return m.Quantile > 0 && r.planned < r.least-1e-6 }

// roundsOf returns the rounds of a run of a baseline, each as a run of its own.
func roundsOf(r *runfile.Run) []*runfile.Run {
	var list []*runfile.Run
	for _, p := range r.Phases {
		if p.Kind != profiles.Warmup {
			part := *r
			part.Overall, part.Phases = p, nil
			list = append(list, &part)
		}
	}
	return list
}

// Short is a margin below the floor.
type Short struct {
	Metric Metric
	Margin float64 // the margin of a pass that was asked for
	Floor  float64 // the least that can be held
	Needed int     // pairs, or runs a side, with which the gate would hold the margin; 0: no number would, or more than anyone would run
	Starts bool    // the cause is the difference between starts, which no number of pairs overcomes
}

// BelowPairs returns the margins that a gate of so many pairs cannot hold. restarted: both sides are started anew for each
// quad of two pairs.
func (f Floor) BelowPairs(criteria []Criterion, pairs int, restarted bool) []Short {
	return f.below(criteria, func(n Noise) float64 { return n.ofPairs(pairs, restarted) }, func(n Noise, margin float64) int {
		return 2 * leastNumber(MinQuads, margin, func(quads int) float64 { return n.ofPairs(2*quads, restarted) })
	}, restarted)
}

// BelowRuns returns the margins that a gate of a and b runs cannot hold.
func (f Floor) BelowRuns(criteria []Criterion, a, b int) []Short {
	return f.below(criteria, func(n Noise) float64 { return n.ofRuns(a, b) }, func(n Noise, margin float64) int {
		return leastNumber(MinRuns, margin, func(runs int) float64 { return n.ofRuns(runs, runs) })
	}, true)
}

func (f Floor) below(criteria []Criterion, floor func(Noise) float64, needed func(Noise, float64) int, restarted bool) []Short {
	var list []Short
	for _, c := range criteria {
		n, ok := f.Of(c.Metric)
		if !ok {
			continue
		}
		if least := floor(n); least > c.passMargin() {
			s := Short{Metric: c.Metric, Margin: c.passes(), Floor: c.Metric.share(least), Needed: needed(n, c.passMargin())}
			s.Starts = !restarted && n.ofStarts() > c.passMargin()
			list = append(list, s)
		}
	}
	return list
}

// Of returns the noise of a metric; ok is false where it could not be measured.
func (f Floor) Of(m Metric) (n Noise, ok bool) {
	i := slices.IndexFunc(f.Noise, func(n Noise) bool { return n.Metric == m.Key })
	if i < 0 {
		return Noise{}, false
	}
	return f.Noise[i], true
}

// OfPairs returns the least margin, as a share, that so many pairs can hold; 0: not known.
func (f Floor) OfPairs(m Metric, pairs int, restarted bool) float64 {
	n, _ := f.Of(m)
	return m.share(n.ofPairs(pairs, restarted))
}

// OfRuns returns the least margin, as a share, that a and b runs can hold; 0: not known.
func (f Floor) OfRuns(m Metric, a, b int) float64 {
	n, ok := f.Of(m)
	if !ok {
		return 0
	}
	return m.share(n.ofRuns(a, b))
}

// share turns the logarithm of a change for the worse into a share.
func (m Metric) share(log float64) float64 {
	if m.HigherIsBetter {
		return -math.Expm1(-log)
	}
	return math.Expm1(log)
}

// ofPairs is the logarithm of the least margin by which n pairs of identical code pass with the probability chance,
//
//	(t(γ, n−1) + z) · s / √n
//
// γ is the error of the last look, z the normal quantile of chance. With a restart for each quad, both pairs of a quad have
// a common offset of the variance 2σ², so s² + 4σ² takes the place of s². Without restarts no number of pairs reveals the
// offset, and the margin is at least that of starts alone.
func (n Noise) ofPairs(pairs int, restarted bool) float64 {
	if n.Pair == 0 {
		return 0
	}
	s, least := n.Pair, n.ofStarts()
	if restarted {
		s, least = math.Hypot(n.Pair, 2*n.Process), 0
	}
	t := student(lastLevel(alpha), pairs) + distuv.UnitNormal.Quantile(chance)
	return max(t*s/math.Sqrt(float64(pairs)), least)
}

// falseAlarm is the probability that the offsets of two starts of one program alone look like a regression.
const falseAlarm = 0.01

// ofStarts is the logarithm of the margin that two starts of one program exceed with probability falseAlarm:
// √2·z·σ = 3.29 σ.
func (n Noise) ofStarts() float64 {
	return math.Sqrt2 * distuv.UnitNormal.Quantile(1-falseAlarm) * n.Process
}

// ofRuns is ofPairs for two samples of a and b runs at one look: (t(0.05, a+b−2) + z) · s · √(1/a + 1/b). With fresh starts
// s includes the difference between starts. The result is never below the resolution of histograms.
func (n Noise) ofRuns(a, b int) float64 {
	t := student(printedLevel, a+b-1) + distuv.UnitNormal.Quantile(chance)
	return max(t*n.Run*math.Sqrt(1/float64(a)+1/float64(b)), resolution)
}

// leastNumber returns the least number, from least on, whose floor is at most margin; 0: more than anyone would run.
func leastNumber(least int, margin float64, floor func(n int) float64) int {
	const most = 10_000
	n := least + sort.Search(most, func(i int) bool { return floor(least+i) <= margin })
	if n >= least+most {
		return 0
	}
	return n
}
