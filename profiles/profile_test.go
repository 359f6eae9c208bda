package profiles

import (
	"testing"
	"time"
)

var trapezium = Profile{Name: "trapezium", Phases: []Phase{
	{"up", Ramp, 10 * time.Second, 0, 100, 0, 0},
	{"top", Hold, 20 * time.Second, 100, 100, 0, 0},
	{"pause", Hold, 5 * time.Second, 0, 0, 0, 0},
	{"down", Recovery, 10 * time.Second, 80, 0, 0, 0},
}}

func TestRate(t *testing.T) {
	for _, tc := range []struct {
		at   time.Duration
		want float64
		why  string
	}{
		{-1, 0, "nothing is offered before the start"},
		{0, 0, "the ramp begins at 0"},
		{2500 * time.Millisecond, 25, "a quarter of the way up"},
		{10*time.Second - 1, 99.99999999, "1 ns before the top"},
		{10 * time.Second, 100, "a boundary belongs to the phase that begins there"},
		{30 * time.Second, 0, "the pause"},
		{35 * time.Second, 80, "the way down begins"},
		{40 * time.Second, 40, "half way down"},
		{45 * time.Second, 0, "the end is past the profile"},
		{time.Hour, 0, "long past it"},
	} {
		if got := trapezium.Rate(tc.at); got < tc.want-1e-9 || got > tc.want+1e-9 {
			t.Errorf("Rate(%v) = %v, want %v (%s)", tc.at, got, tc.want, tc.why)
		}
	}
}

func TestWhole(t *testing.T) {
	if got, want := trapezium.Duration(), 45*time.Second; got != want {
		t.Errorf("Duration() = %v, want %v", got, want)
	}
	if got := trapezium.PeakRate(); got != 100 {
		t.Errorf("PeakRate() = %v, want 100", got)
	}
	if got := trapezium.Expected(); got != 500+2000+400 {
		t.Errorf("Expected() = %v, want 2900: triangle 500, rectangle 2000, triangle 400", got)
	}
	if ph, ok := trapezium.Baseline(); ok {
		t.Errorf("Baseline() = %v, want none", ph)
	}
}
