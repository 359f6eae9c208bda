package profiles

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBuiltins(t *testing.T) {
	want := []string{"burst", "ramp", "sine", "soak", "spike", "step", "sustained"}
	if got := Builtins(); !slices.Equal(got, want) {
		t.Fatalf("Builtins() = %v, want %v", got, want)
	}
	for _, name := range Builtins() {
		source, ok := Builtin(name)
		if !ok {
			t.Fatalf("Builtin(%q) is not there", name)
		}
		f, err := Parse(name+".yaml", source)
		if err != nil {
			t.Error(err)
			continue
		}
		if f.Name != name || f.Description == "" || f.Target != nil {
			t.Errorf("%s: name %q, description %q, target %v; want its own name, a description, no target",
				name, f.Name, f.Description, f.Target)
		}
		if got := Description(name); got != f.Description {
			t.Errorf("Description(%q) = %q, want %q", name, got, f.Description)
		}
		if !strings.HasPrefix(string(source), "# ") || len(source) > 2000 {
			t.Errorf("%s: %d bytes; it is meant to be copied: begin with what it shows, and be short", name, len(source))
		}
		if _, err := NewSchedule(f.Profile, 1); err != nil {
			t.Error(err)
		}
		if again, err := Parse(name, f.YAML()); err != nil || !reflect.DeepEqual(again, f) {
			t.Errorf("%s: read back as %+v, %v", name, again, err)
		}
	}
	for _, name := range []string{"", "nope", "../spike", "spike.yaml"} {
		if source, ok := Builtin(name); ok {
			t.Errorf("Builtin(%q) = %q, want none", name, source)
		}
	}
}

func TestCommandsAreBuiltIn(t *testing.T) {
	for _, name := range Commands() {
		if _, ok := Builtin(name); !ok {
			t.Errorf("command %q has no profile", name)
		}
	}
	if len(Commands()) != 5 {
		t.Errorf("Commands() = %v, want 5", Commands())
	}
}

// What the commands promise of their defaults.
func TestBuiltinDefaults(t *testing.T) {
	for _, tc := range []struct {
		name     string
		arrivals Arrivals
		duration time.Duration
		peak     float64
		kinds    []Kind
	}{
		{"sustained", Even, 30 * time.Second, 100, []Kind{Hold}},
		{"spike", Poisson, 30 * time.Second, 1600, []Kind{Warmup, Baseline, Spike, Recovery}},
		{"ramp", Even, time.Minute, 500, []Kind{Ramp, Hold}},
		{"step", Even, 30 * time.Second, 500, []Kind{Step, Step, Step, Step, Step}},
		{"soak", Even, 10*time.Minute + 30*time.Second, 100, []Kind{Warmup, Hold}},
		{"burst", Poisson, 45 * time.Second, 800, []Kind{Baseline, Spike, Recovery, Spike, Recovery, Spike, Recovery}},
		{"sine", Even, 4 * time.Minute, 180, slices.Repeat([]Kind{Ramp}, 12)},
	} {
		source, _ := Builtin(tc.name)
		f, err := Parse(tc.name, source)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []Kind
		for _, ph := range f.Phases {
			kinds = append(kinds, ph.Kind)
		}
		if f.Arrivals != tc.arrivals || f.Duration() != tc.duration || f.PeakRate() != tc.peak || !slices.Equal(kinds, tc.kinds) {
			t.Errorf("%s: %s, %v, peak %v, %v\nwant %s, %v, peak %v, %v", tc.name,
				f.Arrivals, f.Duration(), f.PeakRate(), kinds, tc.arrivals, tc.duration, tc.peak, tc.kinds)
		}
	}
}
