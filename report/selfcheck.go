package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/selfcheck"
)

// Selfcheck writes what a selfcheck found, all of it or until it was interrupted.
func Selfcheck(w io.Writer, r *selfcheck.Report, o Options) error {
	p := newPage(o.Width, o.Color)
	var names []string
	for _, e := range r.Engines {
		names = append(names, "engine "+name(e.Name))
	}
	quick := ""
	if r.Quick {
		quick = "quick"
	}
	p.parts(append([]string{"bench selfcheck", quick}, names...), 2)
	p.text(placeOf(&r.Environment, "reference server", true, o), 2)
	p.blank()
	p.strong(selfcheckAnswer(r))
	for _, t := range []*table{enginesTable(r), pacingTable(r), latencyTable(r)} {
		if err := p.table(t); err != nil {
			return fmt.Errorf("laying out the report: %w", err)
		}
	}
	writeSelfcheckNotes(p, r)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// SelfcheckStep says what a step measures, for a line of progress.
func SelfcheckStep(s selfcheck.Step) string {
	what := string(s.Test)
	if s.Test == selfcheck.HigherRate {
		what = Rate(s.Rate)
	}
	if s.Engine != "" {
		what = name(s.Engine) + ": " + what
	}
	return what + ", " + Span(s.Length)
}

// selfcheckAnswer says in a sentence or two how far the machine is to be trusted.
func selfcheckAnswer(r *selfcheck.Report) string {
	required := Rate(selfcheck.RequiredRate)
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
			text += fmt.Sprintf(" It wakes even a thread that only sleeps %s late at P99: run this again when nothing else uses it.", Duration(late))
		}
		return text
	}
	text := fmt.Sprintf("This machine can be trusted up to %s with the engine %s.", Rate(r.Trusted.Rate), name(e.Name))
	if at := pacingAt(e, r.Trusted.Rate); at != nil {
		text += fmt.Sprintf(" There %s of the requests leave at most %s late", Share(0.99), Duration(at.Lag.P99NS))
		if f := worstOf(e, selfcheck.ServiceTime, 50); f != nil {
			text += fmt.Sprintf("; at %s service times are %s wrong at P50", required, Duration(f.WrongByNS.Abs()))
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
func enginesTable(r *selfcheck.Report) *table {
	t := &table{columns: []column{
		{title: "engine", left: true}, {title: "trusted up to", gap: 3}, {title: "wrong by: P50", gap: 3}, {title: "P99"},
		{title: "freeze shown: P90", gap: 3}, {title: "P95"}, {title: "P99"}, {title: "fastest", gap: 3},
	}}
	for i := range r.Engines {
		e := &r.Engines[i]
		row := []string{name(e.Name), absent, absent, absent, absent, absent, absent, absent}
		if e.TrustedRate != nil {
			row[1] = Rate(*e.TrustedRate)
			if *e.TrustedRate == 0 {
				row[1] = "not trusted"
			}
		}
		for j, percentile := range []float64{50, 99} {
			if f := worstOf(e, selfcheck.ServiceTime, percentile); f != nil {
				row[2+j] = Duration(f.WrongByNS)
			}
		}
		if e.Freeze != nil {
			for j, f := range e.Freeze.Figures {
				row[4+j] = Percent(f.Share)
			}
		}
		if f := e.Fastest; f != nil {
			row[7] = Rate(f.Rate)
			if f.AtLeast {
				row[7] = leastRate(f.Rate)
			}
		}
		t.row(row...)
	}
	return t
}

// pacingTable has a row for each rate that was tried of each engine.
func pacingTable(r *selfcheck.Report) *table {
	t := &table{columns: []column{
		{title: "engine", left: true}, {title: "rate"}, {title: "served"}, {title: "lag: P50", gap: 3}, {title: "P99"},
		{title: "P99.9", rank: 2}, {title: "idle: P50", gap: 3, rank: 1}, {title: "P99", rank: 1}, {title: "holds", left: true, gap: 3},
	}}
	for i := range r.Engines {
		e := &r.Engines[i]
		label := name(e.Name)
		for _, rate := range ratesOf(e) {
			at := pacingAt(e, rate)
			row := []string{label, Rate(rate), Rate(at.Served.Rate),
				Duration(at.Lag.P50NS), Duration(at.Lag.P99NS), Duration(at.Lag.P999NS), absent, absent, "yes"}
			if at.IdleThread != nil {
				row[6], row[7] = Duration(at.IdleThread.P50NS), Duration(at.IdleThread.P99NS)
			}
			if !at.Holds {
				row[8] = "no, " + kindOf(at.Verdict)
			}
			t.row(row...)
			label = ""
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
func latencyTable(r *selfcheck.Report) *table {
	t := &table{columns: []column{
		{title: "engine", left: true}, {title: "server", left: true}, {left: true},
		{title: "P50: said", gap: 3}, {title: "logged"}, {title: "wrong by"}, {title: "P99: said", gap: 3}, {title: "logged"}, {title: "wrong by"},
	}}
	for i := range r.Engines {
		label := name(r.Engines[i].Name)
		for _, l := range r.Engines[i].Latency {
			if len(l.Figures) == 0 {
				continue
			}
			server := name(l.Server)
			for _, of := range []selfcheck.Measure{selfcheck.ServiceTime, selfcheck.ResponseTime} {
				row := []string{label, server, strings.TrimSuffix(string(of), "_time")}
				for _, f := range l.Figures {
					if f.Of == of {
						row = append(row, Duration(f.SaidNS), Duration(f.TrueNS), Duration(f.WrongByNS))
					}
				}
				t.row(row...)
				label, server = "", ""
			}
		}
	}
	return t
}
