package compare

import (
	"math"
	"slices"
	"sync"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// MinRuns is the least number of runs a side for a verdict; fewer are only shown.
const MinRuns = 6

// rankSums caches the cumulative null distribution of the Mann–Whitney U by the sizes of its two samples.
var rankSums sync.Map // [2]int → []float64

// rankSumCDF returns the exact P(U ≤ u), u = 0 … mn, for samples of m and n values from one distribution, by the recursion
// of Mann and Whitney (Ann. Math. Statist. 18, 1947) on which sample has the greatest value:
//
//	p(u; m, n) = m/(m+n) · p(u−n; m−1, n) + n/(m+n) · p(u; m, n−1)
func rankSumCDF(m, n int) []float64 {
	key := [2]int{m, n}
	if cdf, ok := rankSums.Load(key); ok {
		return cdf.([]float64)
	}
	row := make([][]float64, n+1) // of i and j values
	for i := range m + 1 {
		next := make([][]float64, n+1)
		for j := range n + 1 {
			p := make([]float64, i*j+1)
			if i == 0 || j == 0 {
				p[0] = 1
			} else {
				for u := range p {
					if u >= j && u-j < len(row[j]) {
						p[u] += float64(i) / float64(i+j) * row[j][u-j]
					}
					if u < len(next[j-1]) {
						p[u] += float64(j) / float64(i+j) * next[j-1][u]
					}
				}
			}
			next[j] = p
		}
		row = next
	}
	cdf := slices.Clone(row[n])
	for u := 1; u < len(cdf); u++ {
		cdf[u] += cdf[u-1]
	}
	rankSums.Store(key, cdf)
	return cdf
}

// shift estimates how far the values of b lie above those of a: the Hodges–Lehmann estimate, the median of all differences,
// with the interval of the exact Mann–Whitney distribution.
type shift struct {
	m, n        int
	differences []float64 // sorted
}

func newShift(a, b []float64) shift {
	s := shift{m: len(a), n: len(b)}
	for _, x := range a {
		for _, y := range b {
			s.differences = append(s.differences, y-x)
		}
	}
	slices.Sort(s.differences)
	return s
}

// center returns the estimate, NaN where a side has no value.
func (s shift) center() float64 {
	if len(s.differences) == 0 {
		return math.NaN()
	}
	return median(s.differences)
}

// bounds returns the interval at the two-sided error level, never narrower than the resolution of histograms; ±Inf where
// there are too few values.
func (s shift) bounds(level float64) (low, high float64) {
	low, high = s.ranked(level)
	if len(s.differences) == 0 {
		return low, high
	}
	return min(low, s.center()-resolution), max(high, s.center()+resolution)
}

// ranked returns the differences at the ranks that the level allows; ±Inf where there are too few values.
func (s shift) ranked(level float64) (low, high float64) {
	c, ok := limit(rankSumCDF(s.m, s.n), level/2)
	if !ok || len(s.differences) == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	return s.differences[c], s.differences[len(s.differences)-1-c]
}

// Runs compares saved runs of two sides at one look; the unit is the run. With fewer than [MinRuns] a side nothing is judged.
func Runs(nameA, nameB string, a, b []*runfile.Run, o Options) Result {
	c := Comparison{A: nameA, B: nameB, RunsA: len(a), RunsB: len(b)}
	var sides [2]armRecord
	metrics := Metrics()
	for i, runs := range [][]*runfile.Run{a, b} {
		sides[i] = newArmRecord()
		for _, r := range runs {
			of := arrivalsOf(r)
			c.Of = of.unit
			rd := round{failures: of.failures(r), parts: partsOf(r, o.Parts), curve: curveOf(of.latencies)}
			for _, m := range metrics {
				rd.readings = append(rd.readings, m.of(&of, of.latencies, r))
			}
			sides[i].add(rd)
		}
	}
	t := Trial{o: o}
	var decisive []candidate
	c.Rows = make([]Row, 0, len(metrics))
	level := func(share float64) float64 { return alpha * share }
	for i, m := range metrics {
		va, vb := logs(sides[0].values[i]), logs(sides[1].values[i])
		asked := t.criterion(m)
		if len(va)+len(vb) == 0 && asked.Margin == 0 {
			continue
		}
		c.Rows = append(c.Rows, Row{
			Metric: m, A: medianOf(sides[0].values[i]), B: medianOf(sides[1].values[i]),
			ALow: sides[0].atLeast[i], BLow: sides[1].atLeast[i], Beyond: min(sides[0].beyond[i], sides[1].beyond[i]),
			Margin: asked.Margin, PassAt: asked.passes(), Least: sides[0].least, Thin: m.Quantile > 0 && (sides[0].thin[i] || sides[1].thin[i]),
		})
		if len(va) != len(a) || len(vb) != len(b) || len(va) == 0 || len(vb) == 0 {
			continue
		}
		row, s := &c.Rows[len(c.Rows)-1], newShift(va, vb)
		low, high := s.bounds(printedLevel)
		row.Change = Interval{Center: math.Exp(s.center()), Low: math.Exp(low), High: math.Exp(high)}
		cand := candidate{row: row, bounds: s.bounds, atLeast: row.BLow, atMost: row.ALow, asked: asked}
		switch {
		case row.Thin:
		case asked.Metric.Key != "" && !c.Few():
			row.Judged = true
			decisive = append(decisive, cand)
		case !o.Gate:
			decideComparison(cand, level(1))
		}
	}
	if o.Gate {
		decideGate(decisive, level)
	} else {
		for _, cand := range decisive {
			decideComparison(cand, level(1))
		}
	}
	for i := range c.Rows {
		c.Rows[i].foreseeRuns(len(a), len(b))
	}
	c.Errors = judgeRunErrors(sides[0].failures, sides[1].failures, o.ErrorMargin, o.Gate, alpha)
	c.Parts = judgeParts(o.Parts, sides[0].parts, sides[1].parts, func(a, b []Failures, margin float64) Errors {
		return judgeRunErrors(a, b, margin, o.Gate, alpha/float64(len(o.Parts)))
	})
	if o.Gate && c.Few() {
		c.Errors.Outcome = Inconclusive
		for i := range c.Parts {
			c.Parts[i].Outcome = Inconclusive
		}
	}
	c.conclude(o.Gate)
	return Result{Gate: o.Gate, ByResponse: slices.ContainsFunc(slices.Concat(a, b), func(r *runfile.Run) bool { return !r.HasTargetTime() }), Comparisons: []Comparison{c}, Curves: []Curve{
		medianCurve(nameA, sides[0].curves), medianCurve(nameB, sides[1].curves),
	}}
}

// foreseeRuns fills in Needed of an open row: the runs a side that would probably settle it.
func (r *Row) foreseeRuns(m, n int) {
	if r.Change.Low <= 0 || math.IsInf(r.Change.High, 1) || r.Outcome != Inconclusive && r.Outcome != Undecided {
		return
	}
	half := math.Log(r.Change.High/r.Change.Low) / 2
	noise := Noise{Run: half / student(printedLevel, m+n-1) / math.Sqrt(1/float64(m)+1/float64(n))}
	distance := math.Abs(r.worse() - r.Metric.log(r.PassAt))
	r.Needed = leastNumber(MinRuns, distance, func(runs int) float64 { return noise.ofRuns(runs, runs) })
}

func logs(values []float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = math.Log(v)
	}
	return list
}
