package compare

import (
	"math"
	"testing"
)

// rowAt is a row of which it is known that the change lies within half of center at every level.
func rowAt(m Metric, center, half float64, c Criterion) candidate {
	c.Metric = m
	return candidate{
		row: &Row{Metric: m, Judged: true, Change: Interval{Center: center}}, asked: c,
		bounds: func(float64) (low, high float64) { return math.Log(center) - half, math.Log(center) + half },
	}
}

func TestTwoMarginsLeaveRoomBetweenThem(t *testing.T) {
	two := Criterion{Margin: 0.10, PassMargin: 0.20}
	for _, tc := range []struct {
		center, half float64
		asked        Criterion
		want         Outcome
		passedAt     float64
		why          string
	}{
		{1, 0.05, two, Pass, 0.10, "below both"},
		{1, 0.15, two, Pass, 0.20, "10 % cannot be told, 20 % can"},
		{1, 0.25, two, Inconclusive, 0, "nothing can be told"},
		{1.15, 0.10, two, Inconclusive, 0, "around both"},
		{1.15, 0.01, two, Regression, 0, "above the one and below the other"},
		{1.3, 0.05, two, Regression, 0, "above both"},
		{1, 0.15, Criterion{Margin: 0.10}, Inconclusive, 0, "one margin is both"},
		{1.15, 0.01, Criterion{Margin: 0.20}, Pass, 0.20, "one margin is both"},
	} {
		c := rowAt(P99, tc.center, tc.half, tc.asked)
		decideGate([]candidate{c}, func(share float64) float64 { return alpha * share })
		if c.row.Outcome != tc.want || c.row.PassedAt != tc.passedAt {
			t.Errorf("%s: %s at %v, want %s at %v", tc.why, c.row.Outcome, c.row.PassedAt, tc.want, tc.passedAt)
		}
	}
}

// P99 may spend three parts of the error, each other row one, and what a row has cleared is shared by the rest.
func TestHolmIsWeighted(t *testing.T) {
	var asked []float64
	row := func(m Metric, clears float64) candidate {
		c := rowAt(m, 1, 1, Criterion{Margin: 0.1})
		c.bounds = func(level float64) (low, high float64) {
			if level < alpha { // not the one of passes
				asked = append(asked, level)
			}
			if level >= clears {
				return 1, 2
			}
			return -1, 2
		}
		return c
	}
	for _, tc := range []struct {
		p50, p95, p99 float64 // the level at which each clears its margin
		want          [3]Outcome
		why           string
	}{
		{1, 1, alpha * 3 / 5, [3]Outcome{Inconclusive, Inconclusive, Regression}, "P99 clears at three fifths"},
		{alpha * 3 / 5, 1, 1, [3]Outcome{Inconclusive, Inconclusive, Inconclusive}, "and P50 does not"},
		{alpha / 5, 1, 1, [3]Outcome{Regression, Inconclusive, Inconclusive}, "P50 clears at a fifth"},
		{alpha / 2, 1, alpha * 3 / 5, [3]Outcome{Regression, Inconclusive, Regression}, "what P99 leaves is halved"},
		{alpha / 2, alpha, alpha * 3 / 5, [3]Outcome{Regression, Regression, Regression}, "and the last has all of it"},
		{alpha / 4, alpha / 5, 1, [3]Outcome{Regression, Regression, Inconclusive}, "a fourth is left beside P99"},
	} {
		rows := []candidate{row(P50, tc.p50), row(P95, tc.p95), row(P99, tc.p99)}
		decideGate(rows, func(share float64) float64 { return alpha * share })
		for i, c := range rows {
			if c.row.Outcome != tc.want[i] {
				t.Errorf("%s: %s is %s, want %s", tc.why, c.row.Metric.Key, c.row.Outcome, tc.want[i])
			}
		}
	}
	if len(asked) == 0 {
		t.Error("no row was asked at a part of the error")
	}
}
