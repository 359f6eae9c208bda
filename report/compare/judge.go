package compare

import (
	"math"
	"slices"
)

// decided reports whether every judged row is settled, so that no further round is needed.
func (t *Trial) decided() bool {
	for arm := 1; arm < len(t.arms); arm++ {
		c := t.compare(arm)
		if c.Errors.Outcome == Inconclusive || slices.ContainsFunc(c.Parts, func(p PartChange) bool { return p.Outcome == Inconclusive }) {
			return false
		}
		for _, o := range c.Objectives {
			if o.B.Outcome == Inconclusive {
				return false
			}
		}
		for _, r := range c.Rows {
			if r.Judged && (r.Outcome == Inconclusive || r.Outcome == Undecided) {
				return false
			}
		}
	}
	return true
}

// Result returns the result so far. Before the budget is used it is at the error that may be spent by then, for a trial that
// ends early for a reason unrelated to its figures.
func (t *Trial) Result() Result {
	r := Result{
		Gate: t.o.Gate, Quads: t.kept, Planned: t.o.Quads, Rerun: t.rerun, Spoiled: t.spoilt, Why: t.why, Early: !t.ended,
		Curves: t.curves(), Foresight: t.foresight, ByResponse: t.byResponse,
	}
	for arm := 1; arm < len(t.arms); arm++ {
		c := t.compare(arm)
		for i := range c.Rows {
			c.Rows[i].foresee(c.Pairs)
		}
		r.Comparisons = append(r.Comparisons, c)
	}
	if t.spoilt {
		r.Spoil(t.why)
	}
	return r
}

func (t *Trial) compare(arm int) Comparison {
	a, b := &t.arms[0], &t.arms[arm]
	level := t.levels()
	c := Comparison{
		A: t.o.Arms[0], B: t.o.Arms[arm], Of: t.of, Pairs: 2 * t.kept,
		Errors: judgeErrors(a.failures, b.failures, t.o.ErrorMargin, t.o.Gate, level(errorFor(len(t.o.Parts)))),
		Parts: judgeParts(t.o.Parts, a.parts, b.parts, func(a, b []Failures, margin float64) Errors {
			return judgeErrors(a, b, margin, t.o.Gate, level(errorFor(len(t.o.Parts))))
		}),
	}
	var judged []candidate
	all := map[string]candidate{}
	metrics := Metrics()
	c.Rows = make([]Row, 0, len(metrics))
	for m, metric := range metrics {
		pairs, by := &t.pairs[arm][m], t.how[arm][m]
		asked := t.criterion(metric)
		if len(a.values[m])+len(b.values[m]) == 0 && asked.Margin == 0 {
			continue
		}
		c.Rows = append(c.Rows, Row{
			Metric: metric, A: medianOf(a.values[m]), B: medianOf(b.values[m]), RoundsA: slices.Clone(a.values[m]), RoundsB: slices.Clone(b.values[m]),
			ALow: a.atLeast[m], BLow: b.atLeast[m], Beyond: min(a.beyond[m], b.beyond[m]), By: by,
			Margin: asked.Margin, PassAt: asked.passes(), Least: enoughTop, Thin: by == ByNone,
		})
		row := &c.Rows[len(c.Rows)-1]
		if pairs.missing || len(pairs.x) == 0 || row.Thin && row.Beyond < 1-1e-6 {
			continue
		}
		var cand candidate
		if by == ByTop {
			cand = t.tops[arm][m].candidate(row)
		} else {
			cand = pairCandidate(row, pairs.x)
		}
		switch {
		case row.Thin:
		case asked.Metric.Key != "":
			row.Judged, cand.asked = true, asked
			judged = append(judged, cand)
			if of, ok := t.ofAll(arm, m, *row, asked); ok {
				all[metric.Key] = of
			}
		case !t.o.Gate:
			decideComparison(cand, level(1))
		}
	}
	c.Objectives = t.objectives(arm, level)
	if t.o.Gate {
		decideGate(judged, level)
	} else {
		for _, cand := range judged {
			decideComparison(cand, level(1))
		}
	}
	c.Guard = guardOf(a.disturbed, b.disturbed)
	c.confirm(t.o.Gate, all, level(1))
	c.conclude(t.o.Gate)
	return c
}

// ofAll returns a row of a latency over all requests, disturbed ones too; ok is false where a round has no figure.
func (t *Trial) ofAll(arm, metric int, row Row, asked Criterion) (c candidate, ok bool) {
	pairs := &t.all[arm][metric]
	if row.Metric.Quantile == 0 || pairs.missing || len(pairs.x) == 0 {
		return c, false
	}
	if row.By == ByTop {
		c = t.allTops[arm][metric].candidate(&row)
	} else {
		row.ALow, row.BLow = pairs.aLow, pairs.bLow
		c = pairCandidate(&row, pairs.x)
	}
	c.asked = asked
	return c, true
}

// pairCandidate fills in a row's figures from the log ratios of pairs, and returns the candidate to decide.
func pairCandidate(row *Row, x []float64) candidate {
	e := newEstimate(x)
	row.Change, row.Carried = e.interval(printedLevel), e.carried
	return candidate{row: row, bounds: e.bounds, atLeast: row.BLow, atMost: row.ALow}
}

// candidate fills in a row's figures from the slowest requests of quads, and returns the candidate to decide.
func (t *topRecord) candidate(row *Row) candidate {
	center := t.center()
	low, high := t.bounds(printedLevel)
	row.Change = Interval{Center: math.Exp(center), Low: math.Exp(low), High: math.Exp(high)}
	x, _ := t.shares(center)
	row.Carried = autocorrelation(x)
	return candidate{row: row, bounds: t.bounds, beside: t.beside}
}

// criterion returns the criterion of a metric; the zero value where the metric is only shown.
func (t *Trial) criterion(m Metric) Criterion {
	if i := slices.IndexFunc(t.o.Criteria, func(c Criterion) bool { return c.Metric.Key == m.Key }); i >= 0 {
		return t.o.Criteria[i]
	}
	return Criterion{}
}

// levels returns a function from a share of alpha to the two-sided error that the present look may spend of it.
func (t *Trial) levels() func(share float64) float64 {
	times := make([]float64, 0, len(t.looks))
	for _, q := range t.taken {
		times = append(times, float64(q)/float64(t.o.Quads))
	}
	if now := float64(t.kept) / float64(t.o.Quads); t.kept > 0 && (len(times) == 0 || now > times[len(times)-1]) {
		times = append(times, now)
	}
	of := map[float64]float64{}
	return func(share float64) float64 {
		if len(times) == 0 {
			return 0
		}
		if _, ok := of[share]; !ok {
			levels := spending(alpha*share, times)
			of[share] = levels[len(levels)-1]
		}
		return of[share]
	}
}

// foresee fills in Scatter, and Needed where the row is not settled.
func (r *Row) foresee(pairs int) {
	if r.Change.Low <= 0 || pairs == 0 {
		return
	}
	r.Scatter = scatter(math.Log(r.Change.High/r.Change.Low)/2, pairs)
	if r.Outcome != Inconclusive && r.Outcome != Undecided {
		return
	}
	r.Needed = pairsFor(r.Scatter, r.worse()-r.Metric.log(r.PassAt), lastLevel(alpha))
}

// worse is the logarithm of the change for the worse.
func (r *Row) worse() float64 {
	if r.Metric.HigherIsBetter {
		return -math.Log(r.Change.Center)
	}
	return math.Log(r.Change.Center)
}

// conclude sets the comparison's outcome from those of its rows, errors and objectives.
func (c *Comparison) conclude(gate bool) {
	worse, better, told := false, false, true
	judged := 0
	for _, r := range c.Rows {
		if !r.Judged {
			continue
		}
		judged++
		worse = worse || r.Outcome == Regression || r.Outcome == Worse
		better = better || r.Improved || r.Outcome == Better
		told = told && r.Outcome != CannotTell
	}
	c.Mixed = worse && better
	if !gate {
		switch {
		case c.Mixed:
			c.Outcome = Mixed
		case worse:
			c.Outcome = Worse
		case better:
			c.Outcome = Better
		case !told:
			c.Outcome = CannotTell
		default:
			c.Outcome = Undecided
		}
		return
	}
	c.Outcome = c.Errors.Outcome
	graver := func(o Outcome) {
		if slices.Index(gravity, o) > slices.Index(gravity, c.Outcome) {
			c.Outcome = o
		}
	}
	if judged == 0 {
		graver(Inconclusive)
	}
	for _, r := range c.Rows {
		if r.Judged {
			graver(r.Outcome)
		}
	}
	for _, s := range c.Parts {
		graver(s.Outcome)
	}
	for _, o := range c.Objectives {
		graver(o.B.Outcome)
	}
}

func medianOf(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return median(sorted)
}
