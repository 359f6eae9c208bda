package compare

import (
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// margin returns the logarithm of the change that is let pass, in the direction of worse.
func (c Criterion) margin() float64 {
	if c.Metric.HigherIsBetter {
		return -math.Log1p(-c.Margin)
	}
	return math.Log1p(c.Margin)
}

// candidate is a row before it is decided.
type candidate struct {
	row     *Row
	margin  float64 // log
	bounds  func(level float64) (low, high float64)
	atLeast bool // B's values are lower bounds: the change is at least so much
	atMost  bool // A's are: at most
}

// worse returns the bounds of the change for the worse: of B over A where lower is better, of A over B else. A bound that
// rests on values of which only a lower bound is known is none.
func (c candidate) worse(level float64) (low, high float64) {
	low, high = c.bounds(level)
	if c.atMost {
		low = math.Inf(-1)
	}
	if c.atLeast {
		high = math.Inf(1)
	}
	if c.row.Metric.HigherIsBetter {
		low, high = -high, -low
	}
	return low, high
}

// decideGate decides the rows of a gate. level returns the two-sided error of this look where a row may spend alpha/d in
// all. A regression must clear the margin at Holm's levels (Scand. J. Statist. 6, 1979), since one of them is enough to fail:
// some row at alpha/k, then another at alpha/(k−1), and so on. A pass needs no correction, since the gate passes only if
// all do (intersection–union, Berger, Technometrics 24, 1982).
func decideGate(rows []candidate, level func(d int) float64) {
	full := level(1)
	for _, c := range rows {
		low, high := c.worse(full)
		c.row.Outcome, c.row.Level = Inconclusive, full
		if high < c.margin {
			c.row.Outcome = Pass
		}
		c.row.Improved = high < 0
		c.row.Decision = ratios(c, low, high)
	}
	for d := len(rows); d > 0; d-- {
		cleared := false
		for _, c := range rows {
			if c.row.Outcome == Regression {
				continue
			}
			if low, high := c.worse(level(d)); low > c.margin {
				c.row.Outcome, c.row.Level, c.row.Decision = Regression, level(d), ratios(c, low, high)
				cleared = true
				break
			}
		}
		if !cleared {
			return
		}
	}
}

// decideComparison decides a row without a margin: it is worse or better where its interval excludes 1.
func decideComparison(c candidate, level float64) {
	low, high := c.worse(level)
	c.row.Level, c.row.Decision = level, ratios(c, low, high)
	switch {
	case low > 0:
		c.row.Outcome = Worse
	case high < 0:
		c.row.Outcome = Better
	default:
		c.row.Outcome = Undecided
	}
}

// ratios turns bounds of the change for the worse into ratios of B over A.
func ratios(c candidate, low, high float64) Interval {
	if c.row.Metric.HigherIsBetter {
		low, high = -high, -low
	}
	return Interval{Center: c.row.Change.Center, Low: math.Exp(low), High: math.Exp(high)}
}

// chance is the probability with which a number of pairs that is named would settle a row.
const chance = 0.9

// scatter returns the standard deviation of one pair's log ratio that an interval of the half width h at 95 % implies.
func scatter(h float64, pairs int) float64 {
	if pairs < 2 || math.IsInf(h, 0) {
		return 0
	}
	return h * math.Sqrt(float64(pairs)) / student(printedLevel, pairs)
}

// students holds what student returned: finding out how many pairs would do asks for the same again and again.
var students sync.Map // studentKey → float64

type studentKey struct {
	level float64
	n     int
}

// student is the quantile of Student's distribution that leaves level outside on both sides, of n values.
func student(level float64, n int) float64 {
	key := studentKey{level, n}
	if t, ok := students.Load(key); ok {
		return t.(float64)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(max(n-1, 1))}.Quantile(1 - level/2)
	students.Store(key, t)
	return t
}

// pairsFor returns how many pairs of that scatter tell a change of the size d (log) from none with the probability chance:
//
//	n ≥ ((t(γ, n−1) + z) s / d)²
//
// γ the error of the last look; 0 where that is more than anyone would run.
func pairsFor(s, d, level float64) int {
	z := distuv.UnitNormal.Quantile(chance)
	n := float64(2 * MinQuads)
	for range 4 {
		next := math.Pow((student(level, int(n))+z)*s/math.Abs(d), 2)
		if math.IsNaN(next) || next > 1e5 {
			return 0
		}
		n = max(next, 2*MinQuads)
	}
	return int(math.Ceil(n))
}
