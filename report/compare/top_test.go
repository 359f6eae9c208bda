package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// topsOf is a record of so many quads of rounds of n requests whose latencies are lognormal, those of B slower by a factor.
func topsOf(random *rand.Rand, quads, n int, factor float64) *topRecord {
	t := &topRecord{beyond: 0.01}
	for range quads {
		var q topQuad
		for half := range q {
			for side := range q[half] {
				logs := make([]float64, n)
				for i := range logs {
					logs[i] = 0.5*random.NormFloat64() + float64(side)*math.Log(factor)
				}
				slices.Sort(logs)
				slices.Reverse(logs)
				q[half][side] = topRound{logs: logs[:min(n, topKept)], count: float64(n), bound: math.Inf(1)}
			}
		}
		t.quads = append(t.quads, q)
	}
	return t
}

func TestTheSlowestOfAQuadTellTheRatio(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	const trials = 100
	for _, factor := range []float64{1, 1.3} {
		held, sum := 0, 0.0
		for range trials {
			r := topsOf(random, 12, 100, factor)
			low, high := r.bounds(printedLevel)
			if low <= math.Log(factor) && math.Log(factor) <= high {
				held++
			}
			sum += r.center() / trials
			// What decides is what the interval shows.
			if l, _ := r.beside(low+0.01, printedLevel); l > 0 {
				t.Errorf("×%v: above the lower bound B is still slower", factor)
			}
		}
		if held < 89 || math.Abs(sum-math.Log(factor)) > 0.05 {
			t.Errorf("×%v: %d of %d intervals hold it, and the estimates are around %v", factor, held, trials, math.Exp(sum))
		}
	}
}

func TestTopKCountsWhatIsLevelInProportion(t *testing.T) {
	same := topRound{logs: []float64{2, 1, 1, 1}, count: 50, bound: math.Inf(1)}
	r := topRecord{beyond: 0.01, quads: []topQuad{{{same, same}, {same, same}}}} // k = 2, of four that are level
	x, low := r.shares(0)
	if x[0] != 0 || x[1] != 0 || low != [2]bool{} {
		t.Errorf("%v %v", x, low)
	}
	slow := same
	slow.logs = []float64{3, 2, 1, 1}
	r.quads[0][0][1] = slow // two of 2 and one of 3 … k = 2: the 3, and one of the four of 2
	if x, _ = r.shares(0); math.Abs(x[0]-1.0/50) > 1e-9 || x[1] != 0 {
		t.Errorf("%v", x)
	}
}

// A bound among the slowest takes nothing from what is told; one below them may belong to them.
func TestTopKMindsLowerBounds(t *testing.T) {
	at := func(bound time.Duration) topRound {
		values := make([]time.Duration, 99)
		for i := range values {
			values[i] = time.Duration(i+1) * time.Millisecond
		}
		d := runfile.NewDist(3, values, []time.Duration{bound})
		return topOf(&d)
	}
	for _, tc := range []struct {
		bound time.Duration
		want  bool
	}{{10 * time.Second, false}, {50 * time.Millisecond, true}, {time.Millisecond, true}} {
		q := topQuad{{at(10 * time.Second), at(tc.bound)}, {at(10 * time.Second), at(tc.bound)}}
		r := topRecord{beyond: 0.01, quads: []topQuad{q, q, q}}
		_, high := r.beside(0, 0.05)
		if math.IsInf(high, 1) != tc.want {
			t.Errorf("bounds of %v: at most %v", tc.bound, high)
		}
	}
}
