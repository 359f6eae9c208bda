package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// capacitySections are the blocks of one target's report, without its answer.
func capacitySections(c *capacity.Capacity, verbose bool) []page.Block {
	list := []page.Block{section("", nil, capacitySteps(c, verbose)), capacityCurve(c), section("What the models say", capacityModels(c, verbose), nil), expectedSection(c)}
	if verbose {
		list = append(list, boundSection(c))
	}
	if c.Plan != nil {
		list = append(list, planSections(c.Plan, verbose)...)
	}
	if verbose {
		list = append(list, section("Formulas of what was measured", c.Formulas, nil))
	}
	return append(list, section("Notes", c.Notes, nil))
}

// expectedSection is the table of what is to be expected, with what was measured where that contradicts the models.
func expectedSection(c *capacity.Capacity) page.Section {
	t := headed("of saturation", "rate", "P99", "by")
	for _, e := range c.Expected {
		by := e.Method
		if d := e.Contradicted; d != nil {
			model, _, _ := strings.Cut(d.By, ",")
			by = fmt.Sprintf("%s at %s; %s says %s", e.Method, c.Unit.Rate(e.MeasuredAt), model, modelWords(c, d))
		}
		t.Add(shareCell(e.Utilisation), rateCell(e.Rate), figureCell(runfile.Figure{Value: e.P99, AtLeast: e.AtLeast}), page.Words(by))
	}
	return section("To be expected", nil, t)
}

// measuredWords says what was measured where a model is contradicted.
func measuredWords(c *capacity.Capacity, d *capacity.Contradiction) string {
	switch {
	case d.Of == "throughput" && d.Rate > 0:
		return fmt.Sprintf("%s was served of %s", c.Unit.Rate(d.Measured.Value), c.Unit.Rate(d.Rate))
	case d.Of == "throughput":
		return fmt.Sprintf("%s was measured", c.Unit.Rate(d.Measured.Value))
	}
	return fmt.Sprintf("%s at %s was %s", strings.ToUpper(d.Of), c.Unit.Rate(d.Rate), secondsOf(d.Measured.Value))
}

func secondsOf(s float64) string { return units.Duration(time.Duration(s * 1e9)) }

// capacitySteps is the table of the steps, by rate; without Verbose those of the same purpose that say the same are left out.
func capacitySteps(c *capacity.Capacity, verbose bool) *page.Table {
	t := headed("rate", "served", "P50", "P99", "backlog", "cpu", "holds")
	if c.Unit == capacity.Journeys {
		t.Columns[0].Title, t.Columns[1].Title = "journeys", "completed"
	}
	steps := slices.Clone(c.Steps)
	slices.SortStableFunc(steps, func(a, b capacity.Measurement) int {
		switch {
		case a.Users != b.Users:
			return a.Users - b.Users
		case a.Step.Rate < b.Step.Rate:
			return -1
		case a.Step.Rate > b.Step.Rate:
			return 1
		}
		return 0
	})
	for _, m := range steps {
		rate := rateCell(m.Step.Rate)
		if m.Users > 0 {
			if !verbose {
				continue
			}
			rate = page.Figure(plural(uint64(m.Users), "user"), float64(m.Users))
		}
		backlog, cpu := "flat", page.Words(absent)
		if m.Users > 0 || m.Burst > 0 {
			backlog = absent
		} else if !m.Holds && m.Growth > 0.01*m.Offered {
			backlog = "+" + units.Rate(m.Growth)
		}
		if m.CPU != nil && c.Processors > 0 {
			cpu = shareCell(*m.CPU / float64(c.Processors))
		}
		t.Add(rate, rateCell(m.Served), spanCell(m.P50), figureCell(runfile.Figure{Value: m.P99, AtLeast: m.AtLeast}), page.Words(backlog), cpu, page.Words(holdsWords(m)))
	}
	return t
}

func holdsWords(m capacity.Measurement) string {
	switch {
	case m.Users > 0:
		return absent
	case m.Burst > 0 && m.Holds:
		return "in bursts of " + units.Span(m.Burst)
	case m.Reason == capacity.Unsure:
		return "undecided: bench was late"
	case m.Undecided:
		return "undecided: too few of an objective"
	case !m.Holds:
		why, _, _ := strings.Cut(m.Why, "; ")
		why, _, _ = strings.Cut(why, ": ")
		return "no: " + page.Clean(why, 44)
	case m.Purpose == capacity.Confirmation:
		return "yes, confirmed over " + units.Span(m.Hold)
	}
	return "yes"
}

const (
	edgeColumns = 60
	edgeRows    = 6
	edgeLabel   = 12 // columns of the labels, with the axis
)

// capacityCurve is P99 over the offered rate of the open steps.
func capacityCurve(c *capacity.Capacity) page.Chart {
	curve := edgeCurve(c.Steps)
	points, lowX, highX, lowY, highY := curve.points()
	what := "P99"
	if c.Unit == capacity.Journeys {
		what = "P99 of journey time"
	}
	if len(points) < 3 || highX <= lowX || highY <= lowY {
		return page.Chart{}
	}
	return page.Chart{Drawing: curve,
		Title: fmt.Sprintf("%s over the offered rate, %s … %s, logarithmic, × does not hold", what, units.Rate(lowX), c.Unit.Rate(highX))}
}

// edgeCurve draws P99 over the offered rate, both logarithmic; × is a step that does not hold.
type edgeCurve []capacity.Measurement

// points returns the open steps, and what their rates and their P99 in seconds lie between.
func (e edgeCurve) points() (points []capacity.Measurement, lowX, highX, lowY, highY float64) {
	lowX, lowY = math.Inf(1), math.Inf(1)
	for _, m := range e {
		if m.Users > 0 || m.Burst > 0 || m.Offered <= 0 || m.P99 <= 0 {
			continue
		}
		points = append(points, m)
		lowX, highX = min(lowX, m.Offered), max(highX, m.Offered)
		lowY, highY = min(lowY, m.P99.Seconds()), max(highY, m.P99.Seconds())
	}
	return points, lowX, highX, lowY, highY
}

// Lines draws the steps.
func (e edgeCurve) Lines(width int) (lines []string) {
	cells := min(edgeColumns, max(width-edgeLabel, edgeLabel))
	points, lowX, highX, lowY, highY := e.points()
	var grid [edgeRows][]rune
	for i := range grid {
		grid[i] = []rune(fmt.Sprintf("%*s", cells, ""))
	}
	place := func(v, low, high float64, cells int) int {
		return min(cells-1, max(0, int(math.Log(v/low)/math.Log(high/low)*float64(cells-1)+0.5)))
	}
	for _, m := range points {
		mark := '●'
		if !m.Holds {
			mark = '×'
		}
		row := edgeRows - 1 - place(m.P99.Seconds(), lowY, highY, edgeRows)
		grid[row][place(m.Offered, lowX, highX, cells)] = mark
	}
	for i, line := range grid {
		label := ""
		switch i {
		case 0:
			label = units.Duration(time.Duration(highY * 1e9))
		case edgeRows - 1:
			label = units.Duration(time.Duration(lowY * 1e9))
		}
		lines = append(lines, fmt.Sprintf("%10s ┤%s", label, string(line)))
	}
	return lines
}

// capacityModels says what the models found, each with its uncertainty and its goodness.
func capacityModels(c *capacity.Capacity, verbose bool) (said []string) {
	add := func(format string, a ...any) { said = append(said, fmt.Sprintf(format, a...)) }
	if c.MaxRate.Confirmed > 0 {
		add("confirmed: %s held over the longer step", c.Unit.Rate(c.MaxRate.Confirmed))
	} else if c.MaxRate.Outcome == capacity.Unconfirmed {
		add("not confirmed: no longer step held, or there was no time for one")
	}
	if c.BrokeAt > 0 {
		add("the objective broke at %s: %s", c.Unit.Rate(c.BrokeAt), brokeWords(c.MaxRate.Limiting))
	}
	if c.Saturation != nil {
		add("saturation, measured: %s (%s, 95 %%)", c.Unit.Rate(c.Saturation.Rate), between(c.Saturation.Low, c.Saturation.High))
	}
	if p := c.Predicted; p != nil {
		add("saturation, predicted from light load up to %s: %s (%s, 95 %%)%s", c.Unit.Rate(p.UpTo), c.Unit.Rate(p.Rate.Rate), between(p.Low, p.High), besideMeasured(p, c.Saturation))
		if p.Contradicted != nil {
			add("it is contradicted, beyond the intervals of both: %s", measuredWords(c, p.Contradicted))
		}
		if verbose {
			add("by %s", p.Method)
		}
	}
	for _, d := range c.Demands {
		add("%s", demandWords(d, c))
	}
	if b := c.Bounds; b != nil {
		add("bounds: with N users at most N / %s, until %s users fill %s, and then %s", units.Duration(b.Alone), units.Trimmed(b.Users), b.Resource, c.Unit.Rate(b.Most))
		if b.Beyond {
			add("more was measured than that: one user alone is served more slowly than one among others, such as where processors fall asleep")
		}
	}
	if c.NotPredicted != "" {
		add("%s", lowerFirst(strings.TrimSuffix(c.NotPredicted, ".")))
	}
	switch q := c.Queue; {
	case q == nil:
	case q.Contradicted != nil:
		add("queue: not told: M/M/%d is the likeliest, but says %s, and %s", q.Workers, modelWords(c, q.Contradicted), measuredWords(c, q.Contradicted))
	default:
		add("queue: response times are those of M/M/%d with %s a request, within %s", q.Workers, precise(1/q.ServiceRate), units.Share(q.Misfit))
	}
	if u := c.USL; u != nil {
		switch {
		case u.Refused != "":
			add("scalability: not told: %s", u.Refused)
		case u.Contradicted != nil:
			add("scalability: not told: by the law at most %s is served to any number of users, but %s", c.Unit.Rate(u.Contradicted.Model.High), measuredWords(c, u.Contradicted))
		default:
			add("scalability: %s", u.Says)
			add("λ %s (%s) · σ %.3g (%.3g – %.3g) · κ %.3g (%.3g – %.3g) · error %s%s", c.Unit.Rate(u.Lambda.Value), between(u.Lambda.Low, u.Lambda.High),
				u.Sigma.Value, u.Sigma.Low, u.Sigma.High, u.Kappa.Value, u.Kappa.Low, u.Kappa.High, units.Share(u.Error), fitWords(u))
			if u.Peak != nil && u.Sharp == nil {
				add("its peak: %s with %s users", c.Unit.Rate(u.Peak.Throughput), units.Decimal(u.Peak.Users, 0))
			}
		}
	}
	if c.Knee != nil {
		add("knee: latency leaves its flat part at %s, where P99 is %s (Kneedle)", c.Unit.Rate(c.Knee.Rate), units.Duration(c.Knee.P99))
	}
	return said
}

// modelWords says what a model says of response times.
func modelWords(c *capacity.Capacity, d *capacity.Contradiction) string {
	return fmt.Sprintf("%s %s at %s", strings.ToUpper(d.Of), secondsOf(d.Model.Value), c.Unit.Rate(d.Rate))
}

// fitWords says what a test finds of the law.
func fitWords(u *capacity.USL) string {
	if u.Fit == nil {
		return ""
	}
	return fmt.Sprintf(" · chance of more, if the law is true, %s", units.Share(*u.Fit))
}

// precise writes seconds with three digits.
func precise(seconds float64) string {
	return units.Precise(time.Duration(seconds * float64(time.Second)))
}

// demandWords says what a request costs of a resource.
func demandWords(d capacity.Demand, c *capacity.Capacity) string {
	line := fmt.Sprintf("%s: %s a %s (%s – %s)", name(d.Resource), precise(d.Seconds.Value), c.Unit.One(), precise(d.Seconds.Low), precise(d.Seconds.High))
	switch {
	case d.Servers == 0:
		line += ", of how many at once is not known, as nobody said it"
	default:
		line += fmt.Sprintf(", of %g full at %s", d.Servers, c.Unit.Rate(d.Saturation.Rate))
	}
	if d.Resource == c.Bottleneck {
		line += ", the bottleneck"
	}
	if m := lightest(c); m != nil && d.Resource == capacity.Processor && d.Wake > 0 && m.CPU != nil {
		if cost := *m.CPU / m.Served; cost > muchMore*d.Seconds.Value {
			line += fmt.Sprintf("; %s at %s, where most %ss find it asleep", precise(cost), c.Unit.Rate(m.Offered), c.Unit.One())
		}
	}
	if d.Contradicted != nil {
		line += "; contradicted, as " + measuredWords(c, d.Contradicted)
	}
	return line + fmt.Sprintf(" · over %d steps", d.Steps)
}

// muchMore is how much more than that of a busy processor the cost of a request must be to be worth a word.
const muchMore = 1.2

// lightest returns the step at the lowest rate that was served, or nil.
func lightest(c *capacity.Capacity) (lightest *capacity.Measurement) {
	for i := range c.Steps {
		if m := &c.Steps[i]; m.Users == 0 && m.Holds && m.Served > 0 && (lightest == nil || m.Served < lightest.Served) {
			lightest = m
		}
	}
	return lightest
}

// besideMeasured says how far a prediction is from what was measured.
func besideMeasured(p *capacity.Prediction, measured *capacity.Rate) string {
	if measured == nil {
		return ""
	}
	return fmt.Sprintf(", %s off what was measured", strings.ReplaceAll(fmt.Sprintf("%+.1f %%", (p.Rate.Rate/measured.Rate-1)*100), "-", "−"))
}

// boundSection is the table of the closed staircase beside its bounds.
func boundSection(c *capacity.Capacity) page.Section {
	t := headed("users", "served", "at most", "of it")
	if c.Bounds != nil {
		for _, p := range c.Bounds.Points {
			t.Add(numberCell(uint64(p.Users)), rateCell(p.Measured), rateCell(p.Bound), shareCell(p.Measured/p.Bound))
		}
	}
	return section("Users who wait for their answer and do not think, beside the asymptotic bounds", nil, t)
}
