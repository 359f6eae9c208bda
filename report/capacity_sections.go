package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// capacitySections are the blocks of one target's report, without its answer.
func capacitySections(c *capacity.Capacity, verbose bool) []capacitySection {
	list := []capacitySection{capacitySteps(c, verbose), capacityCurve(c), capacityModels(c, verbose)}
	list = append(list, expectedSection(c))
	if verbose {
		list = append(list, boundSection(c))
	}
	if c.Plan != nil {
		list = append(list, planSections(c.Plan, verbose)...)
	}
	if verbose {
		list = append(list, capacitySection{title: "Formulas of what was measured", text: c.Formulas})
	}
	if len(c.Notes) > 0 {
		list = append(list, capacitySection{title: "Notes", text: c.Notes})
	}
	return list
}

// expectedSection is the table of what is to be expected, with what was measured where that contradicts the models.
func expectedSection(c *capacity.Capacity) capacitySection {
	if len(c.Expected) == 0 {
		return capacitySection{}
	}
	s := capacitySection{title: "To be expected", head: []string{"of saturation", "rate", "P99", "by"}}
	for _, e := range c.Expected {
		by := e.Method
		if d := e.Contradicted; d != nil {
			model, _, _ := strings.Cut(d.By, ",")
			by = fmt.Sprintf("%s at %s; %s says %s", e.Method, Rate(e.MeasuredAt), model, modelWords(d))
		}
		s.rows = append(s.rows, []string{Percent(e.Utilisation), Rate(e.Rate), bounded(e.P99, e.AtLeast), by})
	}
	return s
}

// measuredWords says what was measured where a model is contradicted.
func measuredWords(d *capacity.Contradiction) string {
	switch {
	case d.Of == "throughput" && d.Rate > 0:
		return fmt.Sprintf("%s was served of %s", Rate(d.Measured.Value), Rate(d.Rate))
	case d.Of == "throughput":
		return fmt.Sprintf("%s was measured", Rate(d.Measured.Value))
	}
	return fmt.Sprintf("%s at %s was %s", strings.ToUpper(d.Of), Rate(d.Rate), secondsOf(d.Measured.Value))
}

func secondsOf(s float64) string { return Duration(time.Duration(s * 1e9)) }

// capacitySteps is the table of the steps, by rate; without Verbose those of the same purpose that say the same are left out.
func capacitySteps(c *capacity.Capacity, verbose bool) capacitySection {
	s := capacitySection{head: []string{"rate", "served", "P50", "P99", "backlog", "cpu", "holds"}}
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
		rate := Rate(m.Step.Rate)
		if m.Users > 0 {
			if !verbose {
				continue
			}
			rate = plural(uint64(m.Users), "user")
		}
		backlog, cpu := "flat", absent
		if m.Users > 0 || m.Burst > 0 {
			backlog = absent
		} else if !m.Holds && m.Growth > 0.01*m.Offered {
			backlog = "+" + Rate(m.Growth)
		}
		if m.CPU != nil && c.Processors > 0 {
			cpu = Percent(*m.CPU / float64(c.Processors))
		}
		s.rows = append(s.rows, []string{rate, Rate(m.Served), Duration(m.P50), bounded(m.P99, m.AtLeast), backlog, cpu, holdsWords(m)})
	}
	return s
}

func holdsWords(m capacity.Measurement) string {
	switch {
	case m.Users > 0:
		return absent
	case m.Burst > 0 && m.Holds:
		return "in bursts of " + Span(m.Burst)
	case m.Reason == capacity.Unsure:
		return "undecided: bench was late"
	case m.Undecided:
		return "undecided: too few of an objective"
	case !m.Holds:
		why, _, _ := strings.Cut(m.Why, "; ")
		why, _, _ = strings.Cut(why, ": ")
		return "no: " + page.Clean(why, 44)
	case m.Purpose == capacity.Confirmation:
		return "yes, confirmed over " + Span(m.Hold)
	}
	return "yes"
}

const (
	edgeColumns = 60
	edgeRows    = 6
)

// capacityCurve draws P99 over the offered rate, both logarithmic, of the open steps; × is one that does not hold.
func capacityCurve(c *capacity.Capacity) capacitySection {
	var points []capacity.Measurement
	lowX, highX, lowY, highY := math.Inf(1), 0.0, math.Inf(1), 0.0
	for _, m := range c.Steps {
		if m.Users > 0 || m.Burst > 0 || m.Offered <= 0 || m.P99 <= 0 {
			continue
		}
		points = append(points, m)
		lowX, highX = min(lowX, m.Offered), max(highX, m.Offered)
		lowY, highY = min(lowY, m.P99.Seconds()), max(highY, m.P99.Seconds())
	}
	if len(points) < 3 || highX <= lowX || highY <= lowY {
		return capacitySection{}
	}
	var grid [edgeRows][]rune
	for i := range grid {
		grid[i] = []rune(fmt.Sprintf("%*s", edgeColumns, ""))
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
		grid[row][place(m.Offered, lowX, highX, edgeColumns)] = mark
	}
	s := capacitySection{drawn: true, title: fmt.Sprintf("P99 over the offered rate, %s … %s, logarithmic, × does not hold", Rate(lowX), Rate(highX))}
	for i, line := range grid {
		label := ""
		switch i {
		case 0:
			label = Duration(time.Duration(highY * 1e9))
		case edgeRows - 1:
			label = Duration(time.Duration(lowY * 1e9))
		}
		s.text = append(s.text, fmt.Sprintf("%8s ┤%s", label, string(line)))
	}
	return s
}

// capacityModels says what the models found, each with its uncertainty and its goodness.
func capacityModels(c *capacity.Capacity, verbose bool) capacitySection {
	s := capacitySection{title: "What the models say"}
	add := func(format string, a ...any) { s.text = append(s.text, fmt.Sprintf(format, a...)) }
	if c.MaxRate.Confirmed > 0 {
		add("confirmed: %s held over the longer step", Rate(c.MaxRate.Confirmed))
	} else if c.MaxRate.Outcome == capacity.Unconfirmed {
		add("not confirmed: no longer step held, or there was no time for one")
	}
	if c.BrokeAt > 0 {
		add("the objective broke at %s: %s", Rate(c.BrokeAt), brokeWords(c.MaxRate.Limiting))
	}
	if c.Saturation != nil {
		add("saturation, measured: %s (%s, 95 %%)", Rate(c.Saturation.Rate), between(c.Saturation.Low, c.Saturation.High))
	}
	if p := c.Predicted; p != nil {
		add("saturation, predicted from light load up to %s: %s (%s, 95 %%)%s", Rate(p.UpTo), Rate(p.Rate.Rate), between(p.Low, p.High), besideMeasured(p, c.Saturation))
		if p.Contradicted != nil {
			add("it is contradicted, beyond the intervals of both: %s", measuredWords(p.Contradicted))
		}
		if verbose {
			add("by %s", p.Method)
		}
	}
	for _, d := range c.Demands {
		add("%s", demandWords(d, c))
	}
	if b := c.Bounds; b != nil {
		add("bounds: with N users at most N / %s, until %.3g users fill %s, and then %s", Duration(b.Alone), b.Users, b.Resource, Rate(b.Most))
		if b.Beyond {
			add("more was measured than that: one user alone is served more slowly than one among others, such as where processors fall asleep")
		}
	}
	switch q := c.Queue; {
	case q == nil:
	case q.Contradicted != nil:
		add("queue: not told: M/M/%d is the likeliest, but says %s, and %s", q.Workers, modelWords(q.Contradicted), measuredWords(q.Contradicted))
	default:
		add("queue: response times are those of M/M/%d with %.3g ms a request, within %s", q.Workers, 1e3/q.ServiceRate, Share(q.Misfit))
	}
	if u := c.USL; u != nil {
		switch {
		case u.Refused != "":
			add("scalability: not told: %s", u.Refused)
		case u.Contradicted != nil:
			add("scalability: not told: by the law at most %s is served to any number of users, but %s", Rate(u.Contradicted.Model.High), measuredWords(u.Contradicted))
		default:
			add("scalability: %s", u.Says)
			add("λ %s (%s) · σ %.3g (%.3g – %.3g) · κ %.3g (%.3g – %.3g) · error %s%s", Rate(u.Lambda.Value), between(u.Lambda.Low, u.Lambda.High),
				u.Sigma.Value, u.Sigma.Low, u.Sigma.High, u.Kappa.Value, u.Kappa.Low, u.Kappa.High, Share(u.Error), fitWords(u))
			if u.Peak != nil && u.Sharp == nil {
				add("its peak: %s with %.0f users", Rate(u.Peak.Throughput), u.Peak.Users)
			}
		}
	}
	if c.Knee != nil {
		add("knee: latency leaves its flat part at %s, where P99 is %s (Kneedle)", Rate(c.Knee.Rate), Duration(c.Knee.P99))
	}
	return s
}

// modelWords says what a model says of response times.
func modelWords(d *capacity.Contradiction) string {
	return fmt.Sprintf("%s %s at %s", strings.ToUpper(d.Of), secondsOf(d.Model.Value), Rate(d.Rate))
}

// fitWords says what a test finds of the law.
func fitWords(u *capacity.USL) string {
	if u.Fit == nil {
		return ""
	}
	return fmt.Sprintf(" · chance of more, if the law is true, %s", Share(*u.Fit))
}

// demandWords says what a request costs of a resource.
func demandWords(d capacity.Demand, c *capacity.Capacity) string {
	line := fmt.Sprintf("%s: %.3g ms a request (%.3g – %.3g)", name(d.Resource), d.Seconds.Value*1e3, d.Seconds.Low*1e3, d.Seconds.High*1e3)
	switch {
	case d.Servers == 0:
		line += ", of how many at once is not known (--servers)"
	default:
		line += fmt.Sprintf(", of %g full at %s", d.Servers, Rate(d.Saturation.Rate))
	}
	if d.Resource == c.Bottleneck {
		line += ", the bottleneck"
	}
	if m := lightest(c); m != nil && d.Resource == capacity.Processor && d.Wake > 0 && m.CPU != nil {
		if cost := *m.CPU / m.Served; cost > muchMore*d.Seconds.Value {
			line += fmt.Sprintf("; %.3g ms at %s, where most requests find it asleep", cost*1e3, Rate(m.Offered))
		}
	}
	if d.Contradicted != nil {
		line += "; contradicted, as " + measuredWords(d.Contradicted)
	}
	return line + fmt.Sprintf(" · over %d steps", d.Steps)
}

// muchMore is how much more than that of a busy processor the cost of a request must be to be worth a word.
const muchMore = 1.2

// lightest returns the step at the lowest rate that was served, nil where there is none.
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
func boundSection(c *capacity.Capacity) capacitySection {
	if c.Bounds == nil {
		return capacitySection{}
	}
	s := capacitySection{title: "Users who wait for their answer and do not think, beside the asymptotic bounds", head: []string{"users", "served", "at most", "of it"}}
	for _, p := range c.Bounds.Points {
		s.rows = append(s.rows, []string{Count(uint64(p.Users)), Rate(p.Measured), Rate(p.Bound), Percent(p.Measured / p.Bound)})
	}
	return s
}
