package capacity

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"
)

// The whole arithmetic of a plan again, from nothing but the inputs and fitted values in its JSON, and written otherwise:
// fleets are counted up from one, every mix is tried, months are multiplied up.
func TestPlanIsRecomputedFromItsJSON(t *testing.T) {
	for _, tc := range []struct {
		name  string
		peaks Peaks
		given float64
	}{
		{"growth given", nil, 0.04},
		{"growth fitted", Peaks{4000, 4150, 4400, 4300, 4800, 5000}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := Inputs{
				Curve: Curve{1000, 2000, 5000, 3000}, Growth: Growth{Monthly: tc.given, Low: tc.given, High: tc.given}, Horizon: 12,
				Use: 0.7, Survive: LoseZone, Zones: 3, Spike: 1.2, ScaleLag: 3 * time.Minute, Prices: offers,
			}
			if tc.peaks != nil {
				in.Growth = fitGrowth(tc.peaks)
			}
			var b bytes.Buffer
			if err := Encode(&b, []*Capacity{planned(t, in)}); err != nil {
				t.Fatal(err)
			}
			var f File
			if err := json.Unmarshal(b.Bytes(), &f); err != nil {
				t.Fatal(err)
			}
			recompute(t, f.Capacity.Plan)
		})
	}
}

func recompute(t *testing.T, p *Plan) {
	in := p.Inputs
	left := func(n int) int { return n - int(math.Ceil(float64(n)/float64(in.Zones))) }
	fleet := func(peak, capacity float64) int {
		for n := 1; ; n++ {
			if float64(n)*capacity*in.Use >= peak*in.Spike*(1-1e-9) && float64(left(n))*capacity >= peak*in.Spike*(1-1e-9) {
				return n
			}
		}
	}
	if in.Demand != 5000 || len(p.Months) != in.Horizon+1 || in.PerRequest != 2000 {
		t.Fatalf("demand %v, %d months, %v bytes", in.Demand, len(p.Months), in.PerRequest)
	}
	mean := (1000.0 + 2000 + 5000 + 3000) / 4
	trend := in.Demand
	if in.Growth.Level > 0 {
		trend = in.Growth.Level
	}
	peak, wide := in.Demand, 1.0
	outAt, early, late := -1, -1, -1
	for m, month := range p.Months {
		if m > 0 {
			trend *= 1 + in.Growth.Monthly
			peak = trend
			if n := float64(in.Growth.Months); n > 0 {
				// 6 months: t of 4 degrees of freedom is 2.776445, x̄ = 2.5, Sxx = 17.5.
				wide = math.Exp(2.776445 * in.Growth.Scatter * math.Sqrt(1+1/n+math.Pow(5+float64(m)-2.5, 2)/17.5))
			}
		}
		low, high := peak/wide, peak*wide
		if math.Abs(month.Peak.Rate/peak-1) > 1e-9 || math.Abs(month.Peak.Low/low-1) > 1e-6 || math.Abs(month.Peak.High/high-1) > 1e-6 {
			t.Errorf("month %d: peak %+v, want %v (%v – %v)", m, month.Peak, peak, low, high)
		}
		if month.Instances != fleet(peak, p.Capacity.Rate) || month.Low != fleet(low, p.Capacity.High) || month.High != fleet(high, p.Capacity.Low) {
			t.Errorf("month %d: %d instances (%d – %d), want %d", m, month.Instances, month.Low, month.High, fleet(peak, p.Capacity.Rate))
		}
		for _, end := range []struct {
			at             *int
			peak, capacity float64
		}{{&outAt, peak, p.Capacity.Rate}, {&early, high, p.Capacity.Low}, {&late, low, p.Capacity.High}} {
			if *end.at < 0 && fleet(end.peak, end.capacity) > p.RunsOut.Fleet {
				*end.at = m
			}
		}
		for i, cost := range month.Costs {
			recomputeCost(t, p, cost, in.Prices.Offers[i], fleet, peak, mean*peak/in.Demand*3600*730)
			total := func(peak, instance float64) float64 {
				mix, transfer := recomputedMix(&in, in.Prices.Offers[i], fleet, peak, instance), mean*peak/in.Demand*3600*730*2000/1e9*in.Prices.Offers[i].PerGB
				return mix + transfer
			}
			if low, high := total(month.Peak.Low, p.Capacity.High), total(month.Peak.High, p.Capacity.Low); !near(cost.TotalLow, low) || !near(cost.TotalHigh, high) {
				t.Errorf("month %d: %v – %v, want %v – %v", m, cost.TotalLow, cost.TotalHigh, low, high)
			}
		}
	}
	if want := (RunsOut{fleet(5000, 1840), outAt, early, late}); p.RunsOut != want {
		t.Errorf("runs out %+v, want %+v", p.RunsOut, want)
	}
	if want := 1 - 5000/(float64(p.RunsOut.Fleet)*1840); !near(p.Headroom, want) {
		t.Errorf("headroom %v, want %v", p.Headroom, want)
	}
	for _, c := range p.CostCurve {
		carries := min(float64(c.Instances)*0.7, float64(left(c.Instances))) * 1840 / 1.2
		if !near(c.Carries, carries) || !near(c.Monthly, float64(c.Instances)*0.10*730) {
			t.Errorf("%+v, want it to carry %v", c, carries)
		}
	}
	// The steepest is from 2,000 to 5,000 in six hours, at its beginning: 3 minutes add 25 to 2,000.
	if want := 0.7 / (1.2 * (1 + 25.0/2000)); !near(p.Target, want) {
		t.Errorf("target utilisation %v, want %v", p.Target, want)
	}
	budget := p.Budgets[1] // errors<0.1% over 30 days of 2,750/s
	if !near(budget.Requests, 0.001*2750*30*86400) || budget.Outage != 43*time.Minute+12*time.Second {
		t.Errorf("budget %+v, want 43 min 12 s", budget)
	}
	for i, burn := range []float64{14.4, 6, 1} { // table 5-8 of the workbook
		if !near(budget.Alerts[i].Burn, burn) || !near(budget.Alerts[i].Share, burn*0.001) {
			t.Errorf("alert %+v, want a burn rate of %v", budget.Alerts[i], burn)
		}
	}
}

// recomputedMix is the least that instances of an offer cost in a month.
func recomputedMix(in *Inputs, o Offer, fleet func(peak, capacity float64) int, peak, instance float64) float64 {
	least := math.Inf(1)
	for reserved := 0; reserved <= 60; reserved++ {
		if reserved > 0 && o.Reserved == 0 {
			break
		}
		hour := float64(reserved) * o.Reserved
		for _, r := range in.Curve {
			e := float64(max(0, fleet(r*peak/in.Demand, instance*o.Relative)-reserved))
			price := e * o.Hourly
			if o.Spot > 0 {
				price = min(price, math.Ceil(e/(1-o.SpotLoss)-1e-9)*o.Spot)
			}
			hour += price / 4
		}
		least = min(least, hour*730)
	}
	return least
}

func recomputeCost(t *testing.T, p *Plan, cost MonthCost, o Offer, fleet func(peak, capacity float64) int, peak, requests float64) {
	least := recomputedMix(&p.Inputs, o, fleet, peak, p.Capacity.Rate)
	transfer := requests * 2000 / 1e9 * o.PerGB
	if !near(cost.Mix.Monthly, least) || !near(cost.Transfer, transfer) || !near(cost.Total, least+transfer) ||
		!near(cost.PerMillion, (least+transfer)/requests*1e6) || !near(cost.PerUnit, requests*0.99*0.999/(least+transfer)) ||
		!near(cost.OnDemand, float64(fleet(peak, p.Capacity.Rate*o.Relative))*o.Hourly*730) {
		t.Errorf("a peak of %v, %s: %+v, want a mix of %v and %v of transfer", peak, o.Name, cost, least, transfer)
	}
}
