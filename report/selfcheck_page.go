package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/page"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

// WriteSelfcheck writes what a selfcheck found, all of it or until it was interrupted.
func WriteSelfcheck(w io.Writer, r *selfcheck.Report, o Options) error {
	return o.write(w, SelfcheckPage(r, o))
}

// SelfcheckPage is the report of a selfcheck.
func SelfcheckPage(r *selfcheck.Report, o Options) *page.Page {
	p := &page.Page{Title: "selfcheck"}
	var parts []page.Part
	if r.Quick {
		parts = page.Parts(page.Brief, "quick")
	}
	for _, e := range r.Engines {
		p.Subjects = append(p.Subjects, name(e.Name))
		parts = append(parts, page.Part{Text: "engine " + name(e.Name)})
	}
	p.Add(page.Section{Blocks: []page.Block{
		page.Facts{Command: "bench selfcheck", Parts: parts}, page.Text{Text: placeOf(&r.Environment, "reference server", true, o)},
	}}, page.Headline{Text: selfcheckAnswer(r)}, enginesTable(r), pacingTable(r), latencyTable(r), page.Section{Blocks: selfcheckNotes(r)})
	return p
}

// SelfcheckStep says what a step measures, for a line of progress.
func SelfcheckStep(s selfcheck.Step) string {
	what := string(s.Test)
	if s.Test == selfcheck.HigherRate {
		what = units.Rate(s.Rate)
	}
	if s.Engine != "" {
		what = name(s.Engine) + ": " + what
	}
	return what + ", " + units.Span(s.Length)
}

// selfcheckAnswer says in a sentence or two how far the machine is to be trusted.
func selfcheckAnswer(r *selfcheck.Report) string {
	required := units.Rate(selfcheck.RequiredRate)
	switch {
	case r.Interrupted && r.Trusted == nil:
		return "How far this machine can be trusted is not known: the check was interrupted."
	case r.Trusted == nil:
		return "How far this machine can be trusted is not known: the check could not be made."
	}
	e := engineNamed(r, r.Trusted.Engine)
	if r.Trusted.Rate < selfcheck.RequiredRate || e == nil {
		text := fmt.Sprintf("This machine cannot be trusted at %s.", required)
		if late := sleepersLate(r); late >= selfcheck.MaxLag {
			text += fmt.Sprintf(" It wakes even a thread that only sleeps %s late at P99: run this again when nothing else uses it.", units.Duration(late))
		}
		return text
	}
	text := fmt.Sprintf("This machine can be trusted up to %s with the engine %s.", units.Rate(r.Trusted.Rate), name(e.Name))
	if at := pacingAt(e, r.Trusted.Rate); at != nil {
		text += fmt.Sprintf(" There %s of the requests leave at most %s late", units.Share(0.99), units.Duration(at.Lag.P99NS))
		if f := worstOf(e, selfcheck.ServiceTime, 50); f != nil {
			text += fmt.Sprintf("; at %s service times are %s wrong at P50", required, units.Duration(f.WrongByNS.Abs()))
		}
		text += "."
	}
	return text
}

// sleepersLate returns the longest P99 of what an idle thread was late by, alone or beside an engine at the required rate.
func sleepersLate(r *selfcheck.Report) (late time.Duration) {
	if r.IdleThread != nil {
		late = r.IdleThread.P99NS
	}
	for i := range r.Engines {
		if at := pacingAt(&r.Engines[i], selfcheck.RequiredRate); at != nil && at.IdleThread != nil {
			late = max(late, at.IdleThread.P99NS)
		}
	}
	return late
}

func engineNamed(r *selfcheck.Report, name string) *selfcheck.Engine {
	for i := range r.Engines {
		if r.Engines[i].Name == name {
			return &r.Engines[i]
		}
	}
	return nil
}

// pacingAt returns the try at a rate that decided: the one that held, or else the last; nil where there was none.
func pacingAt(e *selfcheck.Engine, rate float64) (decided *selfcheck.Pacing) {
	for i := range e.Pacing {
		if p := &e.Pacing[i]; p.Rate == rate && (decided == nil || !decided.Holds) {
			decided = p
		}
	}
	return decided
}

// worstOf returns the figure of a measure that is furthest off at a percentile, whatever the server; nil without one.
func worstOf(e *selfcheck.Engine, of selfcheck.Measure, percentile float64) (worst *selfcheck.Figure) {
	for i := range e.Latency {
		for j := range e.Latency[i].Figures {
			f := &e.Latency[i].Figures[j]
			if f.Of == of && f.Percentile == percentile && (worst == nil || f.WrongByNS.Abs() > worst.WrongByNS.Abs()) {
				worst = f
			}
		}
	}
	return worst
}

// enginesTable has a row for each engine: how far it is to be trusted, and why.
func enginesTable(r *selfcheck.Report) *page.Table {
	t := &page.Table{Columns: []page.Column{
		{Title: "engine", Words: true}, {Title: "trusted up to", Gap: 3}, {Title: "wrong by: P50", Gap: 3}, {Title: "P99"},
		{Title: "freeze shown: P90", Gap: 3}, {Title: "P95"}, {Title: "P99"}, {Title: "fastest", Gap: 3},
	}}
	for i := range r.Engines {
		e := &r.Engines[i]
		row := []page.Cell{page.Words(name(e.Name))}
		for range t.Columns[1:] {
			row = append(row, page.Words(absent))
		}
		if e.TrustedRate != nil {
			row[1] = rateCell(*e.TrustedRate)
			if *e.TrustedRate == 0 {
				row[1].Text = "not trusted"
			}
		}
		for j, percentile := range []float64{50, 99} {
			if f := worstOf(e, selfcheck.ServiceTime, percentile); f != nil {
				row[2+j] = spanCell(f.WrongByNS)
			}
		}
		if e.Freeze != nil {
			for j, f := range e.Freeze.Figures {
				row[4+j] = shareCell(f.Share)
			}
		}
		if f := e.Fastest; f != nil {
			if row[7] = rateCell(f.Rate); f.AtLeast {
				row[7].Text, row[7].AtLeast = units.RateAtLeast(f.Rate), true
			}
		}
		t.Add(row...)
	}
	return t
}

// pacingTable has a row for each rate that was tried of each engine.
func pacingTable(r *selfcheck.Report) *page.Table {
	t := &page.Table{Columns: []page.Column{
		{Title: "engine", Words: true, Stub: true}, {Title: "rate"}, {Title: "served"}, {Title: "lag: P50", Gap: 3}, {Title: "P99"},
		{Title: "P99.9", Rank: 2}, {Title: "idle: P50", Gap: 3, Rank: 1}, {Title: "P99", Rank: 1}, {Title: "holds", Words: true, Gap: 3},
	}}
	for i := range r.Engines {
		e := &r.Engines[i]
		for _, rate := range ratesOf(e) {
			at := pacingAt(e, rate)
			row := []page.Cell{page.Words(name(e.Name)), rateCell(rate), rateCell(at.Served.Rate),
				spanCell(at.Lag.P50NS), spanCell(at.Lag.P99NS), spanCell(at.Lag.P999NS), page.Words(absent), page.Words(absent), page.Words("yes")}
			if at.IdleThread != nil {
				row[6], row[7] = spanCell(at.IdleThread.P50NS), spanCell(at.IdleThread.P99NS)
			}
			if !at.Holds {
				row[8] = page.Cell{Text: "no, " + kindOf(at.Verdict), Tone: kindTone(at.Verdict)}
			}
			t.Add(row...)
		}
	}
	return t
}

// ratesOf returns the rates at which an engine was tried, rising.
func ratesOf(e *selfcheck.Engine) []float64 {
	var rates []float64
	for _, p := range e.Pacing {
		if !slices.Contains(rates, p.Rate) {
			rates = append(rates, p.Rate)
		}
	}
	slices.Sort(rates)
	return rates
}

// latencyTable holds what was said against what the server logged, a row for each measure of each server.
func latencyTable(r *selfcheck.Report) *page.Table {
	t := &page.Table{Columns: []page.Column{
		{Title: "engine", Words: true, Stub: true}, {Title: "server", Words: true, Stub: true}, {Words: true},
		{Title: "P50: said", Gap: 3}, {Title: "logged"}, {Title: "wrong by"}, {Title: "P99: said", Gap: 3}, {Title: "logged"}, {Title: "wrong by"},
	}}
	for i := range r.Engines {
		for _, l := range r.Engines[i].Latency {
			if len(l.Figures) == 0 {
				continue
			}
			for _, of := range []selfcheck.Measure{selfcheck.ServiceTime, selfcheck.ResponseTime} {
				row := []page.Cell{page.Words(name(r.Engines[i].Name)), page.Words(name(l.Server)), page.Words(strings.TrimSuffix(string(of), "_time"))}
				for _, f := range l.Figures {
					if f.Of == of {
						row = append(row, spanCell(f.SaidNS), spanCell(f.TrueNS), spanCell(f.WrongByNS))
					}
				}
				t.Add(row...)
			}
		}
	}
	return t
}

// selfcheckNotes says what is the machine's doing, why an engine is not trusted, and what was found on the way.
func selfcheckNotes(r *selfcheck.Report) []page.Block {
	var idle page.Text
	if l := r.IdleThread; l != nil {
		idle.Text = fmt.Sprintf("idle: how late a thread that only sleeps is woken beside the engine; with nothing beside it %s at P50, %s at P99: "+
			"that much is the machine", units.Duration(l.P50NS), units.Duration(l.P99NS))
	}
	var doubts, notes []string
	for i := range r.Engines {
		e := &r.Engines[i]
		for _, doubt := range doubtsOf(e) {
			doubts = append(doubts, name(e.Name)+": "+doubt)
		}
		if at := pacingAt(e, selfcheck.RequiredRate); at != nil && at.ArrivedLate != nil {
			notes = append(notes, fmt.Sprintf("%s: at %s the server had read its requests %s after they were due at P50, %s at P99", name(e.Name),
				units.Rate(at.Rate), units.Duration(at.ArrivedLate.P50NS), units.Duration(at.ArrivedLate.P99NS)))
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
	return fmt.Sprintf(" (bench %s of its processors, server %s)", units.Percent(*f.GeneratorBusy), units.Percent(*f.ServerBusy))
}

// doubtsOf says, each in a sentence with figures, what keeps an engine from being trusted at the required rate: of each
// test the first figure that is not as it should be.
func doubtsOf(e *selfcheck.Engine) []string {
	var doubts []string
	if at := pacingAt(e, selfcheck.RequiredRate); at != nil && !at.Holds {
		doubts = append(doubts, fmt.Sprintf("at %s lag P99 is %s (at most %s), %s were served and the verdict is %s", units.Rate(at.Rate),
			units.Duration(at.Lag.P99NS), units.Duration(selfcheck.MaxLag), units.Rate(at.Served.Rate), kindOf(at.Verdict)))
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
		doubts = append(doubts, fmt.Sprintf("of a freeze of %s in a run of %s P%g shows %s and should show %s", units.Span(e.Freeze.ForNS),
			units.Span(e.Freeze.OfNS), f.Percentile, units.Duration(f.SaidNS), units.Duration(f.ExpectedNS)))
	}
	return doubts
}

func latencyDoubt(l *selfcheck.Latency) string {
	i := slices.IndexFunc(l.Figures, func(f selfcheck.Figure) bool { return !f.Within })
	if i < 0 {
		return fmt.Sprintf("of %s it counted %s answers and the server logged %s: not all were answered, so they cannot be paired",
			name(l.Server), units.Count(l.Answered), units.Count(l.Logged))
	}
	f := &l.Figures[i]
	return fmt.Sprintf("the %s of %s at P%g is said to be %s and was %s: wrong by %s (at most %s)", measureOf(f.Of),
		name(l.Server), f.Percentile, units.Duration(f.SaidNS), units.Duration(f.TrueNS), units.Duration(f.WrongByNS), units.Duration(f.AtMostNS))
}

func measureOf(m selfcheck.Measure) string {
	if m == selfcheck.ServiceTime {
		return "service time"
	}
	return "response time"
}
