package compare

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// topRecord judges a percentile where a round has too few requests for a figure of its own. It counts how many of a quad's
// slowest requests are B's. Where B's latencies are A's times a ratio, dividing by that ratio gives each side its
// proportion of them. The verdict then rests on counts, which are steadier than the few largest values of a round.
type topRecord struct {
	beyond float64 // share of the requests beyond the percentile
	quads  []topQuad
}

// topQuad is the slowest requests of a quad's rounds, by pair and side.
type topQuad [2][2]topRound

// topRound is the slowest requests of a round.
type topRound struct {
	logs  []float64 // of their latencies, the slowest first
	count float64   // number of requests in the round
	bound float64   // logarithm from which on latencies may be lower bounds; +Inf: no lower bounds
}

const (
	topKept = 64      // slowest requests kept of a round: more than three times as many as decide
	topNear = 2.07944 // ln 8: range of changes that is searched first
	topMost = 6.93147 // ln 1,024: the greatest change that is told
)

// topOf returns the slowest requests of a distribution.
func topOf(d *runfile.Dist) topRound {
	t := topRound{count: float64(d.Count), bound: math.Inf(1)}
	for rank := d.Count; rank > 0 && len(t.logs) < topKept; rank-- {
		f := d.Quantile(float64(rank) / float64(d.Count))
		t.logs = append(t.logs, math.Log(float64(max(f.Value, 1))))
		if f.AtLeast {
			t.bound = t.logs[len(t.logs)-1]
		}
	}
	return t
}

// shares divides B's latencies by change (a logarithm) and returns, pair by pair, the share of B's requests among the quad's
// slowest less that of A's: all near 0 where B is slower by exactly change. low is set for a side with a lower bound below
// the slowest, which may have more of them.
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
		// Requests level with the last one divide the remaining places.
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

// tieWidth is the rounding error of logarithms, not a tolerance.
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

// beside returns bounds, at a two-sided error level, of the mean difference of shares after B's latencies are divided by
// change. Above 0, B is slower than change; below 0, less slow. The bounds are Student's with one value for each pair,
// widened by autocorrelation.
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

// center returns the change (a logarithm) at which both sides have equal shares among the slowest.
func (t *topRecord) center() float64 {
	return falls(func(change float64) float64 {
		x, _ := t.shares(change)
		return stat.Mean(x, nil)
	}, -topMost, topMost)
}

// bounds returns the changes (logarithms) at which the bounds of beside pass 0, never narrower than the resolution of
// histograms; ±Inf where they do not pass 0.
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
