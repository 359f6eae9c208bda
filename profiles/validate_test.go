package profiles

import (
	"math"
	"strings"
	"testing"
	"time"
)

func steady(rate float64, d time.Duration) Profile {
	return Profile{Name: "steady", Phases: []Phase{{"hold", Hold, d, rate, rate, 0, 0}}}
}

func TestValidate(t *testing.T) {
	phase := func(change func(*Phase)) Profile {
		p := steady(100, 10*time.Second)
		change(&p.Phases[0])
		return p
	}
	with := func(p Profile, change func(*Profile)) Profile {
		change(&p)
		return p
	}
	many := func(n int) Profile {
		p := Profile{Name: "many"}
		for i := range n {
			p.Phases = append(p.Phases, Phase{strings.Repeat("x", 1+i%60) + string(rune('a'+i/60)), Step, time.Second, 1, 1, 0, 0})
		}
		return p
	}
	for _, tc := range []struct {
		p    Profile
		want string // "" is valid
	}{
		{steady(100, 10*time.Second), ""},
		{with(steady(100, time.Second), func(p *Profile) { p.Arrivals = Poisson }), ""},
		{with(steady(100, time.Second), func(p *Profile) { p.Arrivals = "poison" }),
			`arrivals must be even or poisson, got "poison": did you mean "poisson"?`},
		{with(steady(100, time.Second), func(p *Profile) { p.Name = "" }), `name missing; add one`},
		{with(steady(100, time.Second), func(p *Profile) { p.Name = "día 1.a_b-c" }), ``},
		{with(steady(100, time.Second), func(p *Profile) { p.Name = "../x" }),
			`name must begin with a letter or digit and hold only letters, digits, space, '.', '_' and '-', got "../x"`},
		{with(steady(100, time.Second), func(p *Profile) { p.Name = "x/y" }),
			`name must begin with a letter or digit and hold only letters, digits, space, '.', '_' and '-', got "x/y"`},
		{Profile{Name: "none"}, `no phases; add at least one, with a name, a kind, a duration and a rate`},
		{many(1000), ""},
		{many(1001), `a profile holds at most 1000 phases, got 1001`},

		{phase(func(p *Phase) { p.Name = "" }), `phase 1: name missing; add one`},
		{phase(func(p *Phase) { p.Name = "a\x1b[31m" }), `phase "a\x1b[31m": name must hold only printable characters, got "a\x1b[31m"`},
		{phase(func(p *Phase) { p.Name = "a\xff" }), `phase "a\xff": name must hold only printable characters, got "a\xff"`},
		{phase(func(p *Phase) { p.Name = " a" }), `phase " a": name must not begin or end with a space, got " a"`},
		{phase(func(p *Phase) { p.Name = strings.Repeat("é", 33) }),
			`phase "éééééééééééééééééééééééééééééé"…: name must be at most 64 bytes, got 66`},
		{phase(func(p *Phase) { p.Kind = "" }),
			`phase "hold": kind must be warmup, baseline, ramp, hold, spike, recovery or step, got ""`},
		{phase(func(p *Phase) { p.Kind = "Spikes" }),
			`phase "hold": kind must be warmup, baseline, ramp, hold, spike, recovery or step, got "Spikes": did you mean "spike"?`},
		{phase(func(p *Phase) { p.Duration = 0 }), `phase "hold": duration must be above 0, got 0s`},
		{phase(func(p *Phase) { p.Duration = -time.Second }), `phase "hold": duration must be above 0, got -1s`},
		{phase(func(p *Phase) { p.From = -5 }), `phase "hold": from must be above 0, got -5`},
		{phase(func(p *Phase) { p.From, p.To = -5, -5 }), `phase "hold": rate must be above 0, got -5`},
		{phase(func(p *Phase) { p.To = math.NaN() }), `phase "hold": to must be a finite number, got NaN`},
		{phase(func(p *Phase) { p.To = math.Inf(1) }), `phase "hold": to must be a finite number, got +Inf`},
		{phase(func(p *Phase) { p.To = 1e7 }), ``},
		{phase(func(p *Phase) { p.To = math.Nextafter(1e7, 2e7) }),
			`phase "hold": to must be at most 10000000/s, got 10000000.000000002/s`},
		{phase(func(p *Phase) { p.To = 1e-6 }), ``},
		{phase(func(p *Phase) { p.To = 9e-7 }), `phase "hold": to must be 0 or at least 1e-06/s, got 9e-07/s`},

		{steady(1, MaxDuration), ""},
		{steady(1, MaxDuration+1),
			`phase "hold": all phases together may last 168h0m0s, got more; shorten this or an earlier one`},
		{Profile{Name: "overflow", Phases: []Phase{{"a", Hold, math.MaxInt64, 1, 1, 0, 0}, {"b", Hold, math.MaxInt64, 1, 1, 0, 0}}},
			`phase "a": all phases together may last 168h0m0s, got more; shorten this or an earlier one`},
		{steady(1e7, 1e5*time.Second), ""},
		{steady(1e7, 1e5*time.Second+time.Microsecond),
			`at most 1000000000000 even arrivals can be planned, got 1000000000010; lower the rates or shorten the phases`},
		{with(steady(1e7, 100*time.Second), func(p *Profile) { p.Arrivals = Poisson }), ""},
		{with(steady(1e7, 101*time.Second), func(p *Profile) { p.Arrivals = Poisson }),
			`at most 1000000000 poisson arrivals can be planned, got 1010000000; lower the rates or shorten the phases`},
		{steady(1.0/3, 3*time.Second), ""},
		{steady(0.3, 3*time.Second),
			`the phases after warm-up must offer at least 1 request, got 0.9; raise a rate or lengthen a phase`},
		{phase(func(p *Phase) { p.Kind = Warmup }),
			`the phases after warm-up must offer at least 1 request, got 0; raise a rate or lengthen a phase`},
		{Profile{Name: "twins", Phases: []Phase{{"a", Hold, 1e9, 1, 1, 0, 0}, {"b", Hold, 1e9, 1, 1, 0, 0}, {"a", Hold, 1e9, 1, 1, 0, 0}}},
			`phase "a": phases 1 and 3 have the same name; give each its own`},
	} {
		got := ""
		if err := tc.p.Validate(); err != nil {
			got = err.Error()
		}
		if got != tc.want {
			t.Errorf("Validate(%.200v)\n got %s\nwant %s", tc.p, got, tc.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"duration", "rate", "from", "to", "RELEASE"}
	for _, tc := range []struct{ got, want, why string }{
		{"durration", "duration", "one letter too many"},
		{"druation", "duration", "two neighbours swapped"},
		{"Rate", "rate", "case"},
		{"releese", "RELEASE", "case of a known word"},
		{"form", "from", "a swap is one edit, not two"},
		{"rps", "", "nothing in common"},
		{"t", "to", "one letter missing"},
		{"", "", "nothing to go by"},
		{strings.Repeat("rate", 1000), "", "long input is not measured"},
	} {
		if got := Suggest(tc.got, known); got != tc.want {
			t.Errorf("Suggest(%.20q) = %q, want %q (%s)", tc.got, got, tc.want, tc.why)
		}
	}
}

// The published example of the optimal string alignment distance, where it differs from the unrestricted one
// (Boytsov, Indexing methods for approximate dictionary searching, JEA 16, 2011): CA to ABC takes 3.
func TestEditDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"CA", "ABC", 3}, {"kitten", "sitting", 3}, {"", "abc", 3}, {"abc", "", 3}, {"ab", "ba", 1}, {"same", "same", 0}} {
		if got := editDistance(tc.a, tc.b); got != tc.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
