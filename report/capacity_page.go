package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// WriteCapacity writes the capacity report of one target, or of several side by side. Its error is that of w, or says that there
// is nothing to report on.
func WriteCapacity(w io.Writer, list []*capacity.Capacity, o Options) error {
	p, err := CapacityPage(list, o)
	if err != nil {
		return err
	}
	return o.write(w, p)
}

// WriteCapacityMarkdown writes the capacity report in GitHub's Markdown, with its formulas and assumptions.
func WriteCapacityMarkdown(w io.Writer, list []*capacity.Capacity) error {
	p, err := CapacityPage(list, Options{Verbose: true})
	if err != nil {
		return err
	}
	return writeMarkdown(w, p, maxMarkdown)
}

// CapacityPage is the capacity report of one target, or of several side by side. Its error says that there is nothing to
// report on.
func CapacityPage(list []*capacity.Capacity, o Options) (*page.Page, error) {
	if len(list) == 0 {
		return nil, errors.New("there is no capacity to report on")
	}
	p := &page.Page{Title: "capacity"}
	for _, c := range list {
		who := sizedName(c.Target.Name)
		p.Subjects = append(p.Subjects, who)
		p.Add(page.Facts{Title: "Capacity of " + who, Command: "bench capacity", Parts: page.Parts(page.Usual, who, strings.Join(c.Objectives, " and "))},
			page.Headline{Text: page.Clean(capacityAnswer(c), maxSentence)})
		p.Add(capacitySections(c, o.Verbose)...)
	}
	if len(list) > 1 {
		p.Add(capacityBeside(list))
	}
	p.Add(capacityCommands(list, o))
	return p, nil
}

// section holds sentences, and a table below them; nothing where it has neither.
func section(title string, texts []string, t *page.Table) page.Section {
	s := page.Section{Title: title}
	if len(texts) > 0 {
		list := page.List{Items: page.Items(texts...)}
		for i := range list.Items {
			list.Items[i].Text = page.Clean(list.Items[i].Text, maxSentence)
		}
		s.Blocks = append(s.Blocks, list)
	}
	if t != nil && len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, t)
	}
	return s
}

// headed returns a table with those titles. Out of one that is too wide the first columns of figures go first.
func headed(titles ...string) *page.Table {
	t := &page.Table{}
	for i, title := range titles {
		c := page.Column{Title: title, Words: wordHeads[title], Rank: max(0, len(titles)-i-3)}
		if i == 0 || c.Words {
			c.Rank = 0
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

// wordHeads are the titles of columns of words.
var wordHeads = map[string]bool{"holds": true, "target": true, "offer": true, "policy": true, "by": true, "": true}

// maxSentence bounds a sentence, in columns.
const maxSentence = 600

// capacityAnswer is the first line of a report.
func capacityAnswer(c *capacity.Capacity) string {
	who, what := sizedName(c.Target.Name), strings.Join(c.Objectives, " and ")
	m := c.MaxRate
	if c.CutShort {
		return cutShortAnswer(c, who, what)
	}
	switch m.Outcome {
	case capacity.Nowhere:
		return fmt.Sprintf("%s meets %s at no rate: even at %s %s. %s", who, what, c.Unit.Rate(m.High), brokeWords(m.Limiting), c.Limit)
	case capacity.Everywhere, capacity.OutOfTime:
		if m.Rate.Rate > 0 {
			return fmt.Sprintf("%s holds at least %s with %s: no step failed, so its capacity lies above. %s", who, c.Unit.RateLow(m.Rate.Rate), what, c.Limit)
		}
		return fmt.Sprintf("%s: there was no time to find a rate that holds %s.", who, what)
	case capacity.Undecided:
		return fmt.Sprintf("%s: whether it holds %s cannot be told at any rate that was driven: %s.", who, what, undecidedWhy(c))
	case capacity.Limited:
		if m.Rate.Rate > 0 {
			return fmt.Sprintf("%s holds at least %s with %s: above it bench or its host was too late to tell.", who, c.Unit.RateLow(m.Rate.Rate), what)
		}
		return fmt.Sprintf("%s: nothing can be said of %s, as bench or its host was too late at every rate.", who, what)
	}
	return fmt.Sprintf("%s holds %s (%s, 95 %%) with %s. %s", who, c.Unit.Rate(m.Rate.Rate), between(m.Low, m.High), what, c.Limit)
}

// cutShortAnswer is the first line on a search that was cut short: what it had found until then.
func cutShortAnswer(c *capacity.Capacity, who, what string) string {
	m := c.MaxRate
	switch {
	case m.Rate.Rate == 0:
		return fmt.Sprintf("%s: the search was cut short before it found a rate that holds %s.", who, what)
	case m.High == 0:
		return fmt.Sprintf("%s holds at least %s with %s, as far as the search came: it was cut short.", who, c.Unit.RateLow(m.Rate.Rate), what)
	}
	return fmt.Sprintf("%s holds about %s (%s, 95 %%) with %s, as far as the search came: it was cut short.", who, c.Unit.Rate(m.Rate.Rate), between(m.Low, m.High), what)
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
		return "at least " + units.RateLow(low)
	}
	return strings.TrimSuffix(units.Rate(low), "/s") + " – " + strings.TrimSuffix(units.Rate(high), "/s")
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

// capacityCommands says where a capacity is kept, and how to go on.
func capacityCommands(list []*capacity.Capacity, o Options) page.Commands {
	b, called := page.Commands{Detail: page.Usual}, o.Caller.called
	if o.Saved != "" {
		path := page.Clean(o.Saved, maxCommand)
		b.Lines = append(b.Lines, []page.Command{
			{Word: "saved", Text: path, File: true}, {Word: "again", Text: "bench report " + shellQuoted(path)},
			{Word: "other prices", Text: fmt.Sprintf("bench capacity %s %s %s FILE", called(SettingFrom), shellQuoted(path), called(SettingPrices))},
		})
	}
	if o.Again != "" {
		b.Lines = append(b.Lines, []page.Command{{Word: "next", Why: "drive 95 % of what was confirmed again", Text: o.Again}})
	}
	for _, next := range capacityNext(list, o) {
		b.Lines = append(b.Lines, []page.Command{{Word: "next", Text: next}})
	}
	return b
}

// capacityNext suggests how to go on.
func capacityNext(list []*capacity.Capacity, o Options) (next []string) {
	c, called := list[0], o.Caller.called
	if c.Plan == nil && c.MaxRate.Rate.Rate > 0 {
		next = append(next, fmt.Sprintf("%s 5000/s %s 4%%/month %s FILE (how many are needed, and what they cost)", called(SettingDemand), called(SettingGrowth), called(SettingPrices)))
	}
	if c.Try != "" {
		next = append(next, c.Try)
	}
	if !o.Verbose {
		next = append(next, fmt.Sprintf("%s, or %s json=FILE (every figure with its formula)", called(SettingVerbose), called(SettingOutput)))
	}
	return next
}

// CapacityStep is the line that says on stderr what a step found.
func CapacityStep(target string, m capacity.Measurement) string {
	outcome := "holds"
	switch {
	case m.Users > 0 || m.Burst > 0 && m.Holds:
		outcome = ""
	case m.Undecided:
		outcome = "undecided: " + m.Why
	case !m.Holds:
		outcome = "no: " + m.Why
	}
	line := page.Dotted([]string{
		sizedName(target) + ": " + CapacityNext(m.Step), m.Unit.Rate(m.Served) + " served",
		"P99 " + runfile.Figure{Value: m.P99, AtLeast: m.AtLeast}.String(), outcome,
	})
	return page.Clean(line, 160)
}

// CapacityNext says what a step offers and what for.
func CapacityNext(s capacity.Step) string {
	offered := s.Unit.Rate(s.Rate)
	if s.Users > 0 {
		offered = plural(uint64(s.Users), "user")
	}
	return fmt.Sprintf("%s %s", s.Purpose, offered)
}

// capacityBeside is the table of several targets, with what one saves against another that was asked the same.
func capacityBeside(list []*capacity.Capacity) page.Section {
	head := []string{"target", "holds", "interval", "saturation"}
	planned := slices.ContainsFunc(list, func(c *capacity.Capacity) bool { return c.Plan != nil })
	priced := slices.ContainsFunc(list, isPriced)
	if planned {
		head = append(head, "instances now")
	}
	if priced {
		head = append(head, "cost a month", "per million "+list[0].Unit.One()+"s")
	}
	t := headed(head...)
	for _, c := range list {
		row := []page.Cell{page.Words(sizedName(c.Target.Name)), page.Words("not known"), page.Words(absent), page.Words(absent)}
		switch m := c.MaxRate; {
		case m.Rate.Rate > 0:
			row[1] = page.Cell{Text: bounding(c), Figure: true, Value: m.Rate.Rate, AtLeast: m.AtLeast}
			row[2].Text = between(m.Low, m.High)
		case m.Outcome == capacity.Nowhere:
			row[1].Text = "at no rate"
		}
		if c.Saturation != nil {
			row[3] = rateCell(c.Saturation.Rate)
		}
		if planned {
			instances := page.Words(absent)
			if c.Plan != nil {
				instances = numberCell(uint64(c.Plan.Months[0].Instances))
			}
			row = append(row, instances)
		}
		switch {
		case isPriced(c):
			cost, currency := c.Plan.Months[0].Costs[0], c.Plan.Inputs.Prices.Currency
			row = append(row, moneyCell(cost.Total, currency), moneyCell(cost.PerMillion, currency))
		case priced:
			row = append(row, page.Words(absent), page.Words(absent))
		}
		t.Add(row...)
	}
	var text []string
	for i, c := range list {
		if slices.IndexFunc(list, func(other *capacity.Capacity) bool { return slices.Equal(other.Asked, c.Asked) }) == i {
			text = append(text, savings(list, c.Asked)...)
		}
	}
	switch size := capacity.SmallestSize(list); {
	case size == nil && planned && !slices.ContainsFunc(list, func(c *capacity.Capacity) bool { return c.Size == 0 }):
		text = append(text, "one instance of no size is known to carry the demand: it takes several")
	case size != nil:
		text = append(text, fmt.Sprintf("%s is the smallest size that meets the objective%s", sizedName(size.Target.Name), demandOf(size)))
	}
	return section("Side by side", text, t)
}

// bounding writes a rate, marked where it is a lower bound.
func bounding(c *capacity.Capacity) string {
	if m := c.MaxRate; m.AtLeast {
		return "≥ " + c.Unit.RateLow(m.Rate.Rate)
	}
	return c.Unit.Rate(c.MaxRate.Rate.Rate)
}

func isPriced(c *capacity.Capacity) bool {
	return c.Plan != nil && len(c.Plan.Months[0].Costs) > 0
}

// demandOf says that a size was chosen for a demand, where there is one.
func demandOf(c *capacity.Capacity) string {
	if c.Plan == nil {
		return ""
	}
	return fmt.Sprintf(" at the demand of %s with one instance", c.Unit.Rate(c.Plan.Inputs.Demand))
}

// savings compares, of the targets that were asked the same, each with the one that holds least.
func savings(list []*capacity.Capacity, asked []string) (text []string) {
	var least *capacity.Capacity
	for _, c := range list {
		if slices.Equal(c.Asked, asked) && c.MaxRate.Rate.Rate > 0 && (least == nil || c.MaxRate.Rate.Rate < least.MaxRate.Rate.Rate) {
			least = c
		}
	}
	if least != nil && least.MaxRate.AtLeast {
		return []string{fmt.Sprintf("how much %s takes is only known from below, so nothing is said of what others save against it", sizedName(least.Target.Name))}
	}
	for _, c := range list {
		if c == least || !slices.Equal(c.Asked, asked) || c.MaxRate.Rate.Rate == 0 {
			continue
		}
		times := c.MaxRate.Rate.Rate / least.MaxRate.Rate.Rate
		holds := "holds " + units.Times(times)
		if c.MaxRate.AtLeast {
			holds = "holds at least " + units.TimesTo(times, units.Down)
		}
		line := fmt.Sprintf("%s %s what %s does", sizedName(c.Target.Name), holds, sizedName(least.Target.Name))
		if c.Size > 0 && least.Size > 0 {
			line += fmt.Sprintf(", with %s its processors", units.Times(float64(c.Size)/float64(least.Size)))
		}
		text = append(text, line+saved(c, least))
	}
	return text
}

// saved says what c saves against a target that holds less, at the same demand.
func saved(c, least *capacity.Capacity) string {
	if c.Plan == nil || least.Plan == nil {
		return ""
	}
	now, of := c.Plan.Months[0], least.Plan.Months[0]
	if now.Instances >= of.Instances {
		return ", and takes as many instances at the same demand"
	}
	line := fmt.Sprintf(", and saves %s at the same demand", plural(uint64(of.Instances-now.Instances), "instance"))
	if isPriced(c) && isPriced(least) {
		line += fmt.Sprintf(", or %s a month", money(max(0, of.Costs[0].Total-now.Costs[0].Total), c.Plan.Inputs.Prices.Currency))
	}
	return line
}
