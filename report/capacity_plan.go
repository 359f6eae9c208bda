package report

import (
	"fmt"
	"math"
	"strings"

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
	return decimal(v, decimals) + " " + page.Clean(currency, 8)
}

// planSections are the blocks of a plan.
func planSections(p *capacity.Plan, verbose bool) []capacitySection {
	in := &p.Inputs
	list := []capacitySection{monthSection(p, verbose)}
	today := capacitySection{title: "Today", text: []string{
		fmt.Sprintf("%s carry %s at the objective; the peak of %s leaves %s of that free", plural(uint64(p.RunsOut.Fleet), "instance"), Rate(float64(p.RunsOut.Fleet)*p.Capacity.Rate), Rate(in.Demand), headroomWords(p.Headroom)),
		runsOutWords(p.RunsOut, in.Horizon),
		fmt.Sprintf("an autoscaler should aim at %s of the capacity of an instance", Percent(p.Target)),
	}}
	for _, b := range p.Budgets {
		today.text = append(today.text, fmt.Sprintf("%s allows %.3g million requests in 30 days, or an outage of %s; page at %s over 1 h and 5 min, or %s over 6 h and 30 min; ticket at %s over 3 d and 6 h",
			b.Objective, b.Requests/1e6, Span(b.Outage), Share(b.Alerts[0].Share), Share(b.Alerts[1].Share), Share(b.Alerts[2].Share)))
	}
	list = append(list, today)
	if len(in.Prices.Offers) > 0 {
		list = append(list, offerSection(p))
	}
	if len(p.Simulations) > 0 {
		s := capacitySection{title: "A day of autoscaling, minute by minute", head: []string{"policy", "minutes outside", "instances, mean", "most", "cost a day"}}
		for _, sim := range p.Simulations {
			cost := absent
			if sim.Daily > 0 {
				cost = money(sim.Daily, in.Prices.Currency)
			}
			s.rows = append(s.rows, []string{sim.Policy, Count(uint64(sim.Outside)), decimal(sim.Instances, 1), Count(uint64(sim.Most)), cost})
		}
		list = append(list, s)
	}
	if verbose {
		if len(in.Prices.Offers) > 1 {
			list = append(list, monthlyOffers(p))
		}
		if len(p.CostCurve) > 0 {
			s := capacitySection{title: "What a number of instances carries and costs a month, on demand", head: []string{"instances", "carries", "cost a month"}}
			for _, c := range p.CostCurve {
				s.rows = append(s.rows, []string{Count(uint64(c.Instances)), Rate(c.Carries), money(c.Monthly, in.Prices.Currency)})
			}
			list = append(list, s)
		}
		list = append(list, capacitySection{title: "Formulas", text: p.Formulas})
	}
	return append(list, capacitySection{title: "Assumptions", text: p.Assumptions})
}

func headroomWords(part float64) string {
	if part <= 0 {
		return "nothing"
	}
	return Percent(part)
}

func runsOutWords(r capacity.RunsOut, horizon int) string {
	if r.Month < 0 && r.Early < 0 {
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
	words := []string{fmt.Sprintf("%s headroom", Percent(1-in.Use))}
	switch in.Survive {
	case capacity.LoseInstance:
		words = append(words, "one instance may be lost")
	case capacity.LoseZone:
		words = append(words, fmt.Sprintf("one zone of %d may be lost", in.Zones))
	}
	if in.Spike > 1 {
		words = append(words, fmt.Sprintf("spikes of %s", Times(in.Spike)))
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
func monthSection(p *capacity.Plan, verbose bool) capacitySection {
	in := &p.Inputs
	s := capacitySection{
		title: fmt.Sprintf("Fleet for %s today, %s, %s, %s:", Rate(in.Demand), growthWords(in.Growth), plural(uint64(in.Horizon), "month"), policyWords(in)),
		head:  []string{"month", "peak", "instances", "range"},
	}
	if len(in.Prices.Offers) > 0 {
		s.head = append(s.head, "cost a month", "per million requests")
	}
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
		row := []string{when, Rate(m.Peak.Rate), Count(uint64(m.Instances)), fmt.Sprintf("%d – %d", m.Low, m.High)}
		if len(m.Costs) > 0 {
			row = append(row, money(m.Costs[0].Total, in.Prices.Currency), money(m.Costs[0].PerMillion, in.Prices.Currency))
		}
		s.rows = append(s.rows, row)
	}
	return s
}

// offerSection compares the offers, now.
func offerSection(p *capacity.Plan) capacitySection {
	in := &p.Inputs
	s := capacitySection{
		title: "Offers, for the demand of now: the cheapest mix of reserved, on demand and spot",
		head:  []string{"offer", "instances", "all on demand", "cheapest mix", "reserved", "on demand", "spot", "transfer", "requests per " + page.Clean(in.Prices.Currency, 8)},
	}
	for _, c := range p.Months[0].Costs {
		s.rows = append(s.rows, []string{
			name(c.Offer), Count(uint64(c.Instances)), money(c.OnDemand, in.Prices.Currency), money(c.Mix.Monthly, in.Prices.Currency),
			Count(uint64(c.Mix.Reserved)), decimal(c.Mix.OnDemand, 1), decimal(c.Mix.Spot, 1), money(c.Transfer, in.Prices.Currency),
			Count(uint64(c.PerUnit)),
		})
	}
	return s
}

// monthlyOffers is what each offer costs in each month, its mix and its transfer.
func monthlyOffers(p *capacity.Plan) capacitySection {
	currency := p.Inputs.Prices.Currency
	s := capacitySection{title: "Cost a month of each offer, and of a million requests", head: []string{"month", "offer", "instances", "all on demand", "cheapest mix", "transfer", "total", "per million"}}
	for _, m := range p.Months {
		for _, c := range m.Costs {
			s.rows = append(s.rows, []string{
				fmt.Sprintf("+%d", m.Month), name(c.Offer), Count(uint64(c.Instances)), money(c.OnDemand, currency),
				money(c.Mix.Monthly, currency), money(c.Transfer, currency), money(c.Total, currency), money(c.PerMillion, currency),
			})
		}
	}
	return s
}
