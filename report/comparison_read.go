package report

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// The bounds of what is read again.
const (
	mostArms       = 8
	mostCurve      = 1000
	mostNotes      = 1000
	mostObjectives = 1000
	mostShares     = 8
)

// notKept is a note on figures that files of older versions lack.
const notKept = "what was noticed when this was made, and how it was called, is not in the file: it was saved by a bench that did not keep that"

// DecodeComparison reads what [WriteComparisonJSON] wrote of a comparison or a gate, so that it is shown as when it was made; name
// stands in its errors. It is untrusted: every figure must be one that a comparison can have.
func DecodeComparison(name string, data []byte) (*Compared, error) {
	var f comparisonFile
	if err := runfile.DecodeKind(name, "comparison file", comparisonSchema, data, &f); err != nil {
		return nil, err
	}
	c, err := f.compared()
	if err != nil {
		return nil, fmt.Errorf("%s: is damaged or was edited: %w", name, err)
	}
	return c, nil
}

func (f *comparisonFile) compared() (*Compared, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	c := &Compared{
		Result: compare.Result{
			Gate: f.Kind == GateKind, Quads: f.Quads, Planned: f.Planned, Rerun: f.Rerun, Spoiled: f.Spoiled, Why: f.Again, Early: f.Early,
			Interrupted: f.Interrupted, ByResponse: f.Compared == "response_time",
		},
		Layout: compare.Layout{Round: time.Duration(f.RoundNS), Quads: f.Planned}, Restarted: f.Restarted, Owned: f.Owned, Seed: f.Seed, Repeat: f.Repeat,
		Notes: f.Notes, Started: f.Started, Took: time.Duration(f.TookNS), Pilot: f.Pilot, Baseline: f.Baseline, FirstBaseline: f.First,
	}
	if f.Notes == nil {
		c.Notes = []string{notKept}
	}
	if s := f.Foresight; s != nil {
		m, err := metricOf(s.Metric)
		if err != nil {
			return nil, err
		}
		c.Result.Foresight = &compare.Foresight{Metric: m, Pairs: s.Pairs, Scatter: s.Scatter, Passes: s.Passes, Found: s.Found, Held: s.Held}
	}
	for _, a := range f.Arms {
		c.Arms = append(c.Arms, ComparedArm{a.Name, a.Target, a.Rate, a.Environment})
		curve := compare.Curve{Arm: a.Name}
		if a.Label != "" {
			curve.Arm = a.Label
		}
		for _, v := range a.CurveNS {
			curve.Values = append(curve.Values, time.Duration(v))
		}
		c.Result.Curves = append(c.Result.Curves, curve)
	}
	for i := range f.Comparisons {
		part, err := f.Comparisons[i].comparison()
		if err != nil {
			return nil, fmt.Errorf("comparison %d: %w", i+1, err)
		}
		c.Result.Comparisons = append(c.Result.Comparisons, part)
	}
	if got := c.Result.Outcome(); got != f.Outcome {
		return nil, fmt.Errorf("its outcome is %q, and its comparisons come to %q", f.Outcome, got)
	}
	return c, nil
}

func (f *comparisonFile) check() error {
	switch {
	case f.Kind != ComparisonKind && f.Kind != GateKind:
		return fmt.Errorf("its kind is %q", f.Kind)
	case len(f.Arms) > mostArms || len(f.Comparisons) >= mostArms:
		return fmt.Errorf("it has %d arms and %d comparisons", len(f.Arms), len(f.Comparisons))
	case f.First != "" && (f.Kind != GateKind || len(f.Comparisons) > 0 || f.Baseline == nil):
		return errors.New("it saved the first baseline, and yet something was compared, or no baseline is named")
	case len(f.Notes) > mostNotes:
		return fmt.Errorf("it has %d notes", len(f.Notes))
	case f.Quads < 0 || f.Planned < 0 || f.Rerun < 0 || f.RoundNS < 0 || f.TookNS < 0:
		return errors.New("a number of its quads, or a time, is below 0")
	case f.Pilot != nil && (f.Pilot.Chosen < 0 || f.Pilot.Chosen >= len(f.Pilot.Tried)):
		return fmt.Errorf("its pilot chose rate %d of %d", f.Pilot.Chosen, len(f.Pilot.Tried))
	}
	for _, a := range f.Arms {
		if len(a.CurveNS) > mostCurve || a.Rate < 0 || slices.ContainsFunc(a.CurveNS, func(v int64) bool { return v < 0 }) {
			return errors.New("the rate or the curve of an arm cannot be")
		}
	}
	return nil
}

func (p *comparisonPart) comparison() (compare.Comparison, error) {
	c := compare.Comparison{A: p.A, B: p.B, Of: p.Of, Outcome: p.Outcome, Mixed: p.Mixed, Pairs: p.Pairs, RunsA: p.RunsA, RunsB: p.RunsB, Errors: p.Errors.errors()}
	if min(p.Pairs, p.RunsA, p.RunsB, p.Errors.RoundsA, p.Errors.RoundsB, p.Errors.HitA, p.Errors.HitB) < 0 {
		return c, errors.New("a number of pairs, runs or rounds is below 0")
	}
	if p.Of != compare.Requests && p.Of != compare.Journeys {
		return c, fmt.Errorf("it is of %.40q, which is not known", p.Of)
	}
	if err := errors.Join(known(p.Outcome), known(p.Errors.Outcome)); err != nil {
		return c, err
	}
	if len(p.Shares) > mostShares {
		return c, fmt.Errorf("it has %d shares", len(p.Shares))
	}
	for i := range p.Shares {
		s := &p.Shares[i]
		if s.Of != compare.StaleReads && s.Of != compare.CacheMisses {
			return c, fmt.Errorf("it has a share of %.40q, which is not known", s.Of)
		}
		if min(s.RoundsA, s.RoundsB, s.HitA, s.HitB) < 0 {
			return c, errors.New("a number of rounds of a share is below 0")
		}
		if err := known(s.Outcome); err != nil {
			return c, err
		}
		c.Parts = append(c.Parts, compare.PartChange{Of: s.Of, Errors: s.errors()})
	}
	if g := p.Guard; g != nil {
		c.Guard = compare.Guard{A: g.A, B: g.B, Low: or(g.Low, math.Inf(-1)), High: or(g.High, math.Inf(1)), Differs: g.Differs, TooMany: g.TooMany}
	}
	var err error
	if c.Rows, err = rowsOf(p.Rows); err != nil {
		return c, err
	}
	if len(p.Objectives) > mostObjectives {
		return c, fmt.Errorf("it has %d objectives", len(p.Objectives))
	}
	for _, o := range p.Objectives {
		t, err := runfile.ParseThreshold(o.Text)
		if err == nil {
			err = errors.Join(known(o.A.Outcome), known(o.B.Outcome))
		}
		if err != nil {
			return c, err
		}
		c.Objectives = append(c.Objectives, compare.Objective{Threshold: t, A: o.A.held(), B: o.B.held()})
	}
	return c, nil
}

func (h comparedHeld) held() compare.Held {
	if h.Value == nil {
		return compare.Held{AtLeast: h.AtLeast, Outcome: h.Outcome}
	}
	return compare.Held{Value: *h.Value, Low: or(h.Low, math.Inf(-1)), High: or(h.High, math.Inf(1)), AtLeast: h.AtLeast, Known: true, Outcome: h.Outcome}
}

func (e *comparedErrors) errors() compare.Errors {
	found := compare.Errors{
		A: compare.Failures{Failed: e.FailedA, Due: e.DueA, Hit: e.HitA, Rounds: e.RoundsA}, B: compare.Failures{Failed: e.FailedB, Due: e.DueB, Hit: e.HitB, Rounds: e.RoundsB},
		Low: e.Low, High: e.High, Level: e.Level, Margin: e.Margin, Outcome: e.Outcome,
	}
	for _, by := range e.By {
		found.By = append(found.By, compare.Difference{Unit: by.Unit, Center: by.Center, Low: or(by.Low, math.Inf(-1)), High: or(by.High, math.Inf(1))})
	}
	return found
}

// rowsOf reads rows of a comparison again.
func rowsOf(list []comparisonRow) ([]compare.Row, error) {
	if len(list) > len(compare.Metrics()) {
		return nil, fmt.Errorf("it has %d rows", len(list))
	}
	var rows []compare.Row
	for _, r := range list {
		m, err := metricOf(r.Metric)
		if err == nil {
			err = known(r.Outcome)
		}
		if err == nil && (r.Needed < 0 || r.Runs < 0) {
			err = fmt.Errorf("the row of %s needs less than nothing", r.Metric)
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, compare.Row{
			Metric: m, A: r.A, B: r.B, ALow: r.ALow, BLow: r.BLow, Change: r.Change.interval(), Decision: r.Decision.interval(), Level: r.Level,
			Margin: r.Margin, PassAt: r.PassAt, PassedAt: r.PassedAt, Outcome: r.Outcome, Judged: r.Judged, Improved: r.Improved,
			By: compare.Estimator(r.By), Least: r.Least, RoundsA: r.RoundsA, RoundsB: r.RoundsB, Thin: r.Thin || r.Why == tooFew, Scatter: r.Scatter, Carried: r.Carried, Needed: max(r.Needed, r.Runs),
		})
	}
	return rows, nil
}

// interval returns the bounds that are left out as what they stand for.
func (r *ratioInterval) interval() compare.Interval {
	if r == nil {
		return compare.Interval{}
	}
	i := compare.Interval{Center: r.Ratio, Low: or(r.Low, 0), High: or(r.High, math.Inf(1))}
	if i.Center == 0 {
		i.Center = math.Inf(1)
	}
	return i
}

func metricOf(key string) (compare.Metric, error) {
	for _, m := range compare.Metrics() {
		if m.Key == key {
			return m, nil
		}
	}
	return compare.Metric{}, fmt.Errorf("there is no metric %q", page.Clean(key, 40))
}

// known returns an error for an unknown outcome; "" is the outcome of rows that are only shown.
func known(o compare.Outcome) error {
	switch o {
	case "", compare.Regression, compare.Pass, compare.Missed, compare.Inconclusive, compare.Worse, compare.Better, compare.Undecided, compare.Mixed, compare.CannotTell:
		return nil
	}
	return fmt.Errorf("there is no outcome %q", page.Clean(string(o), 40))
}

func or(v *float64, none float64) float64 {
	if v == nil {
		return none
	}
	return *v
}
