package profiles

import (
	"fmt"
	"time"

	"pgregory.net/rapid"
)

// anyProfile draws a valid profile: up to 8 phases from a nanosecond to minutes, with pauses, ramps from and to 0, and
// rates of all magnitudes, of at most 50,000 arrivals so that a test can visit each.
func anyProfile() *rapid.Generator[Profile] {
	rate := rapid.OneOf(
		rapid.Just(0.0),
		rapid.SampledFrom([]float64{0.1, 1, 1.0 / 3, 100, 1000}),
		rapid.Float64Range(MinRate, 2000),
		rapid.Float64Range(1e5, MaxRate),
	)
	length := rapid.OneOf(
		rapid.Int64Range(1, 1000),
		rapid.Int64Range(1, int64(time.Second)),
		rapid.Map(rapid.Int64Range(1, 60), func(s int64) int64 { return s * int64(time.Second) }),
	)
	return rapid.Custom(func(t *rapid.T) Profile {
		p := Profile{Name: "any", Arrivals: rapid.SampledFrom([]Arrivals{Even, Poisson}).Draw(t, "arrivals")}
		for i := range rapid.IntRange(1, 8).Draw(t, "phases") {
			ph := Phase{
				Name: fmt.Sprint("phase-", i), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
				Duration: time.Duration(length.Draw(t, "duration")), From: rate.Draw(t, "from"),
			}
			ph.To = ph.From
			if rapid.Bool().Draw(t, "changes") {
				ph.To = rate.Draw(t, "to")
			}
			p.Phases = append(p.Phases, ph)
		}
		return p
	}).Filter(func(p Profile) bool { return p.Validate() == nil && p.Expected() <= 50_000 })
}
