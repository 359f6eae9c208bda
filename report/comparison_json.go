package report

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// comparisonSchema rises when a key's meaning changes.
const comparisonSchema = 1

// The kinds of what [WriteComparisonJSON] writes.
const (
	ComparisonKind = "comparison"
	GateKind       = "gate"
)

type comparisonFile struct {
	Schema      int              `json:"schema"`
	Kind        string           `json:"kind"` // comparison, or gate
	Answer      string           `json:"answer"`
	Outcome     compare.Outcome  `json:"outcome"`
	Interrupted bool             `json:"interrupted"`
	Spoiled     bool             `json:"spoiled"` // bench or its host was too late too often
	Early       bool             `json:"early"`   // the time was over before the budget was used
	Quads       int              `json:"quads"`
	Planned     int              `json:"planned_quads"`
	Rerun       int              `json:"rerun_quads"`
	RoundNS     int64            `json:"round_ns"`
	Restarted   bool             `json:"restarted"`
	Seed        uint64           `json:"seed"`
	Arms        []comparisonArm  `json:"arms"`
	Comparisons []comparisonPart `json:"comparisons"`
	Baseline    *HeldAgainst     `json:"baseline,omitempty"`
	First       string           `json:"first_baseline,omitempty"` // path of the baseline, where there was none and the gate saved it
	Compared    string           `json:"compared"`                 // target_time, or response_time of files of before

	Foresight *comparedForesight `json:"foresight,omitempty"`
	Pilot     *compare.Found     `json:"pilot,omitempty"` // how the rate was chosen

	Started   time.Time `json:"started,omitzero"`
	TookNS    int64     `json:"took_ns,omitempty"`   // 0: saved runs were compared
	Owned     bool      `json:"owned,omitempty"`     // bench started all of the arms
	Again     string    `json:"run_again,omitempty"` // why the last quad or run was run again
	Repeat    string    `json:"repeat,omitempty"`    // the command that does the same again
	Notes     []string  `json:"notes"`               // observations at the time of the comparison; absent in older files
	Footnotes []string  `json:"footnotes"`           // notes for the reader of the figures, derived from them
}

type comparisonArm struct {
	Name        string              `json:"name"`
	Label       string              `json:"label,omitempty"` // name in the curves, where it differs
	Target      runfile.Target      `json:"target"`
	Rate        float64             `json:"rate"`
	Environment runfile.Environment `json:"environment"`
	CurveNS     []int64             `json:"curve_ns,omitempty"` // value i at the quantile 1 − 10^(−i/18)
}

type comparisonPart struct {
	A       string          `json:"a"`
	B       string          `json:"b"`
	Of      compare.Unit    `json:"of,omitempty"` // unit of latencies and failures: journeys, or requests where it is left out
	Outcome compare.Outcome `json:"outcome"`
	Mixed   bool            `json:"mixed"` // surely worse in one metric that is judged and surely better in another
	Pairs   int             `json:"pairs,omitempty"`
	RunsA   int             `json:"runs_a,omitempty"`
	RunsB   int             `json:"runs_b,omitempty"`
	Rows    []comparisonRow `json:"rows"`

	Objectives []comparedObjective `json:"objectives,omitempty"`

	Errors comparedErrors  `json:"errors"`
	Shares []comparedPart  `json:"shares,omitempty"`    // other parts of the requests that a gate judged in the same way
	Guard  *comparedShares `json:"disturbed,omitempty"` // absent where runs were compared
}

// comparedPart is how large a part of the requests was; what failed_a and failed_b count is of that part.
type comparedPart struct {
	Of compare.Part `json:"of"` // stale: of the reads that were judged; misses: of the answers that were marked
	comparedErrors
}

// comparedShares are the shares of requests that were left out, as bench's own lateness disturbed them.
type comparedShares struct {
	A       float64  `json:"a"`
	B       float64  `json:"b"`
	Low     *float64 `json:"difference_low,omitempty"` // of b's share less a's, by pairs, at 99 %
	High    *float64 `json:"difference_high,omitempty"`
	Differs bool     `json:"differs"`  // by more than chance
	TooMany bool     `json:"too_many"` // on one side
	Fired   bool     `json:"fired"`    // verdicts had to hold with these requests as well
}

func sharesOf(g compare.Guard) *comparedShares {
	s := &comparedShares{A: g.A, B: g.B, Differs: g.Differs, TooMany: g.TooMany, Fired: g.Fired()}
	if !math.IsInf(g.Low, 0) {
		s.Low, s.High = &g.Low, &g.High
	}
	return s
}

// comparedForesight is what a gate's first quads foretold of its highest percentile.
type comparedForesight struct {
	Metric  string  `json:"metric"`
	Pairs   int     `json:"planned_pairs"`
	Scatter float64 `json:"pair_scatter"` // standard deviation of a pair's log ratio
	Passes  float64 `json:"pass_margin"`  // below which it is to pass, as a share
	Found   float64 `json:"found"`        // the least change that nine gates of ten find, as a share
	Held    float64 `json:"held"`         // the least margin that identical code passes in nine gates of ten, as a share
	Enough  bool    `json:"enough"`       // pass_margin is at least that
}

type comparisonRow struct {
	Metric   string          `json:"metric"` // durations in ns
	A        float64         `json:"a"`
	B        float64         `json:"b"`
	ALow     bool            `json:"a_at_least,omitempty"`
	BLow     bool            `json:"b_at_least,omitempty"`
	Change   *ratioInterval  `json:"change,omitempty"` // b / a, 95 %
	Decision *ratioInterval  `json:"decision,omitempty"`
	Level    float64         `json:"decision_level,omitempty"` // two-sided error of the deciding interval
	Margin   float64         `json:"margin,omitempty"`         // above which it regresses
	PassAt   float64         `json:"pass_margin,omitempty"`    // below which it passes
	PassedAt float64         `json:"passed_margin,omitempty"`  // the lesser of the two below which it surely is
	Judged   bool            `json:"judged"`
	By       string          `json:"judged_by,omitempty"`  // pairs: of rounds; top: a quad's slowest requests, counted by side
	Why      string          `json:"not_judged,omitempty"` // why not: too_few (requests beyond it), no_figure (in some round or run)
	Outcome  compare.Outcome `json:"outcome,omitempty"`
	Improved bool            `json:"improved,omitempty"`
	Scatter  float64         `json:"pair_scatter,omitempty"` // standard deviation of a pair's log ratio
	Carried  float64         `json:"autocorrelation,omitempty"`
	Needed   int             `json:"pairs_needed,omitempty"`
	Runs     int             `json:"runs_needed,omitempty"`  // a side
	Thin     bool            `json:"few_requests,omitempty"` // too few lie beyond it to judge by
	Least    float64         `json:"least_beyond,omitempty"` // least number of them for a verdict
	RoundsA  []float64       `json:"rounds_a,omitempty"`     // the rounds' values in time order
	RoundsB  []float64       `json:"rounds_b,omitempty"`
}

// tooFew is why a row is not judged: too few requests lie beyond it.
const tooFew = "too_few"

type comparedObjective struct {
	Text string       `json:"text"`
	A    comparedHeld `json:"a"`
	B    comparedHeld `json:"b"`
}

// comparedHeld is how one arm did by an objective, in the unit of the threshold: ns, a share, or requests/s.
type comparedHeld struct {
	Value   *float64        `json:"value,omitempty"` // absent where the rounds do not tell
	Low     *float64        `json:"low,omitempty"`   // bounds of value, at the error that decided; absent where a bound is open
	High    *float64        `json:"high,omitempty"`
	AtLeast bool            `json:"at_least,omitempty"`
	Outcome compare.Outcome `json:"outcome"`
}

func heldOf(h compare.Held) comparedHeld {
	c := comparedHeld{AtLeast: h.AtLeast, Outcome: h.Outcome}
	if !h.Known {
		return c
	}
	c.Value = &h.Value
	if !math.IsInf(h.Low, 0) {
		c.Low = &h.Low
	}
	if !math.IsInf(h.High, 0) {
		c.High = &h.High
	}
	return c
}

// ratioInterval leaves an open bound out, and the ratio where it is only known to be above low.
type ratioInterval struct {
	Ratio float64  `json:"ratio,omitempty"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

type comparedErrors struct {
	FailedA uint64          `json:"failed_a"`
	DueA    uint64          `json:"due_a"`
	FailedB uint64          `json:"failed_b"`
	DueB    uint64          `json:"due_b"`
	HitA    int             `json:"rounds_with_failures_a"` // rounds, or runs, in which some failed
	RoundsA int             `json:"rounds_a"`
	HitB    int             `json:"rounds_with_failures_b"`
	RoundsB int             `json:"rounds_b"`
	Low     float64         `json:"difference_low"` // one-sided 99.9 % bounds of the share of b less that of a, by the request; they decide nothing
	High    float64         `json:"difference_high"`
	By      []differenceBy  `json:"difference_by,omitempty"` // the differences that decide
	Level   float64         `json:"decision_level,omitempty"`
	Margin  float64         `json:"margin,omitempty"`
	Outcome compare.Outcome `json:"outcome"`
}

// differenceBy is b's share less a's by pairs, quads or runs. An infinite bound is left out.
type differenceBy struct {
	Unit   string   `json:"unit"`
	Center float64  `json:"center"`
	Low    *float64 `json:"low,omitempty"`
	High   *float64 `json:"high,omitempty"`
}

func errorsOf(e *compare.Errors) comparedErrors {
	c := comparedErrors{
		FailedA: e.A.Failed, DueA: e.A.Due, FailedB: e.B.Failed, DueB: e.B.Due, HitA: e.A.Hit, RoundsA: e.A.Rounds, HitB: e.B.Hit, RoundsB: e.B.Rounds,
		Low: e.Low, High: e.High, Level: e.Level, Margin: e.Margin, Outcome: e.Outcome,
	}
	for _, d := range e.By {
		if by, ok := differenceOf(d); ok {
			c.By = append(c.By, by)
		}
	}
	return c
}

// differenceOf returns false where nothing was compared.
func differenceOf(d compare.Difference) (by differenceBy, ok bool) {
	by = differenceBy{Unit: d.Unit, Center: d.Center}
	if !math.IsInf(d.Low, 0) {
		by.Low, by.High = &d.Low, &d.High
	}
	return by, !math.IsNaN(d.Center)
}

// WriteComparisonJSON writes what a comparison or a gate found for programs to read. Its error is that of w.
func WriteComparisonJSON(w io.Writer, c *Compared) error {
	r := &c.Result
	f := comparisonFile{
		Schema: comparisonSchema, Kind: ComparisonKind, Answer: ComparisonAnswer(c), Outcome: r.Outcome(), Interrupted: r.Interrupted,
		Spoiled: r.Spoiled, Early: r.Early, Quads: r.Quads, Planned: r.Planned, Rerun: r.Rerun, RoundNS: int64(c.Layout.Round), Pilot: c.Pilot,
		Restarted: c.Restarted, Seed: c.Seed, Started: c.Started.UTC(), TookNS: int64(c.Took), Owned: c.Owned, Again: r.Why, Repeat: c.Repeat,
		Notes: append([]string{}, c.Notes...), Footnotes: c.footnotes(), Baseline: c.Baseline, First: c.FirstBaseline,
		Arms: []comparisonArm{}, Comparisons: []comparisonPart{},
	}
	if r.Gate {
		f.Kind = GateKind
	}
	f.Compared = "target_time"
	if r.ByResponse {
		f.Compared = "response_time"
	}
	if s := r.Foresight; s != nil {
		f.Foresight = &comparedForesight{s.Metric.Key, s.Pairs, s.Scatter, s.Passes, s.Found, s.Held, s.Enough()}
	}
	for i, a := range c.Arms {
		arm := comparisonArm{Name: a.Name, Target: a.Target, Rate: a.Rate, Environment: a.Environment}
		if i < len(r.Curves) {
			for _, v := range r.Curves[i].Values {
				arm.CurveNS = append(arm.CurveNS, int64(v))
			}
			if label := r.Curves[i].Arm; label != a.Name {
				arm.Label = label
			}
		}
		f.Arms = append(f.Arms, arm)
	}
	for _, found := range r.Comparisons {
		f.Comparisons = append(f.Comparisons, comparisonPartOf(&found))
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(f)
}

func comparisonPartOf(found *compare.Comparison) comparisonPart {
	part := comparisonPart{
		A: found.A, B: found.B, Of: found.Of, Outcome: found.Outcome, Mixed: found.Mixed, Pairs: found.Pairs, RunsA: found.RunsA, RunsB: found.RunsB,
		Errors: errorsOf(&found.Errors),
	}
	for i := range found.Parts {
		part.Shares = append(part.Shares, comparedPart{found.Parts[i].Of, errorsOf(&found.Parts[i].Errors)})
	}
	if found.RunsA == 0 {
		part.Guard = sharesOf(found.Guard)
	}
	part.Rows = comparisonRows(found.Rows)
	for _, o := range found.Objectives {
		part.Objectives = append(part.Objectives, comparedObjective{o.Threshold.Text, heldOf(o.A), heldOf(o.B)})
	}
	if found.RunsA > 0 {
		for i := range part.Rows {
			row := &part.Rows[i]
			row.Needed, row.Runs = 0, row.Needed
		}
	}
	return part
}

func comparisonRows(rows []compare.Row) []comparisonRow {
	list := []comparisonRow{}
	for _, row := range rows {
		why := ""
		switch {
		case row.Unjudged() && row.Thin:
			why = tooFew
		case row.Unjudged():
			why = "no_figure"
		}
		list = append(list, comparisonRow{
			Metric: row.Metric.Key, A: row.A, B: row.B, ALow: row.ALow, BLow: row.BLow,
			Change: ratioOf(row.Change), Decision: ratioOf(row.Decision), Level: row.Level, Margin: row.Margin, PassAt: row.PassAt, PassedAt: row.PassedAt, Judged: row.Judged,
			Outcome: row.Outcome, Improved: row.Improved, Scatter: row.Scatter, Carried: row.Carried, Needed: row.Needed,
			By: string(row.By), Why: why, Thin: row.Thin, Least: row.Least, RoundsA: row.RoundsA, RoundsB: row.RoundsB,
		})
	}
	return list
}

func ratioOf(i compare.Interval) *ratioInterval {
	switch {
	case math.IsInf(i.Center, 1) && i.Low > 0:
		return &ratioInterval{Low: &i.Low}
	case i.Center <= 0 || math.IsInf(i.Center, 1) || math.IsNaN(i.Center):
		return nil
	}
	r := &ratioInterval{Ratio: i.Center}
	if i.Low > 0 {
		r.Low = &i.Low
	}
	if !math.IsInf(i.High, 1) {
		r.High = &i.High
	}
	return r
}
