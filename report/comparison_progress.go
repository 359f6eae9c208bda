package report

import (
	"fmt"
	"io"
	"time"

	"github.com/seed-5a006608/bench/report/compare"
)

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
	what := fmt.Sprintf("quad %d of at most %d", quad, l.Quads)
	if quad == 0 {
		what = "a quad to throw away"
	}
	fmt.Fprintf(p.w, "%s · rounds of %s · %s since the start\n", what, Span(l.Round), Span(since.Round(time.Second)))
}

// Run says which run of a fresh start begins, of how many: from 1.
func (p *TrialProgress) Run(run, of int, length, since time.Duration) {
	fmt.Fprintf(p.w, "run %d of %d · %s each · %s since the start\n", run, of, Span(length.Round(100*time.Millisecond)), Span(since.Round(time.Second)))
}

// Foresight says what a gate's first quads foretell. It is said once.
func (p *TrialProgress) Foresight(f *compare.Foresight) {
	if f == nil || p.foretold {
		return
	}
	p.foretold = true
	fmt.Fprintf(p.w, "%s\n", foresightWords(f))
}
