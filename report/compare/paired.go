package compare

import (
	"math"
	"slices"

	"github.com/seed-5a006608/bench/loadgen"
)

// Paired compares the percentiles of the two sides of a mirrored run. The unit is a block of whole seconds, in which both
// sides were sent the same requests, and never the request: those of one second share its luck. Of each block the logarithm
// of the ratio of B's percentile to A's is taken, and of those the estimate and the interval that comparisons of rounds have:
// Hodges and Lehmann's, by signed ranks, wider where neighbouring blocks resemble each other. A block is as long as it takes
// to have twenty requests beyond the percentile, as far as that leaves [MinQuads] blocks.
func Paired(pairs []loadgen.LatencyPair) []Row {
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

// secondsOf sorts pairs by their second and drops the first and the last, which may be parts of one.
func secondsOf(pairs []loadgen.LatencyPair) [][]loadgen.LatencyPair {
	bySecond := map[int32][]loadgen.LatencyPair{}
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
	list := make([][]loadgen.LatencyPair, len(seconds))
	for i, s := range seconds {
		list[i] = bySecond[s]
	}
	return list
}

// pairedRow compares one percentile in blocks of so many seconds.
func pairedRow(m Metric, all []loadgen.LatencyPair, bySecond [][]loadgen.LatencyPair, length int) Row {
	a, b := quantiles(all, m.Quantile)
	row := Row{Metric: m, A: a, B: b, Judged: true, Beyond: math.Inf(1)}
	var logs []float64
	for from := 0; from+length <= len(bySecond); from += length {
		block := slices.Concat(bySecond[from : from+length]...)
		a, b := quantiles(block, m.Quantile)
		logs = append(logs, math.Log(b/a))
		row.Beyond = min(row.Beyond, float64(len(block))*(1-m.Quantile))
	}
	row.Least, row.Thin = enoughMirror, row.Beyond < enoughMirror-1e-6
	e := newEstimate(logs)
	row.Change, row.Carried = e.interval(printedLevel), e.carried
	decideComparison(candidate{row: &row, bounds: e.bounds}, alpha)
	return row
}

// quantiles returns the quantile of each side: the smallest value that at least that share does not exceed.
func quantiles(pairs []loadgen.LatencyPair, q float64) (a, b float64) {
	as, bs := make([]float32, len(pairs)), make([]float32, len(pairs))
	for i, p := range pairs {
		as[i], bs[i] = p.A, p.B
	}
	slices.Sort(as)
	slices.Sort(bs)
	at := max(int(math.Ceil(q*float64(len(pairs))-1e-9))-1, 0)
	return float64(as[at]), float64(bs[at])
}
