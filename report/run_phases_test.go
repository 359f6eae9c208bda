package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

func TestThin(t *testing.T) {
	for _, tc := range []struct {
		n    uint64
		thin string // the percentiles of which fewer than 10 requests lie beyond
	}{
		{0, ""}, // nothing to mark
		{19, "P50 P95 P99 P99.9"}, {20, "P95 P99 P99.9"},
		{199, "P95 P99 P99.9"}, {200, "P99 P99.9"},
		{999, "P99 P99.9"}, {1000, "P99.9"},
		{9999, "P99.9"}, {10_000, ""},
	} {
		var thin []string
		for _, q := range percentiles {
			if q.thin(&runfile.Dist{Count: tc.n}) {
				thin = append(thin, q.title)
			}
		}
		if got := strings.Join(thin, " "); got != tc.thin {
			t.Errorf("of %d requests %q are thin, want %q", tc.n, got, tc.thin)
		}
	}
}

func TestRatioOfBounds(t *testing.T) {
	p99 := percentiles[2]
	bound := []string{"p99_ns"}
	for _, tc := range []struct {
		over, under runfile.Dist
		want        string
	}{
		{runfile.Dist{Count: 1, P99NS: 30 * ms}, runfile.Dist{Count: 1, P99NS: 10 * ms}, "3.0×"},
		{runfile.Dist{Count: 1, P99NS: 30 * ms, AtLeast: bound}, runfile.Dist{Count: 1, P99NS: 10 * ms}, "≥ 3.0×"},
		{runfile.Dist{Count: 1, P99NS: 30 * ms}, runfile.Dist{Count: 1, P99NS: 10 * ms, AtLeast: bound}, "≤ 3.0×"},
		{runfile.Dist{Count: 1, P99NS: 30 * ms, AtLeast: bound}, runfile.Dist{Count: 1, P99NS: 10 * ms, AtLeast: bound}, "–"},
		{runfile.Dist{Count: 1, P99NS: 30 * ms}, runfile.Dist{}, "–"},
		{runfile.Dist{}, runfile.Dist{Count: 1, P99NS: 10 * ms}, "–"},
	} {
		if got, _ := ratio(p99, &tc.over, &tc.under); got != tc.want {
			t.Errorf("%+v / %+v = %q, want %q", tc.over, tc.under, got, tc.want)
		}
	}
}

func TestManyPhasesAreShortened(t *testing.T) {
	run := &runfile.Run{Phases: []runfile.Phase{{Name: "warm", Kind: "warmup"}}}
	for i := range 40 {
		p := runfile.Phase{Name: fmt.Sprintf("p%d", i), Kind: "ramp"}
		if i == 20 {
			p.Offered.Rate = 9
		}
		run.Phases = append(run.Phases, p)
	}
	s := subjectsOf([]*runfile.Run{run})[0]
	if got, want := fmt.Sprint(shownPhases(s, false)), "[1 2 3 -1 19 20 21 22 23 -1 38 39 40]"; got != want {
		t.Errorf("shown are %s, want %s: the ends and the surroundings of the highest rate", got, want)
	}
	if got := len(shownPhases(s, true)); got != 41 {
		t.Errorf("-v shows %d of 41 phases", got)
	}
}

func TestLoadOf(t *testing.T) {
	for _, tc := range []struct {
		plan runfile.PlanRecord
		want string
	}{
		{runfile.PlanRecord{Phases: spikePhases(600)}, "30/s → 600/s for 8 s"},
		{runfile.PlanRecord{Phases: append(spikePhases(600), spikePhases(800)...)}, "30/s → 800/s, 2 spikes in 54 s"},
		{runfile.PlanRecord{Phases: []runfile.PhaseRecord{{Kind: "hold", DurationNS: 30e9, From: 100, To: 100}}}, "100/s for 30 s"},
		{runfile.PlanRecord{Phases: []runfile.PhaseRecord{{Kind: "ramp", DurationNS: 30e9, From: 10, To: 500}}}, "10/s → 500/s in 30 s"},
		{runfile.PlanRecord{Phases: []runfile.PhaseRecord{{Kind: "step", DurationNS: 5e9, From: 10, To: 10}, {Kind: "step", DurationNS: 5e9, From: 20, To: 20}}},
			"10/s → 20/s in 2 steps of 5 s"},
		{runfile.PlanRecord{Phases: []runfile.PhaseRecord{{Kind: "hold", DurationNS: 5e9, From: 10, To: 10}, {Kind: "ramp", DurationNS: 5e9, From: 10, To: 40}, {Kind: "hold", DurationNS: 5e9, From: 40, To: 40}}},
			"3 phases between 10/s and 40/s in 15 s"},
		{runfile.PlanRecord{Model: "closed", VUs: 20, ThinkNS: 1e9, Phases: []runfile.PhaseRecord{{Kind: "hold", DurationNS: 30e9}}},
			"closed model, 20 users begun together, thinking 1 s for 30 s"},
		{runfile.PlanRecord{Model: "closed", VUs: 20, ThinkNS: 1e9, Think: "exp:1s", Start: runfile.Spread, Phases: []runfile.PhaseRecord{{Kind: "hold", DurationNS: 30e9}}},
			"closed model, 20 users, thinking 1 s on average, exponentially for 30 s"},
		{runfile.PlanRecord{Model: "closed", VUs: 20, ThinkNS: 1e9, Think: "500ms..1.5s", Start: runfile.Spread, Phases: []runfile.PhaseRecord{
			{Kind: "ramp", DurationNS: 30e9, FromVUs: 1, ToVUs: 20}, {Kind: "hold", DurationNS: 30e9, FromVUs: 20, ToVUs: 20}, {Kind: "ramp", DurationNS: 30e9, FromVUs: 20}}},
			"closed model, 1 → 20 → 0 users, thinking 500 ms to 1.5 s for 90 s"},
		{runfile.PlanRecord{PerJourney: 3.1, Phases: []runfile.PhaseRecord{{Kind: "warmup", DurationNS: 1e9, From: 900, To: 900}, {Kind: "hold", DurationNS: 30e9, From: 100, To: 100}}},
			"journeys, 100/s for 30 s (310 requests/s once level)"},
		{runfile.PlanRecord{Model: "closed", VUs: 20, PerJourney: 3.1}, "closed model, 20 users, in journeys"},
		{runfile.PlanRecord{}, ""},
	} {
		if got := loadOf(&tc.plan); got != tc.want {
			t.Errorf("%+v is %q, want %q", tc.plan.Phases, got, tc.want)
		}
	}
}

func TestCPUList(t *testing.T) {
	for want, cpus := range map[string][]int{"cpu 1": {1}, "cpus 0-2": {0, 1, 2}, "cpus 0,2-3,7": {0, 2, 3, 7}} {
		if got := cpuList(cpus); got != want {
			t.Errorf("%v is %q, want %q", cpus, got, want)
		}
	}
}
