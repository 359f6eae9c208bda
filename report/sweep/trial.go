package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// Options are the cells and the budget of a sweep.
type Options struct {
	Cells      []string // names
	Quads      int      // fixed before the first that counts, see [Trial.Plan]
	Seed       uint64
	Planned    float64 // reads of a round that count, as planned
	Objectives []runfile.Threshold
}

// Trial drives cells in quads, as [compare.Trial] drives arms. Nothing is decided before its last round.
type Trial struct {
	*compare.Trial
	o      Options
	tested []compare.Metric // P50, and the highest percentile of which each round has a figure of its own
	cells  []record
	quad   []ofCell // rounds of the present quad
	again  int      // rounds that were spoiled and driven again
	why    string   // why the last of them was
}

// ofCell is a round of a cell.
type ofCell struct {
	cell int
	round
}

// NewTrial returns a trial. Its error says what is wrong with its options.
func NewTrial(o Options) (*Trial, error) {
	if len(o.Cells) > MostCells {
		return nil, fmt.Errorf("a sweep has at most %d cells, got %d", MostCells, len(o.Cells))
	}
	t := &Trial{o: o, cells: make([]record, len(o.Cells)), tested: []compare.Metric{compare.P50}}
	// Where rounds have no figure of a percentile of their own, the slowest of a quad tell it; but too little for many pairs at once.
	for _, m := range []compare.Metric{compare.P95, compare.P99} {
		if m.Paired(o.Planned) {
			t.tested = []compare.Metric{compare.P50, m}
		}
	}
	for i := range t.cells {
		t.cells[i].own, t.cells[i].all = make([]compare.Side, len(t.tested)), make([]compare.Side, len(t.tested))
	}
	var err error
	t.Trial, err = compare.NewTrial(compare.Options{Arms: o.Cells, Quads: o.Quads, Seed: o.Seed, Once: true, Objectives: o.Objectives})
	return t, err
}

// Plan sets anew how many quads are to count, before the first of them.
func (t *Trial) Plan(quads int) {
	t.Trial.Plan(quads)
	t.o.Quads = t.Trial.Result().Planned
}

// Add takes the run of the round that Next returned. A spoiled round is asked for again, at most a quarter of all: a quad of many
// cells would hardly ever be without one.
func (t *Trial) Add(r *runfile.Run) {
	step, done := t.Next()
	if done {
		return
	}
	if why := compare.Spoiled(r); why != "" && step.Quad > 0 {
		t.why = why
		if t.again++; t.again <= t.o.Quads*len(t.cells)/2 {
			return
		}
	}
	if step.Quad > 0 {
		t.quad = append(t.quad, ofCell{step.Arm, readRound(r)})
	}
	before := t.Kept()
	t.Trial.Add(r)
	t.settle(t.Kept() > before)
}

// settle ends a quad whose rounds are all there: those that are kept count.
func (t *Trial) settle(kept bool) {
	if kept {
		for i := range t.quad {
			t.cells[t.quad[i].cell].add(t.tested, &t.quad[i].round)
		}
	}
	if len(t.quad) == 2*len(t.cells) {
		t.quad = t.quad[:0]
	}
}

// Killed says what a cell has lost when it was killed after the last round.
func (t *Trial) Killed(cell int, lost *runfile.Lost) { t.cells[cell].lost = lost }

// Result is what was found so far. The tests come with tested, once, when the last round is over.
func (t *Trial) Result(tested bool) *Sweep {
	inner := t.Trial.Result()
	s := &Sweep{
		Schema: schema, Kind: Kind, Metric: t.highest().Key, Pairs: []Pair{},
		Quads: inner.Quads, Planned: inner.Planned, Again: t.again, Why: t.why, Spoiled: inner.Spoiled, Seed: t.o.Seed,
	}
	for i := range t.cells {
		s.Cells = append(s.Cells, t.cell(i))
	}
	for _, o := range t.o.Objectives {
		s.SLO = append(s.SLO, o.Text)
	}
	if tested && !s.Spoiled && s.Quads >= compare.MinQuads {
		s.Tested = true
		s.Pairs = holm(t.contrasts(s.Cells))
		s.Rank()
		t.judge(s)
	}
	return s
}

// cell is what was measured of one.
func (t *Trial) cell(i int) Cell {
	c := &t.cells[i]
	cell := Cell{
		Stale: c.stale(),
		Name:  t.o.Cells[i], Reads: latency(&c.reads), Due: c.due, Failed: c.failed, Memory: c.memory, Rounds: c.rounds, Limited: c.limited,
		Unranked: 2*c.limited >= max(c.rounds, 1) || c.reads.Count == 0,
	}
	if at := c.reads.Quantile(t.highest().Quantile).Value; at > 0 {
		low, high := c.own[len(t.tested)-1].Around(float64(at))
		cell.Reads.Between = &[2]float64{low, high}
	}
	for _, part := range []struct {
		to   **Latency
		dist *runfile.Dist
	}{{&cell.Writes, &c.writes}, {&cell.Hits, &c.hits}, {&cell.Misses, &c.misses}} {
		if part.dist.Count > 0 {
			l := latency(part.dist)
			*part.to = &l
		}
	}
	if l := c.lost; l != nil {
		cell.Lost = &Lost{Writes: l.Writes, Keys: l.Keys, Oldest: l.AgeMaxNS, NotJudged: l.NotJudged}
	}
	if c.origin.Known() {
		cell.Origin = &Origin{Statements: c.origin.Statements, PerSecond: c.origin.Rate(), Timing: c.origin.Source == runfile.OriginTimings}
		if none := t.without(); none >= 0 && none != i {
			if saved, ok := runfile.SavedShare(c.origin, t.cells[none].origin); ok {
				cell.Origin.Saved = &saved
			}
		}
	}
	if c.cache.Hits+c.cache.Misses > 0 {
		cell.Cache = &Cache{c.cache.Hits, c.cache.Misses}
	}
	return cell
}

// without is the cell without a cache; -1: each cell has one.
func (t *Trial) without() int {
	return slices.IndexFunc(t.o.Cells, func(name string) bool { return name == "none" || strings.HasPrefix(name, "none, ") })
}

// highest is the highest percentile that is tested.
func (t *Trial) highest() compare.Metric { return t.tested[len(t.tested)-1] }

// latency is a distribution's figures.
func latency(d *runfile.Dist) Latency {
	l := Latency{Count: d.Count, P50NS: d.P50NS, P95NS: d.P95NS, P99NS: d.P99NS}
	for key, f := range map[string]runfile.Figure{"p50_ns": d.Quantile(0.50), "p95_ns": d.Quantile(0.95), "p99_ns": d.Quantile(0.99)} {
		if f.AtLeast {
			l.AtLeast = append(l.AtLeast, key)
		}
	}
	slices.Sort(l.AtLeast)
	return l
}

// judge holds each cell to the objectives. Each cell may err with an equal part of 5 %, as one of all is named.
func (t *Trial) judge(s *Sweep) {
	if len(t.o.Objectives) == 0 {
		return
	}
	for i := range s.Cells {
		c := &s.Cells[i]
		c.Holds = compare.Pass
		for j, h := range t.Holds(i, alpha/float64(len(s.Cells))) {
			o := Objective{Text: t.o.Objectives[j].Text, Outcome: h.Outcome}
			if h.Known {
				o.Value = &h.Value
			}
			if ofAllRounds(t.o.Objectives[j]) {
				o = t.judgeAllRounds(i, t.o.Objectives[j])
			}
			c.Objectives = append(c.Objectives, o)
			switch {
			case o.Outcome == compare.Missed:
				c.Holds = compare.Missed
			case o.Outcome != compare.Pass && c.Holds != compare.Missed:
				c.Holds = compare.Inconclusive
			}
		}
	}
}

// ofAllRounds reports whether a threshold is on what is counted of all rounds together.
func ofAllRounds(t runfile.Threshold) bool {
	return t.OfStale() || t.Metric == runfile.MetricHits || t.Metric == runfile.MetricOrigin || t.Metric == runfile.MetricLost
}

// judgeAllRounds judges a cell by what was counted of all its rounds.
func (t *Trial) judgeAllRounds(i int, threshold runfile.Threshold) Objective {
	o := Objective{Text: threshold.Text, Outcome: compare.Inconclusive}
	p := t.cells[i].allRounds()
	if threshold.Missing(p) != "" || threshold.OfStale() && p.Consistency.Reads == 0 {
		return o
	}
	switch r := threshold.JudgePart(p); {
	case r.Undecided:
	case r.Passed:
		o.Value, o.Outcome = r.Actual, compare.Pass
	default:
		o.Value, o.Outcome = r.Actual, compare.Missed
	}
	return o
}
