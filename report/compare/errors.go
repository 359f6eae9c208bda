package compare

import (
	"math"

	"github.com/seed-5a006608/bench/loadgen"
	"gonum.org/v1/gonum/stat/distuv"
)

// errorLevel is the one-sided error of the bounds of a difference of shares.
const errorLevel = 0.001

// Failures counts the requests of an arm that failed or had no answer.
type Failures struct {
	Failed, Due uint64
}

func (f *Failures) add(r loadgen.Requests) {
	f.Failed += r.Failed + r.Unfinished + r.Unsent
	f.Due += r.Due
}

func (f Failures) share() float64 { return perRequest(f.Failed, float64(f.Due)) }

// Errors compares the shares of requests that failed.
type Errors struct {
	A, B      Failures
	Low, High float64 // exact one-sided 99.9 % bounds of the share of B less that of A, -1 … 1
	Margin    float64 // of a gate, as a share
	Outcome   Outcome
}

// judgeErrors bounds the difference of two shares by their own exact bounds (Clopper and Pearson, Biometrika 26, 1934) at
// half of the error each, so that the bound holds however the shares lie (Bonferroni). With gate it regresses where the
// difference is surely above margin, and passes where it was not seen to be.
func judgeErrors(a, b Failures, margin float64, gate bool) Errors {
	e := Errors{A: a, B: b, Margin: margin}
	lowA, highA := clopperPearson(a.Failed, a.Due, errorLevel/2)
	lowB, highB := clopperPearson(b.Failed, b.Due, errorLevel/2)
	e.Low, e.High = lowB-highA, highB-lowA
	switch {
	case gate && e.Low > margin:
		e.Outcome = Regression
	case gate && a.Due > 0 && b.Due > 0 && b.share()-a.share() <= margin:
		e.Outcome = Pass
	case gate:
		e.Outcome = Inconclusive
	case e.Low > 0:
		e.Outcome = Worse
	case e.High < 0:
		e.Outcome = Better
	default:
		e.Outcome = Undecided
	}
	return e
}

// clopperPearson returns bounds of a probability of which failed of due were seen, each with that one-sided error.
func clopperPearson(failed, due uint64, level float64) (low, high float64) {
	k, n := float64(min(failed, due)), float64(due)
	low, high = 0, 1
	if k > 0 {
		low = distuv.Beta{Alpha: k, Beta: n - k + 1}.Quantile(level)
	}
	switch {
	case k == 0 && n > 0: // the closed form of the same
		high = 1 - math.Pow(level, 1/n)
	case k < n:
		high = distuv.Beta{Alpha: k + 1, Beta: n - k}.Quantile(1 - level)
	}
	return low, high
}
