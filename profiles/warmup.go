package profiles

import (
	"fmt"
	"slices"
	"time"
)

// WithWarmUp puts a warm-up of length d in front, at the rate or with the users of the first measured phase's start. It
// replaces the profile's own warm-up.
func (p Profile) WithWarmUp(d time.Duration) (Profile, error) {
	if d <= 0 {
		return Profile{}, fmt.Errorf("warm-up must be above 0, got %v", d)
	}
	p.Phases = slices.DeleteFunc(slices.Clone(p.Phases), func(ph Phase) bool { return ph.Kind == Warmup })
	if len(p.Phases) == 0 {
		return Profile{}, fmt.Errorf("a profile of warm-up only has nothing to warm up for")
	}
	name := "warm-up"
	for slices.ContainsFunc(p.Phases, func(ph Phase) bool { return ph.Name == name }) {
		name += "+"
	}
	first := p.Phases[0]
	p.Phases = slices.Insert(p.Phases, 0, Phase{Name: name, Kind: Warmup, Duration: d, From: first.From, To: first.From, FromVUs: first.FromVUs, ToVUs: first.FromVUs})
	return p, p.Validate()
}
