package main

import (
	"math"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/report/capacity"
)

// A step in bursts offers its rate on average, twice of it at most, and ends with a pause.
func TestProfileOfBursts(t *testing.T) {
	p := stepProfile(capacity.Step{Purpose: capacity.Bursts, Rate: 570, WarmUp: time.Second, Hold: 8 * time.Second, Burst: 50 * time.Millisecond})
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	if p.Duration() != 9*time.Second || math.Abs(p.Expected()-9*570) > 1e-6 || p.PeakRate() != 2*570 || len(p.Phases) != 161 || p.Phases[160].From != 0 {
		t.Errorf("%v with %v requests, at most %v/s, in %d phases", p.Duration(), p.Expected(), p.PeakRate(), len(p.Phases))
	}
}
