package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/page"
)

// The footnote marks of the table.
const (
	reachedMark = "⁴"
	clockMark   = "⁵"
)

// shownLoss is from which share of journeys that a failure kept from a step its percentiles are marked.
const shownLoss = 0.01

// rateWords is the rate of a phase, and what comes at it where that is not requests.
func (s subject) rateWords(p *runfile.Phase) string {
	if !p.CountsJourneys() {
		return units.Rate(s.rate(p))
	}
	return units.Trimmed(s.rate(p)) + " journeys/s"
}

// journeyPredicate says what the service did with the journeys of the focus, to follow its name; "" where there are no journeys of
// several steps, or the run tells nothing of them.
func (s subject) journeyPredicate() string {
	j := s.focus.AllJourneys()
	if j == nil || j.Arrived == 0 {
		return ""
	}
	text, when := "", ""
	switch s.outcome() {
	case overloaded:
		text = "did not keep up with " + s.task() + ": it "
		if s.closed() {
			text = "kept " + s.task() + " waiting: it "
		}
	case answered, failing, carried:
	default:
		return ""
	}
	if s.focusName() != "the run" {
		when = " of " + s.focusName()
	}
	if j.Completed == j.Arrived {
		text += fmt.Sprintf("completed all of %s%s", plural(j.Arrived, "journey"), when)
	} else {
		text += fmt.Sprintf("completed %s of %s%s", units.Percent(float64(j.Completed)/float64(j.Arrived)), plural(j.Arrived, "journey"), when)
	}
	d, of := &j.Time, "less thinking"
	if s.outcome() == answered {
		d, of = &j.TargetTime, "of its own time, less thinking"
	}
	if d.Count > 0 {
		text += fmt.Sprintf(", in %s at P50 and %s at P99 %s", d.Quantile(0.50), d.Quantile(0.99), of)
	}
	if base := s.phase(profiles.Baseline); base != nil && base != s.focus && s.focus.Kind == profiles.Spike {
		if before := base.AllJourneys(); before != nil && before.Time.Count > 0 {
			text += fmt.Sprintf(", %s at P99 before it", before.Time.Quantile(0.99))
		}
	}
	for _, part := range ends(j) {
		text += "; " + part
	}
	if j.Failed > 0 {
		text += s.mostly()
	}
	if after := s.recovering(); after != "" && s.overrun() {
		text += "; it" + strings.TrimPrefix(after, " and")
	}
	if s.outcome() == answered {
		text += "; bench was late for some of their requests"
	}
	return text
}

// ends says what became of those that were not completed, a clause each.
func ends(j *runfile.Journey) (list []string) {
	for _, part := range []struct {
		n    uint64
		what string
	}{{j.Failed, "failed"}, {j.Unfinished, "were cut off by the end of the run"}, {j.Unstarted, "never started"}} {
		if part.n > 0 {
			list = append(list, units.Count(part.n)+" "+part.what)
		}
	}
	return list
}

// journeyText says in a sentence what became of each target's journeys.
func journeyText(subjects []subject) page.Block {
	var lines []page.Block
	for _, s := range subjects {
		if len(s.Overall.Journeys) == 1 && len(s.Phases) == 1 && s.journeyPredicate() != "" {
			continue // the headline says it
		}
		for i := range s.Overall.Journeys {
			lines = append(lines, page.Text{Text: journeySentence(s, &s.Overall.Journeys[i], len(subjects) > 1)})
		}
	}
	for _, s := range subjects {
		for i := range s.Overall.Journeys {
			if text := hidden(s, &s.Overall.Journeys[i]); text != "" {
				lines = append(lines, page.Text{Text: text})
			}
		}
	}
	return page.Section{Blocks: lines}
}

func journeySentence(s subject, j *runfile.Journey, several bool) string {
	var b strings.Builder
	if several {
		fmt.Fprintf(&b, "%s: ", s.label)
	}
	if j.Arrived == 0 {
		fmt.Fprintf(&b, "No journey %s arrived.", name(j.Name))
		return b.String()
	}
	fmt.Fprintf(&b, "Of %s %s that arrived %s were completed", plural(j.Arrived, "journey"), name(j.Name), units.Percent(float64(j.Completed)/float64(j.Arrived)))
	if j.Time.Count > 0 {
		fmt.Fprintf(&b, ", in %s at P50 and %s at P99 less thinking", j.Time.Quantile(0.50), j.Time.Quantile(0.99))
	}
	for _, part := range ends(j) {
		b.WriteString("; " + part)
	}
	b.WriteString(".")
	return b.String()
}

// hiddenFactor is how many times what its requests' P99s come to a journey's P99 is at least where they do not show it.
const hiddenFactor = 2

// hidden says that journeys took much longer than the P99 of requests lets expect; nothing where they did not. Whoever meets a stall asks
// nothing more until it is over: it takes the time of one request among many, and of every journey in progress.
func hidden(s subject, j *runfile.Journey) string {
	asked := uint64(0)
	for i := range j.Steps {
		asked += s.StepTimes(j.Name, j.Steps[i].Name).Due // each time round
	}
	p99, whole := s.Overall.ResponseTime.P99NS, j.Time.P99NS
	if len(j.Steps) < 2 || asked == 0 || j.Time.Count == 0 || float64(whole) <= hiddenFactor*float64(p99)*float64(asked)/float64(j.Arrived) {
		return ""
	}
	return fmt.Sprintf("%s: the P99 of requests, %s, does not show what journeys %s met: while the service stalled, who waited asked nothing more.", s.label, units.Precise(p99), name(j.Name))
}

// journeyTable has a row for each journey, and one for each of its steps below it.
func journeyTable(subjects []subject) *page.Table {
	t := &page.Table{Columns: []page.Column{
		{Title: "target", Words: true, Names: true, Stub: true, Of: true, Plain: true}, {Title: "journey", Words: true, Names: true},
		{Title: "arrived"}, {Title: "completed"}, {Title: "P50"}, {Title: "P95", Rank: 1}, {Title: "P99"}, {Title: "max", Rank: 3}, {Title: "since arrival P99" + clockMark, Rank: 2}, {Title: "failed"},
	}}
	var reached []string
	var lag runfile.Dist
	for _, s := range subjects {
		for i := range s.Overall.Journeys {
			j := &s.Overall.Journeys[i]
			d := &j.Time
			if j.LagAtAnswers != nil && j.LagAtAnswers.P50NS > lag.P50NS {
				lag = *j.LagAtAnswers
			}
			t.Add(page.Words(s.label), page.Words(name(j.Name)), numberCell(j.Arrived), shareOf(j.Completed, j.Arrived), figureCell(d.Quantile(0.50)),
				figureCell(d.Quantile(0.95)), figureCell(d.Quantile(0.99)), figureCell(d.Quantile(1)), page.Words(absent), numberCell(j.Failed))
			for n := range j.Steps {
				if share := addStep(t, s, j, &j.Steps[n]); share != "" {
					reached = append(reached, share)
				}
			}
		}
	}
	if len(reached) > 0 {
		t.Notes = append(t.Notes, page.Footnote{Mark: reachedMark, Text: "of the journeys that reached it, which a failure kept others from: " + strings.Join(reached, ", ")})
	}
	if len(t.Rows) > 0 {
		text := "less what was thought; a step's clock starts when the answer before it was there and the user had thought"
		if lag.Count > 0 {
			text += fmt.Sprintf("; where nobody thinks, bench's lag was %s at P50 and %s at P99", lag.Quantile(0.50), lag.Quantile(0.99))
		}
		t.Notes = append(t.Notes, page.Footnote{Mark: clockMark, Text: text})
	}
	return t
}

// addStep adds the row of a step. It returns the share of journeys that reached it where a failure kept others from it, or "".
func addStep(t *page.Table, s subject, j *runfile.Journey, step *runfile.JourneyStep) (reached string) {
	p := s.StepTimes(j.Name, step.Name)
	d, since := &p.Dist, &step.SinceArrival
	cells := []page.Cell{
		figureCell(d.Quantile(0.50)), figureCell(d.Quantile(0.95)), figureCell(d.Quantile(0.99)), figureCell(d.Quantile(1)),
	}
	if wanted := step.Asked + step.Stopped; wanted > 0 && float64(step.Stopped) > shownLoss*float64(wanted) {
		for i := range cells {
			cells[i].Mark = reachedMark
		}
		reached = fmt.Sprintf("%s/%s %s", name(j.Name), name(step.Name), units.Percent(float64(step.Asked)/float64(wanted)))
	}
	row := append([]page.Cell{page.Words(s.label), page.Words("– " + name(step.Name)), numberCell(step.Asked), shareOf(p.Succeeded, p.Due)}, cells...)
	t.Add(append(row, figureCell(since.Quantile(0.99)), numberCell(p.Due-min(p.Succeeded, p.Due)))...)
	return reached
}

// askedLater says how many steps of a spike's journeys were load of the recovery; nothing where none were.
func (s subject) askedLater() string {
	var n uint64
	for i := range s.focus.Journeys {
		n += s.focus.Journeys[i].DueLater
	}
	if s.focus.Recovery == nil || n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s of its journeys still to come)", plural(n, "step"))
}

// journeyRow is a journey of a phase, or one of its steps, as files tell of it.
type journeyRow struct {
	journey, step string // clean and told apart; step is "" of the journey itself
	of            *runfile.Journey
	counts        *runfile.JourneyStep // nil of the journey itself
	time          runfile.Dist         // journey time, or the step's response time
	label         string               // journey, or journey/step
}

// journeyRows lists the journeys of a phase, each with its steps behind it; of all phases but warm-up where p is the overall.
func (s subject) journeyRows(p *runfile.Phase) (rows []journeyRow) {
	names := unique{}
	for i := range p.Journeys {
		j := &p.Journeys[i]
		journey, steps := names.name(longName(j.Name), "journey"), unique{}
		rows = append(rows, journeyRow{journey: journey, of: j, time: j.Time, label: journey})
		for n := range j.Steps {
			times := p.StepTimes
			if p == &s.Overall {
				times = s.StepTimes
			}
			step := steps.name(longName(j.Steps[n].Name), "step")
			rows = append(rows, journeyRow{journey, step, j, &j.Steps[n], times(j.Name, j.Steps[n].Name).Dist, journey + "/" + step})
		}
	}
	return rows
}

// anyJourneys reports whether some run has journeys.
func anyJourneys(subjects []subject) bool {
	return slices.ContainsFunc(subjects, func(s subject) bool { return len(s.Overall.Journeys) > 0 })
}

// journeyLines tells of journeys and their steps in plain text, a line each.
func (s subject) journeyLines() string {
	var b strings.Builder
	for _, r := range s.journeyRows(&s.Overall) {
		if r.counts == nil {
			fmt.Fprintln(&b, journeySentence(s, r.of, false))
			continue
		}
		fmt.Fprintf(&b, "%s: %s asked, %s left out by chance, %s stopped by a failure before it", r.label, units.Count(r.counts.Asked), units.Count(r.counts.LeftOut), units.Count(r.counts.Stopped))
		if r.time.Count > 0 {
			fmt.Fprintf(&b, "; %s at P50 and %s at P99, since arrival %s at P99", r.time.Quantile(0.50), r.time.Quantile(0.99), r.counts.SinceArrival.Quantile(0.99))
		}
		fmt.Fprintln(&b, ".")
	}
	return b.String()
}

// shareOf is the share n of all.
func shareOf(n, all uint64) page.Cell {
	if all == 0 {
		return page.Words(absent)
	}
	return shareCell(float64(n) / float64(all))
}
