package units

import "testing"

// One language of numbers and of shares, whichever flag or file they stand in.
func TestParse(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "12": 12, "+0.5": 0.5, ".5": 0.5, "-3": -3, "1e3": 1000, "1E-2": 0.01} {
		if got, ok := ParseNumber(text); !ok || got != want {
			t.Errorf("%q is read as %v, %v", text, got, ok)
		}
		for _, share := range []string{text + "%", text + " %", " " + text + "% "} {
			if got, ok := ParsePercent(share); !ok || got != want {
				t.Errorf("%q is read as %v, %v", share, got, ok)
			}
		}
		if got, ok := ParsePercent(text); ok {
			t.Errorf("%q has no percent sign and is read as %v", text, got)
		}
	}
	for _, text := range []string{"", " ", "x", "0x10", "1_000", "Inf", "+Inf", "NaN", "1e999", "1,5", "1 2", "12%", "--1", "e", "1/2"} {
		if got, ok := ParseNumber(text); ok {
			t.Errorf("%q is read as %v", text, got)
		}
		if got, ok := ParsePercent(text + "%"); ok {
			t.Errorf("%q is read as %v", text+"%", got)
		}
	}
}
