package report

import (
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/report/page"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

// selfcheckNotes says what is the machine's doing, why an engine is not trusted, and what was found on the way.
func selfcheckNotes(r *selfcheck.Report) []page.Block {
	var idle page.Text
	if l := r.IdleThread; l != nil {
		idle.Text = fmt.Sprintf("idle: how late a thread that only sleeps is woken beside the engine; with nothing beside it %s at P50, %s at P99: "+
			"that much is the machine", Duration(l.P50NS), Duration(l.P99NS))
	}
	var doubts, notes []string
	for i := range r.Engines {
		e := &r.Engines[i]
		for _, doubt := range doubtsOf(e) {
			doubts = append(doubts, name(e.Name)+": "+doubt)
		}
		if at := pacingAt(e, selfcheck.RequiredRate); at != nil && at.ArrivedLate != nil {
			notes = append(notes, fmt.Sprintf("%s: at %s the server had read its requests %s after they were due at P50, %s at P99", name(e.Name),
				Rate(at.Rate), Duration(at.ArrivedLate.P50NS), Duration(at.ArrivedLate.P99NS)))
		}
		if e.Fastest != nil && e.Fastest.AtLeast {
			notes = append(notes, fmt.Sprintf("%s: as fast as it goes it was not its own limit, so it may be faster%s", name(e.Name), busyOf(e.Fastest)))
		}
	}
	for _, note := range r.Environment.Notes {
		notes = append(notes, ended(note))
	}
	return []page.Block{idle, page.List{Label: "doubt", Items: page.Items(doubts...)}, page.List{Label: "note", Items: page.Items(notes...)}}
}

// busyOf says how busy both sides were.
func busyOf(f *selfcheck.Fastest) string {
	if f.GeneratorBusy == nil || f.ServerBusy == nil {
		return ""
	}
	return fmt.Sprintf(" (bench %s of its processors, server %s)", Percent(*f.GeneratorBusy), Percent(*f.ServerBusy))
}

// doubtsOf says, each in a sentence with figures, what keeps an engine from being trusted at the required rate: of each
// test the first figure that is not as it should be.
func doubtsOf(e *selfcheck.Engine) []string {
	var doubts []string
	if at := pacingAt(e, selfcheck.RequiredRate); at != nil && !at.Holds {
		doubts = append(doubts, fmt.Sprintf("at %s lag P99 is %s (at most %s), %s were served and the verdict is %s", Rate(at.Rate),
			Duration(at.Lag.P99NS), Duration(selfcheck.MaxLag), Rate(at.Served.Rate), kindOf(at.Verdict)))
	}
	for i := range e.Latency {
		if l := &e.Latency[i]; !l.Within {
			doubts = append(doubts, latencyDoubt(l))
		}
	}
	if e.Freeze == nil {
		return doubts
	}
	if i := slices.IndexFunc(e.Freeze.Figures, func(f selfcheck.Shown) bool { return !f.Within }); i >= 0 {
		f := e.Freeze.Figures[i]
		doubts = append(doubts, fmt.Sprintf("of a freeze of %s in a run of %s P%g shows %s and should show %s", Span(e.Freeze.ForNS),
			Span(e.Freeze.OfNS), f.Percentile, Duration(f.SaidNS), Duration(f.ExpectedNS)))
	}
	return doubts
}

func latencyDoubt(l *selfcheck.Latency) string {
	i := slices.IndexFunc(l.Figures, func(f selfcheck.Figure) bool { return !f.Within })
	if i < 0 {
		return fmt.Sprintf("of %s it counted %s answers and the server logged %s: not all were answered, so they cannot be paired",
			name(l.Server), Count(l.Answered), Count(l.Logged))
	}
	f := &l.Figures[i]
	return fmt.Sprintf("the %s of %s at P%g is said to be %s and was %s: wrong by %s (at most %s)", measureOf(f.Of),
		name(l.Server), f.Percentile, Duration(f.SaidNS), Duration(f.TrueNS), Duration(f.WrongByNS), Duration(f.AtMostNS))
}

func measureOf(m selfcheck.Measure) string {
	if m == selfcheck.ServiceTime {
		return "service time"
	}
	return "response time"
}
