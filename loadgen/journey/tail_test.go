package journey

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/profiles"
)

// Journeys ask for all that they ask for when the last steps of nearly all of them are due.
func TestThePaceOfJourneys(t *testing.T) {
	step := func(think profiles.Think) request.Step {
		return request.Step{Request: request.Request{URL: "http://a.test/"}, Think: think}
	}
	repeated := step(profiles.Think{Mean: time.Second})
	repeated.Take, repeated.While = []request.Take{{Name: "next", From: "header:X-Next"}}, "next"
	for _, tc := range []struct {
		name      string
		steps     []request.Step
		level     [2]time.Duration // between which it lies
		mean, end time.Duration
	}{
		{"who think nothing", []request.Step{step(profiles.Think{}), step(profiles.Think{})}, [2]time.Duration{0, 0}, 0, 0},
		{"who think 1 s twice", []request.Step{step(profiles.Think{}), step(profiles.Think{Mean: time.Second}), step(profiles.Think{Mean: time.Second})},
			[2]time.Duration{1990 * time.Millisecond, 2010 * time.Millisecond}, 2 * time.Second, 2 * time.Second},
		{"who think 1s to 3s", []request.Step{step(profiles.Think{}), step(profiles.Think{Law: profiles.UniformThink, Mean: 2 * time.Second, Low: time.Second, High: 3 * time.Second})},
			[2]time.Duration{2900 * time.Millisecond, 3 * time.Second}, 2 * time.Second, 3 * time.Second},
		{"who repeat a step for as long as the server has it so", []request.Step{step(profiles.Think{}), step(profiles.Think{Mean: time.Second}), repeated},
			[2]time.Duration{1990 * time.Millisecond, 2010 * time.Millisecond}, 2 * time.Second, 2 * time.Second},
	} {
		for i := range tc.steps {
			tc.steps[i].Name = string(rune('a' + i))
		}
		m, err := request.NewJourneyMix([]request.Journey{{Name: "j", Steps: tc.steps}}, request.Selection{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		p := PaceOf(m)
		if p.Level < tc.level[0] || p.Level > tc.level[1] || p.Mean != tc.mean || p.Tail > tc.end || p.Tail < tc.end-20*time.Millisecond {
			t.Errorf("of journeys %s: %+v", tc.name, p)
		}
	}
}
