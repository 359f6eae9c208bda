package profiles

import (
	"testing"
	"time"
)

func TestWithWarmUp(t *testing.T) {
	source, _ := Builtin("spike")
	spike, err := Parse("spike", source)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Profile{
		spike.Profile, // has a warm-up of its own
		{Name: "plain", Arrivals: Even, Phases: []Phase{{Name: "warm-up", Kind: Hold, Duration: time.Second, From: 10, To: 20}}},
	} {
		got, err := p.WithWarmUp(5 * time.Second)
		if err != nil {
			t.Fatal(err)
		}
		measured := 0
		for _, ph := range p.Phases {
			if ph.Kind != Warmup {
				measured++
			}
		}
		first, next := got.Phases[0], got.Phases[1]
		if first.Kind != Warmup || first.Duration != 5*time.Second || first.From != next.From || first.To != next.From || len(got.Phases) != measured+1 {
			t.Errorf("%s: %+v", p.Name, got.Phases)
		}
	}
	if spike.Phases[0].Duration != 3*time.Second {
		t.Error("the profile itself was changed")
	}
	if _, err := spike.WithWarmUp(-1); err == nil || err.Error() != "warm-up must be above 0, got -1ns" {
		t.Errorf("error %v", err)
	}
}
