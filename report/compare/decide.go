package compare

import (
	"cmp"
	"math"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"
)

// margin returns the logarithm of the margin: a greater change for the worse is a regression.
func (c Criterion) margin() float64 { return c.Metric.log(c.Margin) }

// passMargin returns the logarithm of the margin of a pass: a smaller change for the worse passes.
func (c Criterion) passMargin() float64 { return c.Metric.log(c.passes()) }

// passes is the margin of a pass, as a share.
func (c Criterion) passes() float64 { return cmp.Or(c.PassMargin, c.Margin) }

// log is the logarithm of a change for the worse by that share.
func (m Metric) log(share float64) float64 {
	if m.HigherIsBetter {
		return -math.Log1p(-share)
	}
	return math.Log1p(share)
}

// weight is a row's weight in Holm's procedure. P99 rests on the fewest requests; the others detect as much with less error.
func (m Metric) weight() float64 {
	if m.Key == P99.Key {
		return 3
	}
	return 1
}

// candidate is a row before it is decided.
type candidate struct {
	row    *Row
	asked  Criterion
	bounds func(level float64) (low, high float64) // bounds of log(B/A)
	beside func(change, level float64) (low, high float64)
	// beside, where it is not nil, decides in place of bounds. It returns bounds of a figure that is 0 where B over A is
	// exactly change, and above 0 where it is more.

	atLeast bool // B's values are lower bounds, so the change is a lower bound
	atMost  bool // A's values are lower bounds, so the change is an upper bound
}

// from returns bounds of the change for the worse less another change; both are logarithms. The change for the worse is B
// over A where lower is better, and A over B otherwise. A bound that rests on lower bounds is infinite.
func (c candidate) from(change, level float64) (low, high float64) {
	if c.beside != nil {
		low, high = c.beside(change, level)
	} else {
		low, high = c.bounds(level)
	}
	if c.atMost {
		low = math.Inf(-1)
	}
	if c.atLeast {
		high = math.Inf(1)
	}
	if c.row.Metric.HigherIsBetter {
		low, high = -high, -low
	}
	if c.beside == nil {
		low, high = low-change, high-change
	}
	return low, high
}

// decision returns the bounds at a level as ratios of B over A.
func (c candidate) decision(level float64) Interval {
	low, high := c.bounds(level)
	if c.atMost {
		low = math.Inf(-1)
	}
	if c.atLeast {
		high = math.Inf(1)
	}
	return Interval{Center: c.row.Change.Center, Low: math.Exp(low), High: math.Exp(high)}
}

// decideGate decides the rows of a gate. level returns the two-sided error of this look for a row that may spend a share of
// alpha over all looks. One regression fails the gate, so a regression must clear its margin at Holm's weighted levels
// (Scand. J. Statist. 6, 1979): alpha is divided by weight among the rows that have not cleared theirs yet. A pass needs no
// correction, since the gate passes only if all rows do (intersection–union, Berger, Technometrics 24, 1982). A row that is
// surely above its margin and surely below a greater margin of a pass regresses.
func decideGate(rows []candidate, level func(share float64) float64) {
	for _, c := range rows {
		c.pass(level(1))
	}
	for open := rows; len(open) > 0; {
		var weights float64
		for _, c := range open {
			weights += c.row.Metric.weight()
		}
		var left []candidate
		for _, c := range open {
			own := level(c.row.Metric.weight() / weights)
			if low, _ := c.from(c.asked.margin(), own); low > 0 {
				c.row.Outcome, c.row.Level, c.row.Decision, c.row.PassedAt = Regression, own, c.decision(own), 0
			} else {
				left = append(left, c)
			}
		}
		if len(left) == len(open) {
			return
		}
		open = left
	}
}

// pass sets the outcome Pass where a row passes at a level, and the margin by which it does.
func (c candidate) pass(level float64) {
	c.row.Outcome, c.row.Level, c.row.PassedAt = Inconclusive, level, 0
	for _, margin := range []float64{c.asked.passes(), c.asked.Margin} {
		if _, high := c.from(c.row.Metric.log(margin), level); high < 0 {
			c.row.Outcome, c.row.PassedAt = Pass, margin
		}
	}
	_, high := c.from(0, level)
	c.row.Improved = high < 0
	c.row.Decision = c.decision(level)
}

// decideComparison decides a row without a margin: it is worse or better where its interval excludes 1.
func decideComparison(c candidate, level float64) {
	low, high := c.from(0, level)
	c.row.Level, c.row.Decision = level, c.decision(level)
	switch {
	case low > 0:
		c.row.Outcome = Worse
	case high < 0:
		c.row.Outcome = Better
	default:
		c.row.Outcome = Undecided
	}
}

// chance is the probability that a foretold number of pairs settles its row.
const chance = 0.9

// scatter returns the standard deviation of one pair's log ratio that an interval of the half width h at 95 % implies.
func scatter(h float64, pairs int) float64 {
	if pairs < 2 || math.IsInf(h, 0) {
		return 0
	}
	return h * math.Sqrt(float64(pairs)) / student(printedLevel, pairs)
}

// students caches the results of student: the search for a number of pairs asks for the same ones again and again.
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

// pairsFor returns the number of pairs, of log ratios that scatter by s, that detect a change d (log) with the probability
// chance:
//
//	n ≥ ((t(γ, n−1) + z) s / d)²
//
// γ is the error of the last look. It returns 0 where the number is more than anyone would run.
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
