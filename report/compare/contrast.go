package compare

import (
	"math"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Side is the rounds of one arm by one percentile, in time order: two of each quad.
type Side struct {
	readings  []reading
	tops      []topRound
	disturbed []disturbance
}

// Add takes the latencies of a round, and how many of its due requests were disturbed.
func (s *Side) Add(m Metric, d *runfile.Dist, disturbed, due uint64) {
	f := m.latency(d)
	s.readings = append(s.readings, reading{value: float64(f.Value), atLeast: f.AtLeast, ok: !f.Missing})
	s.tops = append(s.tops, topOf(d))
	s.disturbed = append(s.disturbed, disturbance{disturbed, due})
}

// Around returns bounds at 95 % for a figure of all rounds together, as wide as the scatter of the rounds' own figures. With too
// few rounds both bounds are the figure itself.
func (s *Side) Around(figure float64) (low, high float64) {
	var logs []float64
	for _, r := range s.readings {
		if r.ok && r.value > 0 {
			logs = append(logs, math.Log(r.value))
		}
	}
	e := newEstimate(logs)
	l, h := e.bounds(printedLevel)
	if e.n == 0 || math.IsInf(l, 0) {
		return figure, figure
	}
	return figure * math.Exp(l-e.center), figure * math.Exp(h-e.center)
}

// Paired reports whether each round of so many planned requests has its own figure for a percentile.
func (m Metric) Paired(planned float64) bool { return m.estimator(planned) == ByPairs }

// Contrast is the change of a percentile from one side to the other. The rounds of both are neighbours, with the same requests.
type Contrast struct {
	Change Interval // the second over the first, at 95 %; zero where some round has no figure
	of     candidate
	least  float64 // logarithm of the least change that the histograms tell
}

// NewContrast compares two sides by a percentile, with the estimator that so many planned requests a round allow. Their
// histograms have so many significant digits.
func NewContrast(m Metric, planned float64, digits int, a, b *Side) *Contrast {
	c := &Contrast{least: math.Log1p(math.Pow10(-digits))}
	row := &Row{Metric: m, By: m.estimator(planned)}
	var pairs pairRecord
	for i := range a.readings {
		pairs.add(a.readings[i], b.readings[i])
	}
	if pairs.missing || len(pairs.x) == 0 || row.By == ByNone {
		return c
	}
	row.ALow, row.BLow = pairs.aLow, pairs.bLow
	if row.By == ByTop {
		top := topRecord{beyond: 1 - m.Quantile}
		for i := 0; i+1 < len(a.tops); i += 2 {
			top.quads = append(top.quads, topQuad{{a.tops[i], b.tops[i]}, {a.tops[i+1], b.tops[i+1]}})
		}
		c.of = top.candidate(row)
	} else {
		c.of = pairCandidate(row, pairs.x)
	}
	c.Change = row.Change
	return c
}

// Exceeds reports whether the second side is slower than the first by more than a share, at a two-sided error level.
func (c *Contrast) Exceeds(share, level float64) bool {
	if c.of.row == nil {
		return false
	}
	low, _ := c.of.from(math.Log1p(share)+c.least, level)
	return low > 0
}

// Below reports whether the second side is slower than the first by less than a share, at a two-sided error level; of 0,
// whether it is faster.
func (c *Contrast) Below(share, level float64) bool {
	if c.of.row == nil {
		return false
	}
	_, high := c.of.from(math.Log1p(share)-c.least, level)
	return high < 0
}

// Decision returns the bounds of the change at a two-sided error level.
func (c *Contrast) Decision(level float64) Interval {
	if c.of.row == nil {
		return Interval{High: math.Inf(1)}
	}
	return c.of.decision(level)
}

// GuardOf tells whether it was fair to both sides to leave out the requests that bench's lateness disturbed.
func GuardOf(a, b *Side) Guard { return guardOf(a.disturbed, b.disturbed) }

// Plan sets anew how many quads are to count, where none was looked at yet and all are looked at once.
func (t *Trial) Plan(quads int) {
	if t.o.Once && t.kept == 0 && quads >= MinQuads {
		t.o.Quads, t.looks = quads, []int{quads}
	}
}

// Kept is the number of quads that count so far.
func (t *Trial) Kept() int { return t.kept }

// Holds judges an arm by each objective, at a two-sided error level.
func (t *Trial) Holds(arm int, level float64) (list []Held) {
	for i, objective := range t.o.Objectives {
		list = append(list, t.arms[arm].held[i].held(objective, func(share float64) float64 { return share * level }))
	}
	return list
}
