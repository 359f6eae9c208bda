package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
)

// PilotWords say at which rate a comparison drives and why: by how much pairs of short rounds scattered at it, and what it would
// take to decide at the next higher rate that was tried.
func PilotWords(f *compare.Found) string {
	chosen := f.Tried[f.Chosen]
	text := fmt.Sprintf("rate %s, %s of what the slower one did as fast as it goes",
		arrivalRate(chosen.Rate, f.Of), units.Percent(chosen.Share))
	if chosen.Pairs <= 0 {
		return text + ": the time that is left holds no pair of rounds"
	}
	text += ": in short rounds there pairs scatter by " + scatterWords(chosen)
	if !chosen.Holds {
		text += fmt.Sprintf("; no share that was tried lets %d pairs hold the margins in nine gates of ten", chosen.Pairs)
		if chosen.Needed > 0 {
			text += fmt.Sprintf(", %d would, in %s", chosen.Needed, maxTime(chosen))
		}
		return text
	}
	if f.Chosen == 0 {
		return text
	}
	higher := f.Tried[f.Chosen-1]
	text += fmt.Sprintf("; at %s (%s) they scatter by %s", arrivalRate(higher.Rate, f.Of), units.Percent(higher.Share), scatterWords(higher))
	switch {
	case higher.Spoiled:
		text = strings.TrimSuffix(text, scatterWords(higher)) + "what bench could not drive"
	case higher.Needed > 0:
		text += fmt.Sprintf(", and it would take %s to decide", maxTime(higher))
	default:
		text += ", and nothing would be decided"
	}
	return text
}

// scatterWords list by how much pairs scattered, by percentile.
func scatterWords(t compare.Tried) string {
	var list []string
	for _, s := range t.Scatter {
		if !strings.HasPrefix(s.Metric, "p") {
			continue
		}
		list = append(list, fmt.Sprintf("%s at %s", wholePercent(math.Expm1(s.Log)), strings.ToUpper(s.Metric)))
	}
	if len(list) == 0 {
		return "an amount that was not measured"
	}
	return strings.Join(list, ", ")
}

// maxTime is what --max-time would have to be, a little rounded up.
func maxTime(t compare.Tried) string {
	d := time.Duration(t.TakesNS) * 5 / 4 // a fifth goes to the pilot
	return (d.Truncate(10*time.Second) + 10*time.Second).String()
}

// TrialProgress says on standard error how a comparison goes on, a line a quad.
type TrialProgress struct {
	w        io.Writer
	foretold bool
}

// NewTrialProgress returns a progress that writes to w, or with quiet to nowhere.
func NewTrialProgress(w io.Writer, quiet bool) *TrialProgress {
	if quiet {
		w = io.Discard
	}
	return &TrialProgress{w: w}
}

// Quad says which quad begins: 0 is the one that is thrown away.
func (p *TrialProgress) Quad(quad int, l compare.Layout, since time.Duration) {
	fmt.Fprintf(p.w, "%s · rounds of %s · %s since the start\n", QuadWords(quad, l), units.Span(l.Round), units.Span(since.Round(time.Second)))
}

// QuadWords say which quad it is: 0 is the one that is thrown away.
func QuadWords(quad int, l compare.Layout) string {
	if quad == 0 {
		return "a quad to throw away"
	}
	return fmt.Sprintf("quad %d of at most %d", quad, l.Quads)
}

// Narrowing says between what each percentile's change lies by the quads that count so far. It decides nothing.
func (p *TrialProgress) Narrowing(r compare.Result) {
	for _, c := range r.Comparisons {
		var changes []string
		for _, row := range c.Rows {
			if change, between := changeOf(row); row.Metric.Quantile > 0 && !row.Thin && between != "" {
				changes = append(changes, fmt.Sprintf("%s %s %s", MetricName(row.Metric), change, between))
			}
		}
		if len(changes) > 0 {
			fmt.Fprintf(p.w, "  so far %s against %s: %s\n", name(c.B), name(c.A), strings.Join(changes, ", "))
		}
	}
}

// SoFar is what one percentile of one comparison says so far.
type SoFar struct {
	Of, Metric string
	Change     string    // with its interval; "" where nothing can be said yet
	Width      float64   // of the interval, the logarithm of its ends' ratio; 0: not known
	A, B       []float64 // each round's, ns
}

// TrialSoFar is what the percentiles of a trial say by the quads that count so far. It decides nothing.
func TrialSoFar(r compare.Result) (list []SoFar) {
	for _, c := range r.Comparisons {
		for _, row := range c.Rows {
			if row.Metric.Quantile == 0 || row.Thin || len(row.RoundsA)+len(row.RoundsB) == 0 {
				continue
			}
			s := SoFar{Of: name(c.B) + " against " + name(c.A), Metric: MetricName(row.Metric), A: row.RoundsA, B: row.RoundsB}
			if change, between := changeOf(row); between != "" {
				s.Change = change + " " + between
			}
			if i := row.Change; i.Low > 0 && i.High >= i.Low && !math.IsInf(i.High, 0) {
				s.Width = math.Log(i.High / i.Low)
			}
			list = append(list, s)
		}
	}
	return list
}

// Run says which run of a fresh start begins, of how many: from 1.
func (p *TrialProgress) Run(run, of int, length, since time.Duration) {
	fmt.Fprintf(p.w, "run %d of %d · %s each · %s since the start\n", run, of, units.Span(length.Round(100*time.Millisecond)), units.Span(since.Round(time.Second)))
}

// Foresight says what a gate's first quads foretell. It is said once.
func (p *TrialProgress) Foresight(f *compare.Foresight) {
	if f == nil || p.foretold {
		return
	}
	p.foretold = true
	fmt.Fprintf(p.w, "%s\n", foresightWords(f))
}
