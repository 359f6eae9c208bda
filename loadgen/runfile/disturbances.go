package runfile

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Disturbances says how often bench could have sent and did not.
type Disturbances struct {
	BoundNS  time.Duration `json:"bound_ns"`  // a disturbance is longer than this
	WindowNS time.Duration `json:"window_ns"` // a request intended up to so long before a disturbance is disturbed by it
	Count    uint64        `json:"count"`
	LateNS   time.Duration `json:"late_ns"` // sum of their lengths

	// UnexplainedNS is for how long in the late times of the run its loops did not run, though nothing in this system kept them
	// from it: neither another that had the processor, nor steal, nor throttling.
	UnexplainedNS time.Duration `json:"unexplained_ns,omitempty"`

	Spans []Span `json:"spans,omitempty"` // the first 1,000
}

// Span is a time in a run.
type Span struct {
	AtNS       time.Duration `json:"at_ns"`
	DurationNS time.Duration `json:"duration_ns"`
}

// MaxSpans is the greatest number of spans in a run.
const MaxSpans = 1000

// check holds what an untrusted run says of its disturbances together.
func (d *Disturbances) check() error {
	if d == nil {
		return nil
	}
	var late time.Duration
	for _, s := range d.Spans {
		late += s.DurationNS
	}
	switch n := uint64(len(d.Spans)); {
	case n > MaxSpans || n != min(d.Count, MaxSpans):
		return fmt.Errorf("%d are listed of %d", n, d.Count)
	case late > d.LateNS || d.Count <= MaxSpans && late != d.LateNS:
		return fmt.Errorf("those listed last %d ns, all %d ns", late, d.LateNS)
	}
	return nil
}

// mergeDisturbances adds up those of two runs, each by its own rule; the larger bounds are kept.
func mergeDisturbances(a, b *Disturbances) *Disturbances {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	m := &Disturbances{
		BoundNS: max(a.BoundNS, b.BoundNS), WindowNS: max(a.WindowNS, b.WindowNS), Count: a.Count + b.Count, LateNS: a.LateNS + b.LateNS,
		UnexplainedNS: a.UnexplainedNS + b.UnexplainedNS, Spans: slices.Concat(a.Spans, b.Spans),
	}
	slices.SortStableFunc(m.Spans, func(x, y Span) int { return cmp.Compare(x.AtNS, y.AtNS) })
	m.Spans = m.Spans[:min(len(m.Spans), MaxSpans)]
	return m
}
