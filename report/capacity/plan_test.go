package capacity

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-9*max(1, math.Abs(want)) }

// planned is a plan of a service that holds 1,840/s (1,790 – 1,900).
func planned(t *testing.T, in Inputs) *Capacity {
	t.Helper()
	if err := in.Check(); err != nil {
		t.Fatal(err)
	}
	c := &Capacity{Objectives: []string{"p99<50ms", "errors<0.1%"}, MaxRate: MaxRate{Rate: Rate{1840, 1790, 1900}, Outcome: Found}, Bytes: 2000}
	var err error
	if c.Plan, err = MakePlan(in, c); err != nil {
		t.Fatal(err)
	}
	return c
}

var offers = Prices{"USD", []Offer{
	{Name: "small", Hourly: 0.10, Reserved: 0.06, Spot: 0.04, SpotLoss: 0.2, PerGB: 0.09, Relative: 1},
	{Name: "large", Hourly: 0.19, PerGB: 0.09, SpotLoss: 0.2, Relative: 2},
}}

// The whole arithmetic of a plan again, from nothing but the inputs and fitted values in its JSON, and written otherwise:
// months are multiplied up, fleets are counted up from one.
func TestPlanIsRecomputedFromItsJSON(t *testing.T) {
	c := planned(t, Inputs{
		Curve: Curve{1000, 2000, 5000, 3000}, Growth: Growth{Monthly: 0.04, Low: 0.03, High: 0.05}, Horizon: 12,
		Use: 0.7, Survive: LoseZone, Zones: 3, Spike: 1.2, ScaleLag: 3 * time.Minute, Prices: offers,
	})
	var b bytes.Buffer
	if err := Encode(&b, []*Capacity{c}); err != nil {
		t.Fatal(err)
	}
	var f File
	if err := json.Unmarshal(b.Bytes(), &f); err != nil {
		t.Fatal(err)
	}
	p := f.Capacity.Plan
	in := p.Inputs
	fleet := func(peak, capacity float64) int {
		for n := 1; ; n++ {
			left := n - int(math.Ceil(float64(n)/float64(in.Zones)))
			if float64(n)*capacity*in.Use >= peak*in.Spike*(1-1e-9) && float64(left)*capacity >= peak*in.Spike*(1-1e-9) {
				return n
			}
		}
	}
	if in.Demand != 5000 || len(p.Months) != in.Horizon+1 {
		t.Fatalf("demand %v, %d months", in.Demand, len(p.Months))
	}
	mean := (1000.0 + 2000 + 5000 + 3000) / 4
	peak, low, high := in.Demand, in.Demand, in.Demand
	outAt := -1
	for m, month := range p.Months {
		if !near(month.Peak.Rate, peak) || !near(month.Peak.Low, low) || !near(month.Peak.High, high) {
			t.Errorf("month %d: peak %+v, want %v (%v – %v)", m, month.Peak, peak, low, high)
		}
		if month.Instances != fleet(peak, p.Capacity.Rate) || month.Low != fleet(low, p.Capacity.High) || month.High != fleet(high, p.Capacity.Low) {
			t.Errorf("month %d: %d instances (%d – %d), want %d", m, month.Instances, month.Low, month.High, fleet(peak, p.Capacity.Rate))
		}
		if outAt < 0 && fleet(peak, p.Capacity.Rate) > p.RunsOut.Fleet {
			outAt = m
		}
		requests := mean * peak / in.Demand * 3600 * 730
		for i, cost := range month.Costs {
			o := in.Prices.Offers[i]
			least := math.Inf(1)
			for reserved := 0; reserved <= 60; reserved++ {
				if reserved > 0 && o.Reserved == 0 {
					break
				}
				hour := float64(reserved) * o.Reserved
				for _, r := range in.Curve {
					e := float64(max(0, fleet(r*peak/in.Demand, p.Capacity.Rate*o.Relative)-reserved))
					price := e * o.Hourly
					if o.Spot > 0 {
						price = min(price, math.Ceil(e/(1-o.SpotLoss)-1e-9)*o.Spot)
					}
					hour += price / 4
				}
				least = min(least, hour*730)
			}
			transfer := requests * 2000 / 1e9 * o.PerGB
			if !near(cost.Mix.Monthly, least) || !near(cost.Transfer, transfer) || !near(cost.Total, least+transfer) ||
				!near(cost.PerMillion, (least+transfer)/requests*1e6) || !near(cost.PerUnit, requests*0.99*0.999/(least+transfer)) ||
				!near(cost.OnDemand, float64(fleet(peak, p.Capacity.Rate*o.Relative))*o.Hourly*730) {
				t.Errorf("month %d, %s: %+v, want a mix of %v and %v of transfer", m, o.Name, cost, least, transfer)
			}
		}
		peak, low, high = peak*1.04, low*1.03, high*1.05
	}
	if p.RunsOut.Month != outAt || p.RunsOut.Fleet != fleet(5000, 1840) || p.RunsOut.Early > p.RunsOut.Month {
		t.Errorf("runs out %+v, want month %d", p.RunsOut, outAt)
	}
	if want := 1 - 5000/(float64(p.RunsOut.Fleet)*1840); !near(p.Headroom, want) {
		t.Errorf("headroom %v, want %v", p.Headroom, want)
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

// A day worked by hand: capacity 100/s, target 0.5, so 50/s for each instance. Half of the day 100/s and half 300/s.
func TestAutoscalingOfAHandWorkedDay(t *testing.T) {
	curve := make(Curve, 24*60) // by minute, so that it jumps within one
	for i := range curve {
		curve[i] = 100
		if i >= 720 {
			curve[i] = 300
		}
	}
	in := Inputs{Curve: curve, ScaleLag: 5 * time.Minute, Use: 0.5, Survive: LoseNothing, Horizon: 1, Prices: offers}
	if err := in.Check(); err != nil {
		t.Fatal(err)
	}
	s := simulatePolicies(in, 100, 0.5)[0]
	// At 12:00 six are wanted and two are up: 300/s is above their 200/s until 12:05, 5 minutes. After midnight one goes
	// each 5 minutes from six to two: at 0:00, 0:05, 0:10 and 0:15.
	if s.Policy != "target tracking" || s.Outside != 5 || s.Most != 6 {
		t.Errorf("%+v, want 5 minutes outside and 6 instances at most", s)
	}
	// Up or starting: 6 for 720 minutes, and 5, 4, 3 for 5 minutes each, and 2 for the other 705.
	if want := (6.0*720 + 5*5 + 4*5 + 3*5 + 2*705) / 1440; !near(s.Instances, want) {
		t.Errorf("%v instances on average, want %v", s.Instances, want)
	}
	if want := s.Instances * 24 * 0.10; !near(s.Daily, want) {
		t.Errorf("%v a day, want %v", s.Daily, want)
	}
}

func TestFleetKeepsItsPolicy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Inputs{
			Demand: 1, Use: rapid.Float64Range(0.05, 1).Draw(t, "use"), Spike: rapid.Float64Range(1, 5).Draw(t, "spike"),
			Survive: rapid.SampledFrom([]string{LoseNothing, LoseInstance, LoseZone}).Draw(t, "survive"), Zones: rapid.IntRange(2, 6).Draw(t, "zones"),
		}
		peak, capacity := rapid.Float64Range(0.1, 1e5).Draw(t, "peak"), rapid.Float64Range(10, 1e4).Draw(t, "capacity")
		n := in.Instances(peak, capacity)
		if in.carries(n, capacity) < peak*(1-1e-6) {
			t.Fatalf("%d instances carry %v of %v", n, in.carries(n, capacity), peak)
		}
		// Zones spread in steps, so one instance less may carry as much; without them it never does.
		if n > 1 && in.Survive != LoseZone && in.carries(n-1, capacity) >= peak*(1+1e-6) {
			t.Fatalf("%d instances would do, %d are planned", n-1, n)
		}
	})
}

func TestFitGrowth(t *testing.T) {
	var exact, seasonal Peaks
	season := []float64{0.9, 0.95, 1, 1.05, 1.1, 1, 0.95, 0.9, 1, 1.05, 1.1, 1}
	for i := range 36 {
		trend := 1000 * math.Pow(1.03, float64(i))
		exact, seasonal = append(exact, trend), append(seasonal, trend*season[i%12])
	}
	if g := FitGrowth(exact[:6]); !near(g.Monthly, 0.03) || g.Seasonal != nil {
		t.Errorf("%+v, want 3 %% a month", g)
	}
	g := FitGrowth(seasonal)
	if math.Abs(g.Monthly-0.03) > 0.003 || g.Seasonal == nil {
		t.Fatalf("%+v, want 3 %% a month and seasons", g)
	}
	// A year on, the season is the same again.
	if got, want := g.At(seasonal[35], 12).Rate, seasonal[35]*math.Pow(1.03, 12); math.Abs(got/want-1) > 0.05 {
		t.Errorf("in a year %v, want %v", got, want)
	}
	if r := g.At(1000, 12); !(r.Low < r.Rate && r.Rate < r.High) {
		t.Errorf("interval %+v", r)
	}
	shrinking := Growth{Monthly: -0.02, Low: -0.02, High: -0.02}
	c := planned(t, Inputs{Demand: 5000, Growth: shrinking, Horizon: 12})
	if c.Plan.RunsOut.Month != -1 || c.Plan.Months[12].Instances > c.Plan.Months[0].Instances {
		t.Errorf("a demand that shrinks: %+v", c.Plan.RunsOut)
	}
}

func TestPlanTextRefuses(t *testing.T) {
	files := map[string]string{
		"hole.csv":     "month,peak\n2026-01,100\n2026-02,110\n2026-04,130\n2026-05,140\n",
		"empty.csv":    "2026-01,100\n2026-02,\n2026-03,130\n2026-04,140\n",
		"short.csv":    "2026-01,100\n2026-02,110\n",
		"day.csv":      "0:00,100/s\n6:00,200/s\n18:00,100/s\n",
		"day2.csv":     "0:00,100/s\n6:00,200/s\n12:00,100/s\n",
		"nothing.csv":  "",
		"zero.yaml":    "currency: USD\noffers: [{name: a, hourly: 0}]\n",
		"typo.yaml":    "currency: USD\noffers: [{name: a, hourley: 1}]\n",
		"money.yaml":   "offers: [{name: a, hourly: 1}]\n",
		"negative.yml": "currency: USD\noffers: [{name: a, hourly: 1, spot: -1}]\n",
	}
	read := func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New(path + ": there is no such file")
	}
	for _, tc := range []struct {
		text PlanText
		want string
	}{
		{PlanText{}, "needs the demand"},
		{PlanText{Demand: "0"}, "0/s is no demand"},
		{PlanText{Demand: "-5/s"}, "demand:"},
		{PlanText{Demand: "5 apples"}, "must be a number of requests such as 500/s"},
		{PlanText{Demand: "5", Growth: "4"}, "does not say in how long"},
		{PlanText{Demand: "5", Growth: "4/month"}, "no % sign"},
		{PlanText{Demand: "5", Growth: "4%/week"}, "by month or by year"},
		{PlanText{Demand: "5", Growth: "-100%/month"}, "above −100 %"},
		{PlanText{Demand: "5", Horizon: "soon"}, "no whole number of months"},
		{PlanText{Demand: "5", Horizon: "900"}, "0 to 120"},
		{PlanText{Demand: "5", Headroom: "30"}, "no percentage such as 30%"},
		{PlanText{Demand: "5", Headroom: "100%"}, "below 100 %"},
		{PlanText{Demand: "5", Survive: "zone"}, "2 zones or more"},
		{PlanText{Demand: "5", Survive: "everything"}, "nothing, instance or zone"},
		{PlanText{Demand: "5", Spike: "0.5"}, "1 or more"},
		{PlanText{Demand: "5", ScaleLag: "3"}, "with a unit"},
		{PlanText{Demand: "5", Fleet: "-1"}, "1 instance or more"},
		{PlanText{Demand: "5", Curve: "day.csv"}, "curve: day.csv:3: 18:00 does not come 360 minutes"},
		{PlanText{Curve: "day2.csv"}, "do not make a day"},
		{PlanText{Peaks: "hole.csv"}, "hole.csv:4: month 2026-04 does not follow"},
		{PlanText{Peaks: "empty.csv"}, "empty.csv:2: there is no rate"},
		{PlanText{Peaks: "short.csv"}, "needs 4"},
		{PlanText{Peaks: "nothing.csv"}, "it is empty"},
		{PlanText{Peaks: "none.csv"}, "no such file"},
		{PlanText{Demand: "5", Prices: "zero.yaml"}, "offer 1 (a): its hourly price must be above 0"},
		{PlanText{Demand: "5", Prices: "typo.yaml"}, "hourley"},
		{PlanText{Demand: "5", Prices: "money.yaml"}, "no currency"},
		{PlanText{Demand: "5", Prices: "negative.yml"}, "0 or more"},
	} {
		if _, err := tc.text.Inputs(read); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", tc.text, err, tc.want)
		}
	}
	in, err := PlanText{Demand: "5k", Growth: "60%/year"}.Or(PlanText{Demand: "1/s", Survive: "zone:3", Headroom: "30%", Spike: "1.5x", ScaleLag: "3m"}).Inputs(read)
	if err != nil || in.Demand != 5000 || in.Zones != 3 || !near(in.Use, 0.7) || in.Spike != 1.5 || !near(math.Pow(1+in.Growth.Monthly, 12), 1.6) {
		t.Errorf("%+v, %v", in, err)
	}
	if _, err := MakePlan(*in, &Capacity{MaxRate: MaxRate{Outcome: Nowhere}}); err == nil {
		t.Error("a service that meets its objective nowhere got a plan")
	}
}

func TestCheapestMixIsTheCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Float64Range(0, 1)
		o := Offer{Hourly: 0.01 + price.Draw(t, "hourly"), Reserved: price.Draw(t, "reserved"), Spot: price.Draw(t, "spot"), SpotLoss: rapid.Float64Range(0.01, 0.9).Draw(t, "loss")}
		needed := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 24).Draw(t, "needed")
		m := CheapestMix(o, needed)
		all := 0.0
		for _, n := range needed {
			all += float64(n) * o.Hourly * 730 / float64(len(needed))
		}
		if m.Monthly > all*(1+1e-9)+1e-9 {
			t.Fatalf("the mix costs %v, all on demand %v", m.Monthly, all)
		}
		if flat := float64(slices.Max(needed)) * o.Reserved * 730; o.Reserved > 0 && m.Monthly > flat*(1+1e-9)+1e-9 {
			t.Fatalf("the mix costs %v, all reserved %v", m.Monthly, flat)
		}
	})
}
