package capacity

import (
	"math"
)

// Simulation is the outcome of an autoscaling policy over one day of the demand.
type Simulation struct {
	Policy    string  `json:"policy"`
	Outside   int     `json:"minutes_outside_objective"` // minutes in which the demand was above the capacity of the running instances
	Instances float64 `json:"instances_mean"`
	Most      int     `json:"instances_most"`
	Daily     float64 `json:"daily_cost,omitempty"` // cost of a day at the first offer's price on demand
}

const (
	dayMinutes = 24 * 60
	stepHigh   = 0.8 // utilisation above which the step policy adds a tenth, at least one
	stepLow    = 0.4 // utilisation below which it removes one
	scaleInLag = 5   // least minutes between two removals
)

// simulatePolicies runs each policy against the curve, minute by minute. New instances come up after the lag; instances are
// removed one at a time, five minutes apart. The first day settles the policy, the second counts.
func simulatePolicies(in Inputs, capacity, target float64) []Simulation {
	curve := in.Curve
	if curve == nil {
		curve = Curve{in.Demand, in.Demand}
	}
	lag := int(math.Ceil(in.ScaleLag.Minutes()))
	policies := []struct {
		name string
		want func(minute, up int) int
	}{
		{"target tracking", func(minute, _ int) int { return ceilAtLeast1(curve.At(float64(minute)) / (capacity * target)) }},
		{"step", func(minute, up int) int {
			switch used := curve.At(float64(minute)) / (float64(up) * capacity); {
			case used > stepHigh*in.Use:
				return up + max(1, up/10)
			case used < stepLow*in.Use:
				return up - 1
			}
			return up
		}},
		{"scheduled", func(minute, _ int) int {
			// The schedule of an hour is for its highest minute, and begins early by the lag.
			hour := (minute + lag) / 60 * 60
			most := 0.0
			for m := range 61 {
				most = max(most, curve.At(float64((hour+m)%dayMinutes)))
			}
			return in.Instances(most, capacity)
		}},
	}
	var list []Simulation
	for _, p := range policies {
		s := simulateDays(curve, capacity, lag, in.Instances(curve.At(0), capacity), p.want)
		s.Policy = p.name
		if len(in.Prices.Offers) > 0 {
			s.Daily = s.Instances * 24 * in.Prices.Offers[0].Hourly
		}
		list = append(list, s)
	}
	return list
}

func simulateDays(curve Curve, capacity float64, lag, up int, want func(minute, up int) int) (s Simulation) {
	var starting []int // minutes at which requested instances come up
	lastIn := -scaleInLag
	for now := range 2 * dayMinutes {
		minute := now % dayMinutes
		for len(starting) > 0 && starting[0] <= now {
			up, starting = up+1, starting[1:]
		}
		asked := max(1, want(minute, up+len(starting)))
		for up+len(starting) < asked {
			starting = append(starting, now+lag)
		}
		if asked < up+len(starting) && len(starting) == 0 && now-lastIn >= scaleInLag {
			up, lastIn = up-1, now
		}
		if now < dayMinutes {
			continue
		}
		for len(starting) > 0 && lag == 0 {
			up, starting = up+1, starting[1:]
		}
		if curve.At(float64(minute)) > float64(up)*capacity*(1+1e-9) {
			s.Outside++
		}
		s.Instances += float64(up+len(starting)) / dayMinutes // starting instances cost as well
		s.Most = max(s.Most, up+len(starting))
	}
	return s
}

func ceilAtLeast1(v float64) int { return max(1, int(math.Ceil(v-1e-9))) }
