package html

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/chart"
	"github.com/seed-5a006608/bench/report/page"
)

// WriteCapacity writes the capacity report of one target, or of several. The error is that of w, or that the list is empty.
func WriteCapacity(w io.Writer, list []*capacity.Capacity) error {
	p, err := report.CapacityPage(list, report.Options{Verbose: true})
	if err != nil {
		return err
	}
	var charts []page.Block
	for i, c := range list {
		name := c.Target.Name
		if i < len(p.Subjects) {
			name = p.Subjects[i]
		}
		charts = append(charts, section("Measured: "+name, slices.Concat(latencyByRate(c), throughput(c), scalability(c), utilisation(c), months(c)))...)
	}
	with := *p
	with.Blocks = afterHeadline(drawn(p.Blocks), charts)
	return Write(w, &with)
}

// afterHeadline puts charts behind the first headline.
func afterHeadline(blocks, charts []page.Block) []page.Block {
	at := slices.IndexFunc(blocks, func(b page.Block) bool {
		if s, ok := b.(page.Section); ok && s.Title == "" {
			return slices.ContainsFunc(s.Blocks, func(b page.Block) bool { _, ok := b.(page.Headline); return ok })
		}
		_, ok := b.(page.Headline)
		return ok
	}) + 1
	return slices.Concat(blocks[:at:at], charts, section("In figures", blocks[at:]))
}

// edges are the rates that were found: the edge of the objective, saturation and knee.
func edges(c *capacity.Capacity) (limits []chart.Limit, spans []chart.Span) {
	if r := c.MaxRate.Rate; r.Rate > 0 {
		limits = append(limits, chart.Limit{Name: "holds " + c.Unit.Rate(r.Rate), Value: r.Rate})
		if r.High > r.Low {
			spans = []chart.Span{{Name: "95 %", From: r.Low, To: r.High}}
		}
	}
	if c.Knee != nil {
		limits = append(limits, chart.Limit{Name: "knee " + c.Unit.Rate(c.Knee.Rate), Value: c.Knee.Rate})
	}
	if c.Saturation != nil {
		limits = append(limits, chart.Limit{Name: "saturated " + c.Unit.Rate(c.Saturation.Rate), Value: c.Saturation.Rate})
	}
	return limits, spans
}

// open are the steps that offered a rate.
func open(c *capacity.Capacity) []capacity.Measurement {
	return slices.DeleteFunc(slices.Clone(c.Steps), func(m capacity.Measurement) bool { return m.Users > 0 || !(m.Offered > 0) })
}

// latencyByRate draws the response times of every step by what was offered.
func latencyByRate(c *capacity.Capacity) []page.Block {
	steps := open(c)
	if len(steps) == 0 {
		return nil
	}
	what := "response time"
	if c.Unit == capacity.Journeys {
		what = "journey time"
	}
	plot := chart.Plot{Height: 280, X: chart.Axis{Label: "offered rate", Unit: chart.PerSecond}, Y: chart.Axis{Label: what, Unit: chart.Nanoseconds, Scale: chart.Log}}
	p99 := [3]chart.Series{{Name: "P99, holds", Color: 0}, {Name: "P99, fails", Color: 1, Shape: 1}, {Name: "P99, undecided", Color: 3, Shape: 3}}
	p50 := chart.Series{Name: "P50", Color: 2, Shape: 2, Style: chart.Dots}
	counts := [3]int{}
	for _, m := range steps {
		kind := 1
		switch {
		case m.Holds:
			kind = 0
		case m.Undecided:
			kind = 2
		}
		counts[kind]++
		p99[kind].Points = append(p99[kind].Points, chart.Point{X: m.Offered, Y: float64(m.P99), Open: m.AtLeast})
		p50.Points = append(p50.Points, chart.Point{X: m.Offered, Y: float64(m.P50)})
	}
	for _, s := range p99 {
		if len(s.Points) > 0 {
			s.Style = chart.Dots
			plot.Series = append(plot.Series, s)
		}
	}
	plot.Series = append(append(queue(c), plot.Series...), p50)
	for _, text := range c.Objectives {
		if t, err := runfile.ParseThreshold(text); err == nil && t.Duration == "response" && (c.Unit == capacity.Requests || ofJourney(t)) {
			plot.Limits = append(plot.Limits, chart.Limit{Name: text, Value: t.Limit})
		}
	}
	plot.VLimits, plot.Spans = edges(c)
	caption := fmt.Sprintf("Steps: %d held, %d failed, %d undecided. Open marks are lower bounds.", counts[0], counts[1], counts[2])
	if c.Queue != nil && c.Queue.Contradicted == nil {
		caption += " The line is P99 of the fitted queue, with the band of its saturation."
	}
	return []page.Block{page.Chart{Title: strings.ToUpper(what[:1]) + what[1:] + " by rate", Caption: caption, Drawing: picture{plot}}}
}

// ofJourney reports whether an objective, of a capacity in journeys, is about journey time.
func ofJourney(t runfile.Threshold) bool {
	return t.Endpoint != "" && !strings.Contains(t.Endpoint, "/")
}

// queue draws P99 of the fitted queue, and between what it would be at the ends of the interval of its saturation.
func queue(c *capacity.Capacity) []chart.Series {
	if c.Queue == nil || c.Queue.Contradicted != nil {
		return nil
	}
	q := c.Queue
	full := q.Saturation
	if !(full.Rate > 0) {
		full = capacity.Rate{Rate: q.MMC.Saturation(), Low: q.MMC.Saturation(), High: q.MMC.Saturation()}
	}
	at := func(rate, saturation float64) float64 {
		v, ok := q.Quantile(rate/saturation*q.MMC.Saturation(), 0.99)
		if !ok {
			return math.NaN()
		}
		return float64(v)
	}
	line, band := chart.Series{Name: "P99, fitted", Color: chart.Neutral, Dash: 1}, chart.Series{Color: chart.Neutral, Dash: 3, Style: chart.Band}
	for i := range 99 {
		rate := full.Rate * float64(i+1) / 100
		line.Points = append(line.Points, chart.Point{X: rate, Y: at(rate, full.Rate)})
		if full.High > full.Low && full.Low > 0 {
			band.Points = append(band.Points, chart.Point{X: rate, Y: math.NaN(), Low: at(rate, full.High), High: at(rate, full.Low)})
		}
	}
	return []chart.Series{band, line}
}

// throughput draws what was served by what was offered.
func throughput(c *capacity.Capacity) []page.Block {
	steps := open(c)
	if len(steps) == 0 {
		return nil
	}
	plot := chart.Plot{X: chart.Axis{Label: "offered rate", Unit: chart.PerSecond}, Y: chart.Axis{Label: "served", Unit: chart.PerSecond}}
	served := chart.Series{Name: "served", Style: chart.Dots}
	highest := 0.0
	for _, m := range steps {
		served.Points = append(served.Points, chart.Point{X: m.Offered, Y: m.Served})
		highest = math.Max(highest, m.Offered)
	}
	all := chart.Series{Name: "all of it", Color: chart.Neutral, Dash: 2, Thin: true, Points: []chart.Point{{X: 0, Y: 0}, {X: highest, Y: highest}}}
	plot.Series = []chart.Series{all, served}
	plot.VLimits, plot.Spans = edges(c)
	caption := "No step was offered more than the service could take."
	if c.Unit == capacity.Journeys {
		caption = "Journeys that were completed, by when they arrived; where the backlog grew, those that what was done comes to."
	}
	if c.Saturation != nil {
		caption = fmt.Sprintf("It takes at most %s.", c.Unit.Rate(c.Saturation.Rate))
	}
	return []page.Block{page.Chart{Title: "Served by rate", Caption: caption, Drawing: picture{plot}}}
}

// scalability draws the fitted Universal Scalability Law over what users got.
func scalability(c *capacity.Capacity) []page.Block {
	u := c.USL
	if u == nil || len(u.Points) == 0 {
		return nil
	}
	plot := chart.Plot{X: chart.Axis{Label: "users", Unit: chart.Number}, Y: chart.Axis{Label: "throughput", Unit: chart.PerSecond}}
	measured := chart.Series{Name: "measured", Style: chart.Dots}
	most := 0.0
	for i, p := range u.Points {
		pt := chart.Point{X: p.Users, Y: p.Throughput}
		if i < len(u.Scatter) && u.Scatter[i] > 0 {
			pt.Low, pt.High = p.Throughput*(1-2*u.Scatter[i]), p.Throughput*(1+2*u.Scatter[i])
		}
		measured.Points = append(measured.Points, pt)
		most = math.Max(most, p.Users)
	}
	caption := u.Says
	if u.Refused == "" {
		law, band := chart.Series{Name: "law", Color: 1}, chart.Series{Color: 1, Dash: 2, Style: chart.Band}
		at := func(lambda, sigma, kappa, n float64) float64 { return lambda * n / (1 + sigma*(n-1) + kappa*n*(n-1)) }
		for i := range 61 {
			n := 1 + (most-1)*float64(i)/60
			law.Points = append(law.Points, chart.Point{X: n, Y: at(u.Lambda.Value, u.Sigma.Value, u.Kappa.Value, n)})
			band.Points = append(band.Points, chart.Point{X: n, Y: math.NaN(), Low: at(u.Lambda.Low, u.Sigma.High, u.Kappa.High, n), High: at(u.Lambda.High, u.Sigma.Low, u.Kappa.Low, n)})
		}
		plot.Series = append(plot.Series, band, law)
		caption = strings.TrimSuffix(caption, ".") + ". The band is of all coefficients at the ends of their intervals at once."
		// The ends of all at once may be far off: they are not to make what was measured small.
		highest := slices.MaxFunc(u.Points, func(a, b capacity.Load) int { return cmp.Compare(a.Throughput, b.Throughput) }).Throughput
		plot.Y.To = 1.6 * highest
		if slices.ContainsFunc(band.Points, func(p chart.Point) bool { return p.High > plot.Y.To }) {
			caption += " It goes on above."
		}
	} else {
		caption = "Not fitted: " + u.Refused
	}
	plot.Series = append(plot.Series, measured)
	return []page.Block{page.Chart{Title: "Throughput by users", Caption: caption, Drawing: picture{plot}}}
}

// utilisation draws how busy the target's processors were, and the laws of all resources.
func utilisation(c *capacity.Capacity) []page.Block {
	plot := chart.Plot{X: chart.Axis{Label: "served", Unit: chart.PerSecond}, Y: chart.Axis{Label: "busy, of all there is", Unit: chart.Share}}
	highest := 0.0
	cpu := chart.Series{Name: "processors, measured", Style: chart.Dots}
	for _, m := range c.Steps {
		highest = math.Max(highest, m.Served)
		if m.CPU != nil && c.Processors > 0 {
			cpu.Points = append(cpu.Points, chart.Point{X: m.Served, Y: *m.CPU / float64(c.Processors)})
		}
	}
	for i, d := range c.Demands {
		if d.Servers <= 0 || i >= 4 {
			continue
		}
		law := chart.Series{Name: d.Resource, Color: i, Dash: 1}
		for _, x := range []float64{0, highest} {
			law.Points = append(law.Points, chart.Point{X: x, Y: (d.Idle + d.Seconds.Value*x) / d.Servers})
		}
		plot.Series = append(plot.Series, law)
	}
	if len(cpu.Points) > 0 {
		plot.Series = append(plot.Series, cpu)
	}
	if len(plot.Series) == 0 {
		return nil
	}
	plot.Limits = []chart.Limit{{Name: "full", Value: 1}}
	caption := "Lines are the utilisation law as it was fitted."
	if c.Bottleneck != "" {
		caption = c.Bottleneck + " is full first. " + caption
	}
	return []page.Block{page.Chart{Title: "Utilisation by rate", Caption: caption, Drawing: picture{plot}}}
}

// months draws what a plan asks for: instances, and their cost by offer.
func months(c *capacity.Capacity) []page.Block {
	if c.Plan == nil || len(c.Plan.Months) == 0 {
		return nil
	}
	last := c.Plan.Months[len(c.Plan.Months)-1]
	x := chart.Axis{Label: "month", Unit: chart.Number, From: 0, To: float64(last.Month)}
	count := chart.Plot{X: x, Y: chart.Axis{Label: "instances", Unit: chart.Number}}
	instances, within := chart.Series{Name: "instances"}, chart.Series{Name: "range", Dash: 2, Style: chart.Band}
	for _, m := range c.Plan.Months {
		at := float64(m.Month)
		instances.Points = append(instances.Points, chart.Point{X: at, Y: float64(m.Instances)})
		within.Points = append(within.Points, chart.Point{X: at, Y: math.NaN(), Low: float64(m.Low), High: float64(m.High)})
	}
	count.Series = []chart.Series{within, instances}
	blocks := []page.Block{page.Chart{Title: "Instances by month", Caption: fmt.Sprintf("In month %d: %d, between %d and %d. Headroom today: %s.", last.Month, last.Instances, last.Low, last.High, units.Share(c.Plan.Headroom)), Drawing: picture{count}}}
	return append(blocks, costs(c.Plan, x)...)
}

// costs draws what a plan costs by month with each offer, between what, and what the cheapest of them is made of.
func costs(p *capacity.Plan, x chart.Axis) []page.Block {
	cost := chart.Plot{X: x, Y: chart.Axis{Label: "cost of a month, " + page.Clean(p.Inputs.Prices.Currency, 8) + ", the cheapest mix with transfer", Unit: chart.Number}}
	mix := chart.Parts{Unit: chart.Number}
	var bands, lines []chart.Series
	for _, m := range p.Months {
		for i, of := range m.Costs {
			if i == len(lines) {
				bands = append(bands, chart.Series{Color: i, Dash: 2, Style: chart.Band})
				lines = append(lines, chart.Series{Name: of.Offer, Color: i, Dash: i / 4})
			}
			at := float64(m.Month)
			lines[i].Points = append(lines[i].Points, chart.Point{X: at, Y: of.Total})
			if of.TotalHigh > 0 {
				bands[i].Points = append(bands[i].Points, chart.Point{X: at, Y: math.NaN(), Low: of.TotalLow, High: of.TotalHigh})
			}
		}
		if len(m.Costs) == 0 {
			continue
		}
		least := slices.MinFunc(m.Costs, func(a, b capacity.MonthCost) int { return cmp.Compare(a.Total, b.Total) })
		part := func(name string, n float64) chart.Part {
			return chart.Part{Name: name, Value: n, Text: chart.Number.Text(n)}
		}
		mix.Rows = append(mix.Rows, chart.Whole{Name: fmt.Sprintf("month %d, %s", m.Month, page.Clean(least.Offer, 16)), Text: fmt.Sprintf("%s %s", chart.Number.Text(least.Total), page.Clean(p.Inputs.Prices.Currency, 8)),
			Parts: []chart.Part{part("reserved", float64(least.Mix.Reserved)), part("on demand", least.Mix.OnDemand), part("spot", least.Mix.Spot)}})
	}
	if len(lines) == 0 {
		return nil
	}
	cost.Series = append(bands, lines...)
	first, last := mix.Rows[0], mix.Rows[len(mix.Rows)-1]
	return []page.Block{
		page.Chart{Title: "Cost by month", Caption: fmt.Sprintf("The cheapest costs %s now and %s in the last month. Bands are between the ends of the demand's and the capacity's intervals.", first.Text, last.Text), Drawing: picture{cost}},
		page.Chart{Title: "The cheapest mix", Caption: "Instances of the cheapest offer by how they are paid for, a mean over the day.", Drawing: picture{mix}},
	}
}
