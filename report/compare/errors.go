package compare

import (
	"math"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// requestLevel is the one-sided error of the bounds by request. Failures come in bursts, so these bounds are shown and
	// decide nothing.
	requestLevel = 0.001

	// failureShare is the part of alpha that each of the two tests of failures may spend, 0.03 of 0.05.
	failureShare = 0.6
)

// Failures counts the requests of an arm that failed or had no answer, and the rounds, or runs, that had any.
type Failures struct {
	Failed, Due uint64
	Hit, Rounds int // rounds with a failed request, and all rounds
}

func failuresOf(r runfile.Requests) Failures {
	f := Failures{Failed: r.Failed + r.Unfinished + r.Unsent, Due: r.Due, Rounds: 1}
	if f.Failed > 0 {
		f.Hit = 1
	}
	return f
}

func (f Failures) plus(g Failures) Failures {
	return Failures{f.Failed + g.Failed, f.Due + g.Due, f.Hit + g.Hit, f.Rounds + g.Rounds}
}

func (f Failures) share() float64 { return perRequest(f.Failed, float64(f.Due)) }

func together(list []Failures) (all Failures) {
	for _, f := range list {
		all = all.plus(f)
	}
	return all
}

// Difference is the centre of differences between two shares, -1 … 1, with bounds at the error that this look may spend;
// ±Inf means: no bound.
type Difference struct {
	Unit              string // the unit of comparison: "pairs", "quads", "rounds" or "runs"
	Center, Low, High float64
}

// differenceOf estimates the centre of differences in time order as that of latencies: the Hodges–Lehmann estimate, with
// bounds by signed ranks. With neighbours set, autocorrelation widens the bounds.
func differenceOf(unit string, x []float64, level float64, neighbours bool) Difference {
	e := newEstimate(x)
	if !neighbours {
		e.stretch = 1
	}
	low, high := e.ranked(level)
	return Difference{unit, e.center, low, high}
}

// Errors compares the shares of requests that failed.
type Errors struct {
	A, B      Failures
	Low, High float64      // exact one-sided 99.9 % bounds of B's share less A's, as if requests failed independently; they decide nothing
	By        []Difference // B's share less A's, one for each unit of comparison; these decide
	Level     float64      // two-sided error of the bounds in By
	Margin    float64      // the gate's margin, as a share
	Outcome   Outcome
}

// countErrors counts the failures of two arms and bounds the difference of their shares by request (Clopper and Pearson,
// Biometrika 26, 1934), at half of the error each, so that the bound holds however the shares lie (Bonferroni).
func countErrors(a, b []Failures, margin float64) Errors {
	e := Errors{A: together(a), B: together(b), Margin: margin}
	lowA, highA := clopperPearson(e.A.Failed, e.A.Due, requestLevel/2)
	lowB, highB := clopperPearson(e.B.Failed, e.B.Due, requestLevel/2)
	e.Low, e.High = lowB-highA, highB-lowA
	return e
}

// judgeErrors compares the failures of rounds that were driven in turn, two of each arm a quad, by pairs of rounds and by
// quads: failures come in bursts, and a burst falls on one round whatever the code. Pairs tell failures that come all the
// time, quads show those that come now and then.
func judgeErrors(a, b []Failures, margin float64, gate bool, level float64) Errors {
	e := countErrors(a, b, margin)
	e.Level = level
	var pairs, quads []float64
	for i := range min(len(a), len(b)) {
		pairs = append(pairs, b[i].share()-a[i].share())
		if i%2 == 1 {
			quads = append(quads, b[i-1].plus(b[i]).share()-a[i-1].plus(a[i]).share())
		}
	}
	e.decide(gate, differenceOf("pairs", pairs, level, true), differenceOf("quads", quads, level, false))
	return e
}

// judgeRunErrors compares the failures of runs; the unit is the run.
func judgeRunErrors(a, b []Failures, margin float64, gate bool, level float64) Errors {
	e := countErrors(a, b, margin)
	e.Level = level
	s := newShift(sharesOf(a), sharesOf(b))
	low, high := s.ranked(level)
	e.decide(gate, Difference{"runs", s.center(), low, high})
	return e
}

func sharesOf(list []Failures) []float64 {
	shares := make([]float64, len(list))
	for i, f := range list {
		shares[i] = f.share()
	}
	return shares
}

// decide sets Regression where a lower bound is above the margin. It sets Pass where the difference over all requests and
// every centre are within the margin, so that a burst of failures in A does not hide that B fails all the time.
func (e *Errors) decide(gate bool, by ...Difference) {
	e.By = by
	margin := e.Margin
	if !gate {
		margin = 0
	}
	above, below, within := false, false, e.B.share()-e.A.share() <= margin
	for _, d := range by {
		above = above || d.Low > margin
		below = below || d.High < 0
		within = within && d.Center <= margin
	}
	switch {
	case gate && above:
		e.Outcome = Regression
	case gate && within && e.A.Due > 0 && e.B.Due > 0:
		e.Outcome = Pass
	case gate:
		e.Outcome = Inconclusive
	case above:
		e.Outcome = Worse
	case below:
		e.Outcome = Better
	default:
		e.Outcome = Undecided
	}
}

// heldTo judges the failures of one arm's rounds by a limit of their share, as [judgeErrors] judges a difference. above: a
// lower bound of share less limit is above 0. within: the share and the centres are at most the limit. For a lower limit
// both are the other way round.
func heldTo(rounds []Failures, limit float64, upper bool, level float64) (above, within bool) {
	sign := 1.0
	if !upper {
		sign = -1
	}
	var single, quads []float64
	for i, f := range rounds {
		single = append(single, sign*(f.share()-limit))
		if i%2 == 1 {
			quads = append(quads, sign*(rounds[i-1].plus(f).share()-limit))
		}
	}
	within = sign*(together(rounds).share()-limit) <= 0
	for _, d := range []Difference{differenceOf("rounds", single, level, true), differenceOf("quads", quads, level, false)} {
		above = above || d.Low > 0
		within = within && d.Center <= 0
	}
	return above, within
}

// clopperPearson returns the bounds of a probability, each with the one-sided error level, where failed of due were seen.
func clopperPearson(failed, due uint64, level float64) (low, high float64) {
	k, n := float64(min(failed, due)), float64(due)
	low, high = 0, 1
	if k > 0 {
		low = distuv.Beta{Alpha: k, Beta: n - k + 1}.Quantile(level)
	}
	switch {
	case k == 0 && n > 0: // the closed form
		high = 1 - math.Pow(level, 1/n)
	case k < n:
		high = distuv.Beta{Alpha: k + 1, Beta: n - k}.Quantile(1 - level)
	}
	return low, high
}
