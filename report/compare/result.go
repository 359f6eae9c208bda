package compare

// Outcome is what is concluded of a row, or of all.
type Outcome string

// The outcomes: the first four are a gate's, the others a comparison's without margins.
const (
	Regression   Outcome = "regression"   // worse by more than the margin
	Pass         Outcome = "pass"         // not worse by as much as the margin
	Missed       Outcome = "missed"       // no regression, and yet an objective that is not held
	Inconclusive Outcome = "inconclusive" // neither can be said
	Worse        Outcome = "worse"
	Better       Outcome = "better"
	Undecided    Outcome = "undecided" // not told apart
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
	Outcome Outcome

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
	Rerun       int    // quads, or runs, that were run again, as bench or its host was too late in them
	Spoiled     bool   // too many were: nothing is concluded
	Why         string // the last of them was
	Early       bool   // the time was over, or the user ended it, before the budget was used and all was decided
	Interrupted bool
	Curves      []Curve
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

// Outcome is the worst of the comparisons'.
func (r Result) Outcome() Outcome {
	worst := Pass
	for _, c := range r.Comparisons {
		switch {
		case c.Outcome == Regression:
			return Regression
		case c.Outcome != Pass:
			worst = c.Outcome
		}
	}
	if r.Spoiled || len(r.Comparisons) == 0 {
		return Inconclusive
	}
	return worst
}
