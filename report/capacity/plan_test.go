package capacity

import (
	"math"
	"slices"
	"strings"
	"testing"

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

func TestCheapestMixIsTheCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.Float64Range(0, 1)
		o := Offer{Hourly: 0.01 + price.Draw(t, "hourly"), Reserved: price.Draw(t, "reserved"), Spot: price.Draw(t, "spot"), SpotLoss: rapid.Float64Range(0.01, 0.9).Draw(t, "loss")}
		needed := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 24).Draw(t, "needed")
		m := cheapestMix(o, needed)
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

// A search that was cut short has not shown that no rate holds.
func TestNoPlanWithoutARate(t *testing.T) {
	for cut, want := range map[bool]string{false: "met its objective at no rate", true: "is not known"} {
		if _, err := MakePlan(Inputs{}, &Capacity{CutShort: cut, MaxRate: MaxRate{Outcome: Nowhere}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("cut short %v: %v, want %q", cut, err, want)
		}
	}
}
