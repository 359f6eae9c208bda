package compare

import "slices"

// Outcome is what is concluded of a row, or of all.
type Outcome string

// The outcomes: the first four are a gate's, the others but the last a comparison's without margins.
const (
	Regression   Outcome = "regression"   // worse by more than the margin
	Pass         Outcome = "pass"         // not worse by as much as the margin
	Missed       Outcome = "missed"       // no regression, and yet an objective that is not held
	Inconclusive Outcome = "inconclusive" // neither can be said
	Worse        Outcome = "worse"
	Better       Outcome = "better"
	Undecided    Outcome = "undecided" // not told apart
	Mixed        Outcome = "mixed"     // worse in one metric and better in another

	CannotTell Outcome = "cannot tell" // bench was late beside one side more than beside the other, or too often, and that could change the answer
)

// Criterion is a metric that decides, with its margins as shares above 0; in a comparison without margins they are 0.
type Criterion struct {
	Metric     Metric
	Margin     float64 // a change for the worse that is surely above it is a regression
	PassMargin float64 // one that is surely below it passes; 0: Margin
}

// Row is what was found of one metric of two arms.
type Row struct {
	Metric   Metric
	A, B     float64  // medians of the rounds' values; durations in ns
	ALow     bool     // in some round of A the value was a lower bound
	BLow     bool     // or in one of B
	Change   Interval // B over A, at 95 %; zero where it was not measured in every round
	Decision Interval // B over A, at the error that this look may spend; it alone decides
	Level    float64  // that error, two-sided
	Margin   float64  // of a gate, above which it regresses; 0 where it is only to be shown
	PassAt   float64  // of a gate, below which it passes
	PassedAt float64  // the lesser of the two below which it surely is; 0: of neither
	Outcome  Outcome  // "" where it is only shown
	Judged   bool     // it counts for the outcome of all
	Improved bool     // of a gate: surely better than before
	Beyond   float64  // of a percentile: the fewest requests beyond it in a round

	By    Estimator // of rounds; ByNone where the metric was not to be judged by any
	Least float64   // of a percentile: so many requests have to be beyond it, in a quad, a run or a block
	Thin  bool      // fewer are: it is shown and not judged

	RoundsA, RoundsB []float64 // the rounds' values in time order; nil where runs were compared, and in files of before

	Scatter float64 // standard deviation of a pair's log ratio
	Carried float64 // autocorrelation of neighbouring pairs, 0 … 0.6
	Needed  int     // pairs, or runs a side, that would probably settle it, where it is not settled; 0: not known
}

// Unjudged reports whether a row was to be judged and was not: it was thin, or some round had no figure.
func (r Row) Unjudged() bool { return r.Margin > 0 && !r.Judged }

// Comparison is what was found of one arm against the first.
type Comparison struct {
	A, B    string
	Rows    []Row
	Errors  Errors
	Guard   Guard // of rounds
	Outcome Outcome
	Mixed   bool // surely worse in one metric that is judged and surely better in another

	Objectives []Objective // of a gate

	Pairs int // of rounds, or 0 where runs were compared
	RunsA int // where runs were compared
	RunsB int
}

// Result is what a trial found, so far or in the end.
type Result struct {
	Gate        bool
	Comparisons []Comparison
	Quads       int    // that were kept
	Planned     int    // the budget: quads, or runs a side
	Rerun       int    // quads, or runs, that were run again, as they were no evidence
	Spoiled     bool   // too many were: nothing is concluded
	Why         string // the last of them was
	Early       bool   // the time was over, or the user ended it, before the budget was used and all was decided
	Interrupted bool
	Curves      []Curve
	ByResponse  bool       // response times were compared, as files of before hold no target time
	Foresight   *Foresight // of a gate of rounds: what its first quads foretold; nil: not known yet
}

// Spoil says that so many quads or runs had to be made again that nothing is concluded, the last of them because of why.
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
		for j := range c.Objectives {
			c.Objectives[j].A.Outcome, c.Objectives[j].B.Outcome = Inconclusive, Inconclusive
		}
	}
}

// Few reports whether there are too few runs to judge anything by.
func (c Comparison) Few() bool { return c.RunsA > 0 && min(c.RunsA, c.RunsB) < MinRuns }

// OfRuns reports whether runs were compared, and not rounds in turn.
func (r Result) OfRuns() bool { return len(r.Comparisons) > 0 && r.Comparisons[0].RunsA > 0 }

// Row returns the row of a metric; ok is false where there is none.
func (c Comparison) Row(key string) (row Row, ok bool) {
	for _, r := range c.Rows {
		if r.Metric.Key == key {
			return r, true
		}
	}
	return Row{}, false
}

// gravity orders outcomes of gates; what is not in it is one of a comparison.
var gravity = []Outcome{Inconclusive, CannotTell, Missed, Regression}

// Outcome is the gravest of the comparisons'; of one that was spoiled it is that nothing is known.
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
