package compare

import (
	"math"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"gonum.org/v1/gonum/stat"
)

// topRecord judges a percentile of which a round holds too few requests for a figure of its own. It asks how many of a
// quad's slowest requests are of B: where B's latencies are those of A times a ratio, and are divided by it, each side has
// its share of them. What is told of the tail is told by counts then, which do not creep up the tail as the few largest values
// of a round do.
type topRecord struct {
	beyond float64 // share of the requests, 1 less the percentile
	quads  []topQuad
}

// topQuad is the slowest requests of a quad's rounds, by pair and side.
type topQuad [2][2]topRound

// topRound is the slowest requests of a round.
type topRound struct {
	logs  []float64 // of their latencies, the slowest first
	count float64   // of all requests
	bound float64   // logarithm from which on latencies are, or may be, lower bounds; +Inf where none is
}

const (
	topKept = 64      // slowest requests of a round that are kept: more than three times what decides
	topNear = 2.07944 // ln 8: where a change is looked for first
	topMost = 6.93147 // ln 1,024: what is further apart is not told how far
)

// topOf returns the slowest requests of a distribution.
func topOf(d *runfile.Dist) topRound {
	t := topRound{count: float64(d.Count), bound: math.Inf(1)}
	for rank := d.Count; rank > 0 && len(t.logs) < topKept; rank-- {
		v, atLeast := d.Quantile(float64(rank) / float64(d.Count))
		t.logs = append(t.logs, math.Log(float64(max(v, 1))))
		if atLeast {
			t.bound = t.logs[len(t.logs)-1]
		}
	}
	return t
}

// shares returns by how much, pair by pair, the share of a round's requests that is among the quad's slowest is larger in B
// than in A, were B slower by change (a logarithm) than it is to be for none to be larger. low says of A and B that a lower
// bound lies below what is slowest, so that the side may have more of it.
func (t *topRecord) shares(change float64) (x []float64, low [2]bool) {
	x = make([]float64, 0, 2*len(t.quads))
	for i := range t.quads {
		q := &t.quads[i]
		var all float64
		for half := range q {
			all += q[half][0].count + q[half][1].count
		}
		k := max(int(math.Round(t.beyond*all)), 1)
		threshold := q.threshold(k, change)
		var above, tied [2][2]float64
		for half := range q {
			for side := range q[half] {
				own := threshold + float64(side)*change
				for _, v := range q[half][side].logs {
					if v > own+tieWidth {
						above[half][side]++
					} else if v >= own-tieWidth {
						tied[half][side]++
					} else {
						break
					}
				}
				low[side] = low[side] || q[half][side].bound < own-tieWidth
			}
		}
		// Those that are level with the last one share the places that are left.
		left := float64(k) - above[0][0] - above[0][1] - above[1][0] - above[1][1]
		part := left / (tied[0][0] + tied[0][1] + tied[1][0] + tied[1][1])
		share := func(half, side int) float64 {
			return (above[half][side] + part*tied[half][side]) / q[half][side].count
		}
		for half := range q {
			x = append(x, share(half, 1)-share(half, 0))
		}
	}
	return x, low
}

// tieWidth is the rounding of logarithms, not a tolerance.
const tieWidth = 1e-9

// threshold returns the k-th largest logarithm of a quad, B's less change.
func (q *topQuad) threshold(k int, change float64) float64 {
	var at [2][2]int
	v := math.Inf(-1)
	for range k {
		best, half, side := math.Inf(-1), -1, 0
		for h := range q {
			for s := range q[h] {
				if i := at[h][s]; i < len(q[h][s].logs) {
					if u := q[h][s].logs[i] - float64(s)*change; u > best {
						best, half, side = u, h, s
					}
				}
			}
		}
		if half < 0 {
			break
		}
		v = best
		at[half][side]++
	}
	return v
}

// beside returns the bounds, at a two-sided error level, of the mean difference of shares where B is taken to be slower by
// change: above 0 it is slower than that, below 0 less slow. The bounds are Student's of as many values as there are pairs,
// wider where neighbouring pairs resemble each other.
func (t *topRecord) beside(change, level float64) (low, high float64) {
	x, bounded := t.shares(change)
	if len(x) < 4 {
		return math.Inf(-1), math.Inf(1)
	}
	mean, sd := stat.MeanStdDev(x, nil)
	carried := autocorrelation(x)
	half := math.Sqrt((1+carried)/(1-carried)) * student(level, len(x)) * sd / math.Sqrt(float64(len(x)))
	low, high = mean-half, mean+half
	if bounded[0] {
		low = math.Inf(-1)
	}
	if bounded[1] {
		high = math.Inf(1)
	}
	return low, high
}

// center returns the change (a logarithm) at which both sides have their share of the slowest.
func (t *topRecord) center() float64 {
	return falls(func(change float64) float64 {
		x, _ := t.shares(change)
		return stat.Mean(x, nil)
	}, -topMost, topMost)
}

// bounds returns the changes (logarithms) at which the bounds pass 0, never narrower than what histograms resolve; ±Inf where
// they do not.
func (t *topRecord) bounds(level float64) (low, high float64) {
	center := t.center()
	low = falls(func(change float64) float64 { l, _ := t.beside(change, level); return l }, math.Inf(-1), topMost)
	high = falls(func(change float64) float64 { _, h := t.beside(change, level); return h }, -topMost, math.Inf(1))
	return min(low, center-resolution), max(high, center+resolution)
}

// falls returns where a falling function passes 0 within ±topMost: below where it is not above 0 at the lower end, above where
// it is not below at the upper.
func falls(f func(float64) float64, below, above float64) float64 {
	low, high := -topNear, topNear
	if f(low) <= 0 || f(high) >= 0 {
		low, high = -topMost, topMost
	}
	if f(low) <= 0 {
		return below
	}
	if f(high) >= 0 {
		return above
	}
	for high-low > 1e-5 {
		if mid := (low + high) / 2; f(mid) > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}
