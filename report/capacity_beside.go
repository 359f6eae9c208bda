package report

import (
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/page"
)

// capacityBeside is the table of several targets, with what one saves against another that was asked the same.
func capacityBeside(list []*capacity.Capacity) page.Section {
	head := []string{"target", "holds", "interval", "saturation"}
	planned := slices.ContainsFunc(list, func(c *capacity.Capacity) bool { return c.Plan != nil })
	priced := slices.ContainsFunc(list, isPriced)
	if planned {
		head = append(head, "instances now")
	}
	if priced {
		head = append(head, "cost a month", "per million requests")
	}
	t := headed(head...)
	for _, c := range list {
		row := []page.Cell{page.Words(sizedName(c.Target.Name)), page.Words("not known"), page.Words(absent), page.Words(absent)}
		switch m := c.MaxRate; {
		case m.Rate.Rate > 0:
			row[1] = page.Cell{Text: bounding(m), Figure: true, Value: m.Rate.Rate, AtLeast: m.AtLeast}
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
func bounding(m capacity.MaxRate) string {
	if m.AtLeast {
		return leastRate(m.Rate.Rate)
	}
	return Rate(m.Rate.Rate)
}

func isPriced(c *capacity.Capacity) bool {
	return c.Plan != nil && len(c.Plan.Months[0].Costs) > 0
}

// demandOf says that a size was chosen for a demand, where there is one.
func demandOf(c *capacity.Capacity) string {
	if c.Plan == nil {
		return ""
	}
	return fmt.Sprintf(" at the demand of %s with one instance", Rate(c.Plan.Inputs.Demand))
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
		holds := "holds " + Times(times)
		if c.MaxRate.AtLeast {
			holds = "holds at least " + timesTo(times, down)
		}
		line := fmt.Sprintf("%s %s what %s does", sizedName(c.Target.Name), holds, sizedName(least.Target.Name))
		if c.Size > 0 && least.Size > 0 {
			line += fmt.Sprintf(", with %s its processors", Times(float64(c.Size)/float64(least.Size)))
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
