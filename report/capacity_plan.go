package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// money writes an amount of a currency: cents where it is small.
func money(v float64, currency string) string {
	decimals := 0
	switch {
	case v > 0 && v < 1:
		decimals = 4
	case v > 0 && v < 100:
		decimals = 2
	}
	return units.Decimal(v, decimals) + " " + page.Clean(currency, 8)
}

func moneyCell(v float64, currency string) page.Cell { return page.Figure(money(v, currency), v) }

// planSections are the blocks of a plan.
func planSections(p *capacity.Plan, verbose bool) []page.Block {
	in := &p.Inputs
	list := []page.Block{monthSection(p, verbose)}
	today := []string{
		fmt.Sprintf("%s carry %s at the objective; the peak of %s leaves %s of that free", plural(uint64(p.RunsOut.Fleet), "instance"), p.Unit.Rate(float64(p.RunsOut.Fleet)*p.Capacity.Rate), p.Unit.Rate(in.Demand), headroomWords(p.Headroom)),
		runsOutWords(p.RunsOut, in.Horizon),
		fmt.Sprintf("an autoscaler should aim at %s of the capacity of an instance", units.Percent(p.Target)),
	}
	for _, b := range p.Budgets {
		allows := "an outage of " + units.Span(b.Outage)
		if b.Requests > 0 {
			allows = fmt.Sprintf("%.3g million %ss in 30 days, or %s", b.Requests/1e6, p.Unit.One(), allows)
		}
		today = append(today, fmt.Sprintf("%s allows %s; page at %s over 1 h and 5 min, or %s over 6 h and 30 min; ticket at %s over 3 d and 6 h",
			b.Objective, allows, units.Share(b.Alerts[0].Share), units.Share(b.Alerts[1].Share), units.Share(b.Alerts[2].Share)))
	}
	list = append(list, section("Today", today, nil))
	if len(in.Prices.Offers) > 0 {
		list = append(list, offerSection(p))
	}
	if len(p.Simulations) > 0 {
		t := headed("policy", "minutes outside", "instances, mean", "most", "cost a day")
		for _, sim := range p.Simulations {
			cost := page.Words(absent)
			if sim.Daily > 0 {
				cost = moneyCell(sim.Daily, in.Prices.Currency)
			}
			t.Add(page.Words(sim.Policy), numberCell(uint64(sim.Outside)), page.Figure(units.Decimal(sim.Instances, 1), sim.Instances), numberCell(uint64(sim.Most)), cost)
		}
		list = append(list, section("A day of autoscaling, minute by minute", nil, t))
	}
	if verbose {
		if len(in.Prices.Offers) > 1 {
			list = append(list, monthlyOffers(p))
		}
		if len(p.CostCurve) > 0 {
			t := headed("instances", "carries", "cost a month")
			for _, c := range p.CostCurve {
				t.Add(numberCell(uint64(c.Instances)), rateCell(c.Carries), moneyCell(c.Monthly, in.Prices.Currency))
			}
			list = append(list, section("What a number of instances carries and costs a month, on demand", nil, t))
		}
		list = append(list, section("Formulas", p.Formulas, nil))
	}
	return append(list, section("Assumptions", p.Assumptions, nil))
}

func headroomWords(part float64) string {
	if part <= 0 {
		return "nothing"
	}
	return units.Percent(part)
}

func runsOutWords(r capacity.RunsOut, horizon int) string {
	switch {
	case horizon == 0 && r.Month < 0 && r.Early < 0:
		return "it carries today's peak"
	case r.Month < 0 && r.Early < 0:
		return fmt.Sprintf("it lasts for the %s of the horizon", plural(uint64(horizon), "month"))
	}
	month := func(m int) string {
		if m < 0 {
			return "after the horizon"
		}
		return fmt.Sprint(m)
	}
	return fmt.Sprintf("it runs out in month %s (%s to %s)", month(r.Month), month(r.Early), month(r.Late))
}

func policyWords(in *capacity.Inputs) string {
	words := []string{fmt.Sprintf("%s headroom", units.Percent(1-in.Use))}
	switch in.Survive {
	case capacity.LoseInstance:
		words = append(words, "one instance may be lost")
	case capacity.LoseZone:
		words = append(words, fmt.Sprintf("one zone of %d may be lost", in.Zones))
	}
	if in.Spike > 1 {
		words = append(words, fmt.Sprintf("spikes of %s", units.Times(in.Spike)))
	}
	return strings.Join(words, ", ")
}

func growthWords(g capacity.Growth) string {
	text := fmt.Sprintf("%+.1f %% a month", g.Monthly*100)
	if g.Months > 0 {
		text += fmt.Sprintf(" (%+.1f to %+.1f, from %d months", g.Low*100, g.High*100, g.Months)
		if g.Seasonal != nil {
			text += ", seasonal"
		}
		text += ")"
	}
	return strings.ReplaceAll(text, "-", "−")
}

// monthSection is the table of the months: every one with Verbose, else the quarters.
func monthSection(p *capacity.Plan, verbose bool) page.Section {
	in := &p.Inputs
	head := []string{"month", "peak", "instances", "range"}
	if len(in.Prices.Offers) > 0 {
		head = append(head, "cost a month", "per million "+p.Unit.One()+"s")
	}
	t := headed(head...)
	step := 1
	if !verbose && in.Horizon > 6 {
		step = int(math.Ceil(float64(in.Horizon) / 4))
	}
	for i, m := range p.Months {
		if i%step != 0 && i != len(p.Months)-1 {
			continue
		}
		when := fmt.Sprintf("+%d", m.Month)
		if m.Month == 0 {
			when = "now"
		}
		row := []page.Cell{page.Figure(when, float64(m.Month)), rateCell(m.Peak.Rate), numberCell(uint64(m.Instances)), page.Words(fmt.Sprintf("%d – %d", m.Low, m.High))}
		if len(m.Costs) > 0 {
			row = append(row, moneyCell(m.Costs[0].Total, in.Prices.Currency), moneyCell(m.Costs[0].PerMillion, in.Prices.Currency))
		}
		t.Add(row...)
	}
	return section(fmt.Sprintf("Fleet for %s today, %s, %s, %s:", p.Unit.Rate(in.Demand), growthWords(in.Growth), plural(uint64(in.Horizon), "month"), policyWords(in)), nil, t)
}

// offerSection compares the offers, now.
func offerSection(p *capacity.Plan) page.Section {
	currency := p.Inputs.Prices.Currency
	t := headed("offer", "instances", "all on demand", "cheapest mix", "reserved", "on demand", "spot", "transfer", p.Unit.One()+"s per "+page.Clean(currency, 8))
	for _, c := range p.Months[0].Costs {
		t.Add(page.Words(name(c.Offer)), numberCell(uint64(c.Instances)), moneyCell(c.OnDemand, currency), moneyCell(c.Mix.Monthly, currency),
			numberCell(uint64(c.Mix.Reserved)), page.Figure(units.Decimal(c.Mix.OnDemand, 1), c.Mix.OnDemand), page.Figure(units.Decimal(c.Mix.Spot, 1), c.Mix.Spot),
			moneyCell(c.Transfer, currency), numberCell(uint64(c.PerUnit)))
	}
	return section("Offers, for the demand of now: the cheapest mix of reserved, on demand and spot", nil, t)
}

// monthlyOffers is what each offer costs in each month, its mix and its transfer.
func monthlyOffers(p *capacity.Plan) page.Section {
	currency := p.Inputs.Prices.Currency
	t := headed("month", "offer", "instances", "all on demand", "cheapest mix", "transfer", "total", "per million")
	for _, m := range p.Months {
		for _, c := range m.Costs {
			t.Add(page.Figure(fmt.Sprintf("+%d", m.Month), float64(m.Month)), page.Words(name(c.Offer)), numberCell(uint64(c.Instances)), moneyCell(c.OnDemand, currency),
				moneyCell(c.Mix.Monthly, currency), moneyCell(c.Transfer, currency), moneyCell(c.Total, currency), moneyCell(c.PerMillion, currency))
		}
	}
	return section("Cost a month of each offer, and of a million "+p.Unit.One()+"s", nil, t)
}
