package capacity

import (
	"fmt"
	"math"
)

// Month is one month of the plan. Month 0 is now.
type Month struct {
	Month     int         `json:"month"`
	Peak      Rate        `json:"peak"`
	Instances int         `json:"instances"`
	Low       int         `json:"instances_low"`  // instances at the lower end of the peak's interval and the upper end of the capacity's
	High      int         `json:"instances_high"` // instances at the upper end of the peak's interval and the lower end of the capacity's
	Costs     []MonthCost `json:"costs,omitempty"`
}

// MonthCost is the cost of one offer in a month.
type MonthCost struct {
	Offer      string  `json:"offer"`
	Instances  int     `json:"instances"`
	OnDemand   float64 `json:"on_demand"` // cost of the peak's instances for all hours, without data transfer
	Transfer   float64 `json:"transfer"`
	Mix        Mix     `json:"mix"`
	Total      float64 `json:"total"`                // cost of the mix and the transfer
	TotalLow   float64 `json:"total_low,omitempty"`  // the total at the lower end of the peak's interval and the upper end of the capacity's; 0: not known
	TotalHigh  float64 `json:"total_high,omitempty"` // the total at the upper end of the peak's interval and the lower end of the capacity's; 0: not known
	PerMillion float64 `json:"per_million"`
	PerUnit    float64 `json:"requests_within_objective_per_unit"` // requests for one unit of the currency
}

// RunsOut is the first month in which today's fleet does not carry the peak; 0: now, −1: beyond the horizon or never.
type RunsOut struct {
	Fleet int `json:"fleet"`
	Month int `json:"month"`
	Early int `json:"early"`
	Late  int `json:"late"`
}

// Plan is the number of instances that a demand needs over time, with their cost.
type Plan struct {
	Inputs      Inputs       `json:"inputs"`
	Unit        Unit         `json:"unit,omitempty"` // unit of the capacity
	Capacity    Rate         `json:"capacity"`       // capacity of one instance, requests/s at the objective
	Headroom    float64      `json:"headroom"`       // 1 − today's peak / capacity of all instances at the objective
	Within      float64      `json:"within"`         // share of requests within the objective, taken as the share that it requires
	Months      []Month      `json:"months"`
	RunsOut     RunsOut      `json:"runs_out"`
	CostCurve   []CurvePoint `json:"cost_curve,omitempty"`
	Target      float64      `json:"target_utilisation"` // target of an autoscaler
	Simulations []Simulation `json:"simulations,omitempty"`
	Budgets     []Budget     `json:"error_budgets,omitempty"`
	Assumptions []string     `json:"assumptions"`
	Formulas    []string     `json:"formulas"`
}

// CurvePoint is the load and cost of a number of instances, at the first offer's price on demand.
type CurvePoint struct {
	Instances int     `json:"instances"`
	Carries   float64 `json:"carries"` // greatest load by the policy, in requests/s
	Monthly   float64 `json:"monthly"`
}

// MakePlan makes a plan from checked inputs and a measured capacity.
func MakePlan(in Inputs, c *Capacity) (*Plan, error) {
	rate := c.MaxRate.Rate
	switch {
	case rate.Rate > 0:
	case c.MaxRate.Outcome == Nowhere && !c.CutShort:
		return nil, fmt.Errorf("%s met its objective at no rate, so no number of instances does", c.Target.Name)
	default:
		return nil, fmt.Errorf("what %s can take is not known", c.Target.Name)
	}
	if rate.High == 0 {
		rate.High = rate.Rate
	}
	in.PerRequest = c.Bytes
	p := &Plan{Inputs: in, Unit: c.Unit, Capacity: rate, Within: withinOf(c.Objectives), Assumptions: in.assumptions(c), Formulas: planFormulas}
	smallest := 1.0
	for _, o := range in.Prices.Offers {
		smallest = min(smallest, o.Relative)
	}
	for m := range in.Horizon + 1 {
		if peak := in.Growth.At(in.Demand, m); in.Instances(peak.High, rate.Low*smallest) >= mostInstances {
			return nil, fmt.Errorf("the demand of month %d is up to %s, which takes a million instances or more: look at the demand, its growth and the horizon", m, c.Unit.Rate(peak.High))
		}
		p.Months = append(p.Months, p.month(m))
	}
	fleet := in.Fleet
	if fleet == 0 {
		fleet = p.Months[0].Instances
	}
	p.Headroom = 1 - in.Demand/(float64(fleet)*rate.Rate)
	p.RunsOut = p.runsOut(fleet)
	if len(in.Prices.Offers) > 0 {
		p.CostCurve = p.costCurve()
	}
	p.Target = in.targetUtilisation()
	p.Budgets = budgetsOf(c, in.mean())
	if in.Simulate {
		p.Simulations = simulatePolicies(in, rate.Rate, p.Target)
	}
	return p, nil
}

// mean is the mean rate of the curve, or without a curve the peak.
func (in *Inputs) mean() float64 {
	if in.Curve != nil {
		return in.Curve.Mean()
	}
	return in.Demand
}

func (p *Plan) month(m int) Month {
	in := &p.Inputs
	peak := in.Growth.At(in.Demand, m)
	month := Month{
		Month: m, Peak: peak,
		Instances: in.Instances(peak.Rate, p.Capacity.Rate),
		Low:       in.Instances(peak.Low, p.Capacity.High),
		High:      in.Instances(peak.High, p.Capacity.Low),
	}
	for _, o := range in.Prices.Offers {
		month.Costs = append(month.Costs, p.cost(o, peak))
	}
	return month
}

// cost is the cost of an offer in a month with that peak, with its range.
func (p *Plan) cost(o Offer, peak Rate) MonthCost {
	c := p.costAt(o, peak.Rate, p.Capacity.Rate)
	if p.Capacity.Low > 0 && peak.Low > 0 {
		c.TotalLow, c.TotalHigh = p.costAt(o, peak.Low, p.Capacity.High).Total, p.costAt(o, peak.High, p.Capacity.Low).Total
	}
	return c
}

// costAt is the cost of an offer in a month whose peak and capacity of one instance are exactly these.
func (p *Plan) costAt(o Offer, peak, instance float64) MonthCost {
	in := &p.Inputs
	capacity := instance * o.Relative
	scale := peak / in.Demand
	parts := in.Curve
	if parts == nil {
		parts = Curve{in.Demand}
	}
	var needed []int
	for _, rate := range parts {
		needed = append(needed, in.Instances(rate*scale, capacity))
	}
	requests := in.mean() * scale * 3600 * hoursPerMonth
	c := MonthCost{Offer: o.Name, Instances: in.Instances(peak, capacity), Mix: cheapestMix(o, needed)}
	c.OnDemand = float64(c.Instances) * o.Hourly * hoursPerMonth
	c.Transfer = requests * in.PerRequest / 1e9 * o.PerGB
	c.Total = c.Mix.Monthly + c.Transfer
	c.PerMillion = c.Total / requests * 1e6
	c.PerUnit = requests * p.Within / c.Total
	return c
}

// runsOut returns the first month whose peak a fleet does not carry, with that month at the ends of the intervals.
func (p *Plan) runsOut(fleet int) RunsOut {
	r := RunsOut{fleet, -1, -1, -1}
	first := func(at *int, m int, peak, capacity float64) {
		if *at < 0 && peak > p.Inputs.carries(fleet, capacity)*(1+1e-9) {
			*at = m
		}
	}
	for _, m := range p.Months {
		first(&r.Month, m.Month, m.Peak.Rate, p.Capacity.Rate)
		first(&r.Early, m.Month, m.Peak.High, p.Capacity.Low)
		first(&r.Late, m.Month, m.Peak.Low, p.Capacity.High)
	}
	return r
}

// costCurve returns at most 40 points, from one instance to twice the instances of the last month.
func (p *Plan) costCurve() (list []CurvePoint) {
	most := 2 * p.Months[len(p.Months)-1].Instances
	for n := 1; n <= most; n += 1 + most/40 {
		list = append(list, CurvePoint{n, max(0, p.Inputs.carries(n, p.Capacity.Rate)), float64(n) * p.Inputs.Prices.Offers[0].Hourly * hoursPerMonth})
	}
	return list
}

// targetUtilisation is the target of an autoscaler. It leaves room for the steepest rise of the curve while a new instance
// comes up: use / (1 + the greatest relative rise within the lag). Without a curve it is use / spike.
func (in *Inputs) targetUtilisation() float64 {
	if in.Curve == nil || in.ScaleLag == 0 {
		return in.Use / in.Spike
	}
	rise := 0.0
	for minute := range 24 * 60 {
		now := in.Curve.At(float64(minute))
		if now > 0 {
			rise = max(rise, in.Curve.At(math.Mod(float64(minute)+in.ScaleLag.Minutes(), 24*60))/now-1)
		}
	}
	return in.Use / ((1 + rise) * in.Spike)
}
