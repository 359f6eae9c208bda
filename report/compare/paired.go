package compare

import (
	"math"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Paired compares the percentiles of the two sides of a mirrored run. The unit is a block of whole seconds, in which both
// sides got the same requests, and never the request: requests of one second have the same luck. Each block has one figure,
// the logarithm of B's percentile over A's. Their estimate and interval are those of comparisons of rounds: Hodges and
// Lehmann's, by signed ranks, widened by autocorrelation. A block is long enough for twenty requests beyond the percentile,
// where that leaves [MinQuads] blocks.
//
// A percentile that is a lower bound, as of requests that were given up on, bounds the ratio of its block from one side: it
// is ranked by its value, and that side of the interval is infinite. A block with two lower bounds is left out.
func Paired(pairs []runfile.LatencyPair) []Row {
	if len(pairs) == 0 {
		return nil
	}
	bySecond := secondsOf(pairs)
	var rows []Row
	for _, m := range []Metric{P50, P95, P99} {
		perSecond := float64(len(pairs)) / float64(len(bySecond))
		length := int(math.Ceil(enoughMirror / ((1 - m.Quantile) * perSecond)))
		length = max(min(length, len(bySecond)/MinQuads), 1)
		rows = append(rows, pairedRow(m, pairs, bySecond, length))
	}
	return rows
}

// secondsOf sorts pairs by their second and drops the first and the last second, which may be incomplete.
func secondsOf(pairs []runfile.LatencyPair) [][]runfile.LatencyPair {
	bySecond := map[int32][]runfile.LatencyPair{}
	for _, p := range pairs {
		bySecond[p.Second] = append(bySecond[p.Second], p)
	}
	var seconds []int32
	for s := range bySecond {
		seconds = append(seconds, s)
	}
	slices.Sort(seconds)
	if len(seconds) > 2 {
		seconds = seconds[1 : len(seconds)-1]
	}
	list := make([][]runfile.LatencyPair, len(seconds))
	for i, s := range seconds {
		list[i] = bySecond[s]
	}
	return list
}

// pairedRow compares one percentile in blocks of so many seconds.
func pairedRow(m Metric, all []runfile.LatencyPair, bySecond [][]runfile.LatencyPair, length int) Row {
	a, b := quantiles(all, m.Quantile)
	row := Row{Metric: m, A: a.value, B: b.value, ALow: a.low, BLow: b.low, Judged: true, Beyond: math.Inf(1)}
	var least, most []float64
	for from := 0; from+length <= len(bySecond); from += length {
		block := slices.Concat(bySecond[from : from+length]...)
		a, b := quantiles(block, m.Quantile)
		row.Beyond = min(row.Beyond, float64(len(block))*(1-m.Quantile))
		row.RoundsA, row.RoundsB = append(row.RoundsA, a.value), append(row.RoundsB, b.value)
		if a.low && b.low {
			continue
		}
		low, high := math.Log(b.value/a.value), math.Log(b.value/a.value)
		if a.low {
			low = math.Inf(-1)
		}
		if b.low {
			high = math.Inf(1)
		}
		least, most = append(least, low), append(most, high)
	}
	row.Least, row.Thin = enoughMirror, row.Beyond < enoughMirror-1e-6
	e := openEstimate{newEstimate(least), newEstimate(most)}
	low, high := e.bounds(printedLevel)
	row.Change, row.Carried = Interval{math.Exp(e.center()), math.Exp(low), math.Exp(high)}, e.least.carried
	decideComparison(candidate{row: &row, bounds: e.bounds}, alpha)
	return row
}

// openEstimate is the estimate of differences of which some are only bounds. least and most are the estimates with each
// difference at its least and at its greatest possible value; ±Inf where it has no bound on that side.
type openEstimate struct{ least, most estimate }

// center is the centre of least, or of most where too many differences are unbounded below.
func (e openEstimate) center() float64 {
	if math.IsInf(e.least.center, -1) {
		return e.most.center
	}
	return e.least.center
}

func (e openEstimate) bounds(level float64) (low, high float64) {
	c, ok := signedRankLimit(e.least.n, level/2)
	if e.least.n == 0 || !ok {
		return math.Inf(-1), math.Inf(1)
	}
	low, high = e.least.walsh[c], e.most.walsh[len(e.most.walsh)-1-c]
	if !math.IsInf(low, -1) {
		low, _ = e.least.bounds(level)
	}
	if !math.IsInf(high, 1) {
		_, high = e.most.bounds(level)
	}
	return low, high
}

// quantile is a quantile of one side's response times, in ns; low marks a lower bound.
type quantile struct {
	value float64
	low   bool
}

// quantiles returns the quantile q of each side: the smallest value that at least the share q of the times does not exceed.
// It is a lower bound where it is at or above the smallest lower bound among them.
func quantiles(pairs []runfile.LatencyPair, q float64) (a, b quantile) {
	as, bs := make([]float32, len(pairs)), make([]float32, len(pairs))
	leastA, leastB := math.Inf(1), math.Inf(1)
	for i, p := range pairs {
		as[i], bs[i] = p.A, p.B
		if p.ALow {
			leastA = min(leastA, float64(p.A))
		}
		if p.BLow {
			leastB = min(leastB, float64(p.B))
		}
	}
	slices.Sort(as)
	slices.Sort(bs)
	at := max(int(math.Ceil(q*float64(len(pairs))-1e-9))-1, 0)
	return quantile{float64(as[at]), float64(as[at]) >= leastA}, quantile{float64(bs[at]), float64(bs[at]) >= leastB}
}
