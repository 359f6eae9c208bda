package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// capacitySection is one block of a capacity report, for any format.
type capacitySection struct {
	title string
	text  []string // sentences, or the lines of a drawing
	drawn bool
	head  []string
	rows  [][]string
}

func (s capacitySection) empty() bool { return len(s.text) == 0 && len(s.rows) == 0 }

// Capacity writes the capacity report of one target, or of several side by side. Its error is that of w, or says that there
// is nothing to report on.
func Capacity(w io.Writer, list []*capacity.Capacity, o Options) error {
	if len(list) == 0 {
		return errors.New("there is no capacity to report on")
	}
	p := newPage(o.Width, o.Color)
	for i, c := range list {
		if i > 0 {
			p.blank()
		}
		p.parts([]string{"bench capacity", sizedName(c.Target.Name), strings.Join(c.Objectives, " and ")}, 2)
		p.blank()
		p.strong(capacityAnswer(c))
		for _, s := range capacitySections(c, o.Verbose) {
			if err := p.section(s); err != nil {
				return fmt.Errorf("laying out the report: %w", err)
			}
		}
	}
	if len(list) > 1 {
		if err := p.section(capacityBeside(list)); err != nil {
			return fmt.Errorf("laying out the report: %w", err)
		}
	}
	p.blank()
	if o.Saved != "" {
		p.text(fmt.Sprintf("saved %s · again: bench report %s · other prices: bench capacity --from %s --prices FILE", o.Saved, o.Saved, o.Saved), 2)
	}
	if o.Again != "" {
		// Copied from here, so it is neither broken nor cut.
		p.text("next: drive 95 % of what was confirmed again", 2)
		p.put("  " + page.Clean(o.Again, maxCommand))
	}
	for _, next := range capacityNext(list, o) {
		p.text("next: "+next, 2)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

func (p *oldPage) section(s capacitySection) error {
	if s.empty() {
		return nil
	}
	p.blank()
	if s.title != "" {
		p.text(s.title, 2)
	}
	for _, t := range s.text {
		p.text("  "+t, 4)
	}
	if len(s.rows) == 0 {
		return nil
	}
	t := &table{rows: s.rows}
	for i, h := range s.head {
		c := column{title: h, left: leftHeads[h], rank: max(0, len(s.head)-i-3)}
		if i == 0 || leftHeads[h] {
			c.rank = 0
		}
		t.columns = append(t.columns, c)
	}
	return p.rows(t)
}

// leftHeads are the columns of words.
var leftHeads = map[string]bool{"holds": true, "target": true, "offer": true, "policy": true, "by": true, "": true}

// CapacityMarkdown writes the capacity report in GitHub's Markdown, with its formulas and assumptions.
func CapacityMarkdown(w io.Writer, list []*capacity.Capacity) error {
	if len(list) == 0 {
		return errors.New("there is no capacity to report on")
	}
	t := &markdownText{limit: maxMarkdown}
	for _, c := range list {
		t.line("## Capacity of " + code(sizedName(c.Target.Name)))
		t.line("")
		t.line("**" + prose(page.Clean(capacityAnswer(c), maxSentence)) + "**")
		for _, s := range capacitySections(c, true) {
			t.section(s)
		}
		t.line("")
	}
	if len(list) > 1 {
		t.section(capacityBeside(list))
	}
	return t.end(w)
}

func (t *markdownText) section(s capacitySection) {
	if s.empty() {
		return
	}
	t.line("")
	if s.title != "" {
		t.line("**" + prose(page.Clean(s.title, maxSentence)) + "**")
		t.line("")
	}
	if s.drawn {
		t.line("```text")
	}
	for _, sentence := range s.text {
		switch sentence = page.Clean(sentence, maxSentence); {
		case s.drawn:
			t.line(sentence)
		default:
			t.line("- " + prose(sentence))
		}
	}
	if s.drawn {
		t.line("```")
	}
	if len(s.rows) == 0 {
		return
	}
	if len(s.text) > 0 {
		t.line("")
	}
	head, rule := make([]string, len(s.head)), make([]string, len(s.head))
	for i, h := range s.head {
		head[i], rule[i] = prose(h), "---:"
		if leftHeads[h] {
			rule[i] = "---"
		}
	}
	t.line("| " + strings.Join(head, " | ") + " |")
	t.line("| " + strings.Join(rule, " | ") + " |")
	for _, row := range s.rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = prose(page.Clean(cell, maxSentence))
		}
		t.line("| " + strings.Join(cells, " | ") + " |")
	}
}

// maxSentence bounds a sentence, in columns.
const maxSentence = 600

// capacityAnswer is the first line of a report.
func capacityAnswer(c *capacity.Capacity) string {
	who, what := sizedName(c.Target.Name), strings.Join(c.Objectives, " and ")
	m := c.MaxRate
	switch m.Outcome {
	case capacity.Nowhere:
		return fmt.Sprintf("%s meets %s at no rate: even at %s %s. %s", who, what, Rate(m.High), brokeWords(m.Limiting), c.Limit)
	case capacity.Everywhere, capacity.OutOfTime:
		if m.Rate.Rate > 0 {
			return fmt.Sprintf("%s holds at least %s with %s: no step failed, so its capacity lies above. %s", who, lowRate(m.Rate.Rate), what, c.Limit)
		}
		return fmt.Sprintf("%s: there was no time to find a rate that holds %s.", who, what)
	case capacity.Undecided:
		return fmt.Sprintf("%s: whether it holds %s cannot be told at any rate that was driven: %s.", who, what, undecidedWhy(c))
	case capacity.Limited:
		if m.Rate.Rate > 0 {
			return fmt.Sprintf("%s holds at least %s with %s: above it bench or its host was too late to tell.", who, lowRate(m.Rate.Rate), what)
		}
		return fmt.Sprintf("%s: nothing can be said of %s, as bench or its host was too late at every rate.", who, what)
	}
	return fmt.Sprintf("%s holds %s (%s, 95 %%) with %s. %s", who, Rate(m.Rate.Rate), between(m.Low, m.High), what, c.Limit)
}

// undecidedWhy says what kept the last step that was undecided from telling.
func undecidedWhy(c *capacity.Capacity) string {
	for _, m := range slices.Backward(c.Steps) {
		if m.Undecided {
			return m.Why
		}
	}
	return "too few requests were of an objective"
}

// between writes the ends of an interval of rates.
func between(low, high float64) string {
	if high == 0 {
		return "at least " + lowRate(low)
	}
	return strings.TrimSuffix(Rate(low), "/s") + " – " + strings.TrimSuffix(Rate(high), "/s")
}

// brokeWords says what broke, within a sentence.
func brokeWords(why string) string {
	if why == "" {
		return "it failed"
	}
	return lowerFirst(why)
}

// maxCommand bounds a command that is to be copied, in columns.
const maxCommand = 4096

// capacityNext suggests how to go on.
func capacityNext(list []*capacity.Capacity, o Options) (next []string) {
	c := list[0]
	if c.Plan == nil && c.MaxRate.Rate.Rate > 0 {
		next = append(next, "--demand 5000/s --growth 4%/month --prices FILE (how many are needed, and what they cost)")
	}
	if c.Try != "" {
		next = append(next, c.Try)
	}
	if !o.Verbose {
		next = append(next, "-v, or -o json=FILE (every figure with its formula)")
	}
	return next
}

// CapacityStep is the line that says on stderr what a step found.
func CapacityStep(target string, m capacity.Measurement) string {
	offered := Rate(m.Step.Rate)
	if m.Users > 0 {
		offered = plural(uint64(m.Users), "user")
	}
	outcome := "holds"
	switch {
	case m.Users > 0 || m.Burst > 0 && m.Holds:
		outcome = ""
	case m.Undecided:
		outcome = "undecided: " + m.Why
	case !m.Holds:
		outcome = "no: " + m.Why
	}
	line := dotted([]string{
		fmt.Sprintf("%s: %s %s", sizedName(target), m.Purpose, offered), Rate(m.Served) + " served",
		"P99 " + bounded(m.P99, m.AtLeast), outcome,
	})
	return page.Clean(line, 160)
}
