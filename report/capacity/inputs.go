package capacity

import (
	"fmt"
	"math"
	"time"
)

// Inputs are the inputs of a plan other than the measured capacity.
type Inputs struct {
	Demand     float64       `json:"demand"`          // requests/s now, at the peak
	Curve      Curve         `json:"curve,omitempty"` // demand over a day; its peak is Demand
	Growth     Growth        `json:"growth"`
	Horizon    int           `json:"horizon_months"`
	Use        float64       `json:"max_utilisation"` // part (0-1) of the capacity at the objective that the peak may use
	Survive    string        `json:"survive"`         // the loss to survive: nothing, instance or zone
	Zones      int           `json:"zones,omitempty"` // number of zones, with instances spread evenly
	Spike      float64       `json:"spike"`           // factor by which the demand may exceed the peak before more instances are up
	ScaleLag   time.Duration `json:"scale_up_lag_ns"` // time from a rise of the demand until a new instance serves
	Fleet      int           `json:"fleet,omitempty"` // instances today; 0: as many as today's demand needs
	Prices     Prices        `json:"prices"`
	Simulate   bool          `json:"-"`
	PerRequest float64       `json:"bytes_per_request"`
}

// The losses that a fleet may be planned to survive.
const (
	LoseNothing  = "nothing"
	LoseInstance = "instance"
	LoseZone     = "zone"
)

// Check fills in defaults (no growth, 12 months, 70 % use, one instance) and returns an error for an invalid input.
func (in *Inputs) Check() error {
	if in.Curve != nil {
		in.Demand = in.Curve.Peak()
	}
	if in.Use == 0 {
		in.Use = 0.7
	}
	if in.Spike == 0 {
		in.Spike = 1
	}
	if in.Survive == "" {
		in.Survive = LoseInstance
	}
	switch {
	case !(in.Demand > 0) || in.Demand > mostRate:
		return fmt.Errorf("the demand must be above 0 and at most %g/s, got %g/s", mostRate, in.Demand)
	case in.Horizon < 0 || in.Horizon > 120:
		return fmt.Errorf("the horizon must be 0 to 120 months, got %d", in.Horizon)
	case !(in.Use > 0 && in.Use <= 1):
		return fmt.Errorf("the highest use of the capacity must be above 0 %% and at most 100 %%, got %g %%", in.Use*100)
	case in.Survive != LoseNothing && in.Survive != LoseInstance && in.Survive != LoseZone:
		return fmt.Errorf("what the fleet survives is nothing, instance or zone, got %q", in.Survive)
	case in.Survive == LoseZone && (in.Zones < 2 || in.Zones > 1000):
		return fmt.Errorf("to survive the loss of a zone there must be 2 zones or more, got %d: write it as zone:3", in.Zones)
	case !(in.Spike >= 1 && in.Spike <= 1000):
		return fmt.Errorf("a spike factor is 1 or more, got %g", in.Spike)
	case in.ScaleLag < 0 || in.ScaleLag > 24*time.Hour:
		return fmt.Errorf("a scale-up lag is at most 24h, got %v", in.ScaleLag)
	case in.Fleet < 0 || in.Fleet > mostInstances:
		return fmt.Errorf("a fleet has 1 instance or more, got %d", in.Fleet)
	}
	return nil
}

// Instances returns the least number n of instances that a peak needs, each with a capacity in requests/s at the objective.
// Both inequalities hold:
//
//	n · capacity · use      ≥ peak · spike    in normal operation
//	(n − lost) · capacity   ≥ peak · spike    after the loss, at the objective's own edge
//
// lost is 0, 1, or ⌈n/zones⌉, the instances in the fullest zone. The result is 0 for a capacity of 0, and at most
// mostInstances.
func (in *Inputs) Instances(peak, capacity float64) int {
	if !(capacity > 0) {
		return 0
	}
	needed := peak * in.Spike
	// The loss of one of z zones is at least n/z, so n is no smaller than this.
	least := needed / (capacity * in.Use)
	if in.Survive == LoseZone {
		least = max(least, needed/capacity*float64(in.Zones)/float64(in.Zones-1))
	}
	n := max(1, int(math.Ceil(min(least, mostInstances)-1e-9)))
	for n < mostInstances && float64(n-in.lost(n))*capacity < needed*(1-1e-9) {
		n++
	}
	return n
}

// mostInstances is more than any real fleet: a plan that reaches it has a typing error in its inputs.
const mostInstances = 1_000_000

func (in *Inputs) lost(n int) int {
	switch in.Survive {
	case LoseInstance:
		return 1
	case LoseZone:
		return (n + in.Zones - 1) / in.Zones
	}
	return 0
}

// carries is the highest peak, in requests/s, that n instances carry by the policy.
func (in *Inputs) carries(n int, capacity float64) float64 {
	return min(float64(n)*in.Use, float64(n-in.lost(n))) * capacity / in.Spike
}
