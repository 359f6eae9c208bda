package compare

import "slices"

// Outcome is the verdict on a row, or on all.
type Outcome string

// The outcomes. The first four are those of a gate, the next those of a comparison without margins; both have the last.
const (
	Regression   Outcome = "regression"   // worse by more than the margin
	Pass         Outcome = "pass"         // not worse by as much as the margin
	Missed       Outcome = "missed"       // no regression, but a missed objective
	Inconclusive Outcome = "inconclusive" // the data tell neither
	Worse        Outcome = "worse"
	Better       Outcome = "better"
	Undecided    Outcome = "undecided" // no difference detected
	Mixed        Outcome = "mixed"     // worse in one metric and better in another

	CannotTell Outcome = "cannot tell" // bench was late beside one side more than beside the other, or too often, and that could change the answer
)

// Criterion is a judged metric with its margins, as shares above 0; in a comparison without margins they are 0.
type Criterion struct {
	Metric     Metric
	Margin     float64 // a change for the worse that is surely above it is a regression
	PassMargin float64 // a change for the worse that is surely below it passes; 0: the same as Margin
}

// Row is the comparison of two arms by one metric.
type Row struct {
	Metric   Metric
	A, B     float64  // medians of the rounds' values; durations in ns
	ALow     bool     // in some round of A the value was a lower bound
	BLow     bool     // in some round of B the value was a lower bound
	Change   Interval // B over A with its 95 % interval; zero where some round did not measure it
	Decision Interval // B over A, at the error that this look may spend; it alone decides
	Level    float64  // two-sided error of Decision
	Margin   float64  // margin of a regression in a gate; 0 where the row is only shown
	PassAt   float64  // margin of a pass in a gate
	PassedAt float64  // the lesser margin that the change is surely below; 0: below neither
	Outcome  Outcome  // "" where it is only shown
	Judged   bool     // the row counts for the comparison's outcome
	Improved bool     // of a gate: surely better than before
	Beyond   float64  // of a percentile: the fewest requests beyond it in a round

	By    Estimator // estimator of rounds; ByNone where the metric is only shown
	Least float64   // of a percentile: the least number of requests beyond it, in a quad, a run or a block
	Thin  bool      // fewer than Least lie beyond: shown and not judged

	RoundsA, RoundsB []float64 // the rounds' values in time order; nil for compared runs, and in older files

	Scatter float64 // standard deviation of a pair's log ratio
	Carried float64 // autocorrelation of pairs at lag 1, 0 … 0.6
	Needed  int     // pairs, or runs a side, that would probably settle an open row; 0: not known
}

// Unjudged reports whether a row with a margin could not be judged: it is thin, or some round has no figure.
func (r Row) Unjudged() bool { return r.Margin > 0 && !r.Judged }

// Comparison is the comparison of one arm with the first.
type Comparison struct {
	A, B    string
	Of      Unit // unit of its latencies and failures
	Rows    []Row
	Errors  Errors
	Parts   []PartChange // of a gate, beside failures
	Guard   Guard        // of compared rounds
	Outcome Outcome
	Mixed   bool // surely worse in one judged metric and surely better in another

	Objectives []Objective // of a gate

	Pairs int // pairs of rounds; 0 where runs were compared
	RunsA int // runs of each side; 0 where rounds were compared
	RunsB int
}

// Result is the result of a trial, so far or in the end.
type Result struct {
	Gate        bool
	Comparisons []Comparison
	Quads       int    // quads that count as evidence
	Planned     int    // the budget: quads, or runs a side
	Rerun       int    // quads, or runs, that were spoiled and repeated
	Spoiled     bool   // too many were spoiled: nothing is concluded
	Why         string // why the last of them was spoiled
	Early       bool   // the trial ended, by time or by the user, before the budget was used and all was decided
	Interrupted bool
	Curves      []Curve
	ByResponse  bool       // response times were compared, as an older file has no target time
	Foresight   *Foresight // forecast of the first quads of a gate; nil: not known yet
}

// Spoil marks the result as spoiled: too many quads or runs had to be repeated. why is the reason for the last one.
func (r *Result) Spoil(why string) {
	r.Spoiled, r.Why = true, why
	for i := range r.Comparisons {
		c := &r.Comparisons[i]
		none := Undecided
		if r.Gate {
			none = Inconclusive
		}
		c.Outcome, c.Mixed, c.Errors.Outcome = none, false, none
		for j := range c.Rows {
			if row := &c.Rows[j]; row.Outcome != "" {
				row.Outcome, row.PassedAt, row.Improved = none, 0, false
			}
		}
		for j := range c.Parts {
			c.Parts[j].Outcome = none
		}
		for j := range c.Objectives {
			c.Objectives[j].A.Outcome, c.Objectives[j].B.Outcome = Inconclusive, Inconclusive
		}
	}
}

// Few reports whether there are too few runs for a verdict.
func (c Comparison) Few() bool { return c.RunsA > 0 && min(c.RunsA, c.RunsB) < MinRuns }

// OfRuns reports whether runs were compared rather than rounds in turn.
func (r Result) OfRuns() bool { return len(r.Comparisons) > 0 && r.Comparisons[0].RunsA > 0 }

// Row returns the row of a metric; ok is false where the comparison has no such row.
func (c Comparison) Row(key string) (row Row, ok bool) {
	for _, r := range c.Rows {
		if r.Metric.Key == key {
			return r, true
		}
	}
	return Row{}, false
}

// gravity orders the outcomes of gates from light to grave. Outcomes of comparisons without margins are not in it.
var gravity = []Outcome{Inconclusive, CannotTell, Missed, Regression}

// Outcome is the gravest outcome of the comparisons; Inconclusive for a spoiled trial.
func (r Result) Outcome() Outcome {
	if r.Spoiled || len(r.Comparisons) == 0 {
		return Inconclusive
	}
	worst := r.Comparisons[0].Outcome
	for _, c := range r.Comparisons[1:] {
		if worst == Pass || slices.Index(gravity, c.Outcome) > slices.Index(gravity, worst) {
			worst = c.Outcome
		}
	}
	return worst
}
