package profiles

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A spike with a shoulder half way between baseline and peak, a dip below the baseline and a warm-up above it.
var shouldered = Profile{Name: "shouldered", Arrivals: Poisson, Phases: []Phase{
	{"warm-up", Warmup, 3 * time.Second, 200, 200, 0, 0},
	{"baseline", Baseline, 7 * time.Second, 40, 40, 0, 0},
	{"shoulder", Ramp, 5 * time.Second, 40, 520, 0, 0},
	{"spike", Spike, 8 * time.Second, 1000, 1000, 0, 0},
	{"dip", Recovery, 4 * time.Second, 20, 20, 0, 0},
	{"recovery", Recovery, 3 * time.Second, 40, 40, 0, 0},
}}

func rates(p Profile) (r [][2]float64) {
	for _, ph := range p.Phases {
		r = append(r, [2]float64{ph.From, ph.To})
	}
	return r
}

func wantRates(t *testing.T, what string, p Profile, err error, want ...[2]float64) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for i, got := range rates(p) {
		if math.Abs(got[0]-want[i][0]) > 1e-9 || math.Abs(got[1]-want[i][1]) > 1e-9 {
			t.Errorf("%s: phase %q goes from %v to %v, want %v to %v",
				what, p.Phases[i].Name, got[0], got[1], want[i][0], want[i][1])
		}
	}
}

func TestWithRate(t *testing.T) {
	p, err := shouldered.WithRate(80)
	wantRates(t, "the baseline leads, all keep their proportion", p, err,
		[2]float64{400, 400}, [2]float64{80, 80}, [2]float64{80, 1040}, [2]float64{2000, 2000}, [2]float64{40, 40}, [2]float64{80, 80})
	p, err = trapezium.WithRate(50)
	wantRates(t, "without a baseline the highest rate leads", p, err,
		[2]float64{0, 50}, [2]float64{50, 50}, [2]float64{0, 0}, [2]float64{40, 0})
	if trapezium.Phases[1].From != 100 {
		t.Error("WithRate changed the profile it was called on")
	}
}

func TestWithPeak(t *testing.T) {
	p, err := shouldered.WithPeak(Peak{Rate: 520})
	wantRates(t, "between baseline and peak affine, the rest stays", p, err,
		[2]float64{200, 200}, [2]float64{40, 40}, [2]float64{40, 280}, [2]float64{520, 520}, [2]float64{20, 20}, [2]float64{40, 40})
	p, err = shouldered.WithPeak(Peak{Factor: 10})
	wantRates(t, "a multiple is one of the baseline", p, err,
		[2]float64{200, 200}, [2]float64{40, 40}, [2]float64{40, 220}, [2]float64{400, 400}, [2]float64{20, 20}, [2]float64{40, 40})
	ramp := Profile{Name: "r", Phases: []Phase{{"climb", Ramp, time.Second, 10, 500, 0, 0}, {"top", Hold, time.Second, 500, 500, 0, 0}}}
	p, err = ramp.WithPeak(Peak{Factor: 10})
	wantRates(t, "without a baseline the lowest rate takes its part", p, err, [2]float64{10, 100}, [2]float64{100, 100})
}

func TestScalingRefused(t *testing.T) {
	idle := Profile{Name: "idle", Phases: []Phase{{"b", Baseline, time.Second, 0, 0, 0, 0}, {"s", Spike, time.Second, 9, 9, 0, 0}}}
	dip := Profile{Name: "dip", Phases: []Phase{{"b", Baseline, time.Second, 40, 40, 0, 0}, {"d", Hold, time.Second, 10, 10, 0, 0}}}
	for _, tc := range []struct {
		do   func() (Profile, error)
		want string
	}{
		{func() (Profile, error) { return shouldered.WithRate(0) }, `rate must be above 0, got 0/s`},
		{func() (Profile, error) { return shouldered.WithRate(-1) }, `rate must be above 0, got -1`},
		{func() (Profile, error) { return shouldered.WithRate(math.NaN()) }, `rate must be a finite number, got NaN`},
		{func() (Profile, error) { return shouldered.WithRate(1e6) },
			`phase "shoulder": to must be at most 10000000/s, got 13000000/s`},
		{func() (Profile, error) { return idle.WithRate(5) },
			`the rate of "idle" is 0/s and cannot be scaled; give a peak instead, or edit the rates in a file of your own`},
		{func() (Profile, error) { return steady(100, time.Second).WithPeak(Peak{Rate: 200}) },
			`every rate of "steady" is 100/s, so it has no peak to move; set its rate instead`},
		{func() (Profile, error) { return dip.WithPeak(Peak{Rate: 200}) },
			`no rate of "dip" is above its baseline of 40/s, so it has no peak to move`},
		{func() (Profile, error) { return shouldered.WithPeak(Peak{Rate: 40}) },
			`peak must be above the baseline of 40/s, got 40/s`},
		{func() (Profile, error) { return shouldered.WithPeak(Peak{}) }, `peak must be above the baseline of 40/s, got 0/s`},
		{func() (Profile, error) { return shouldered.WithPeak(Peak{Factor: 1e9}) },
			`peak must be at most 10000000/s, got 40000000000/s`},
		{func() (Profile, error) { return idle.WithPeak(Peak{Factor: 2}) },
			`the baseline of "idle" is 0/s and has no multiple; give the peak as a rate such as 2000/s`},
		{func() (Profile, error) { return shouldered.WithDuration(0) }, `duration must be above 0 and at most 168h0m0s, got 0s`},
		{func() (Profile, error) { return shouldered.WithDuration(8 * 24 * time.Hour) },
			`duration must be above 0 and at most 168h0m0s, got 192h0m0s`},
		{func() (Profile, error) { return shouldered.WithDuration(4) }, `duration 4ns leaves no time for phase "warm-up"; give more`},
		{func() (Profile, error) { return shouldered.WithDuration(time.Millisecond) },
			`the phases after warm-up must offer at least 1 request, got 0.329; raise a rate or lengthen a phase`},
		{func() (Profile, error) { return Profile{Name: "none"}.WithDuration(time.Second) },
			`no phases; add at least one, with a name, a kind, a duration and a rate`},
	} {
		if p, err := tc.do(); err == nil || err.Error() != tc.want {
			t.Errorf("got %v, %v\nwant %s", p, err, tc.want)
		}
	}
}

func TestWithDurationKeepsProportions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile().Draw(t, "profile")
		// Of any duration too many are out of bounds for rapid to find enough that are not.
		least, most := p.Duration(), min(MaxDuration, 20*p.Duration())
		if rapid.IntRange(0, 3).Draw(t, "any") == 0 {
			least, most = 1, MaxDuration
		}
		d := time.Duration(rapid.Int64Range(int64(least), int64(most)).Draw(t, "duration"))
		q, err := p.WithDuration(d)
		if err != nil {
			t.Skip("out of bounds:", err)
		}
		if q.Duration() != d {
			t.Fatalf("WithDuration(%v) lasts %v", d, q.Duration())
		}
		scale := float64(d) / float64(p.Duration())
		for i := range q.Phases {
			got, want := float64(q.Phases[i].Duration), scale*float64(p.Phases[i].Duration)
			if math.Abs(got-want) > 1+1e-12*want {
				t.Fatalf("phase %d lasts %v ns, want %v ± 1: both its ends are rounded to a nanosecond", i, got, want)
			}
		}
	})
}

func TestScalingByHand(t *testing.T) {
	thirds := Profile{Name: "thirds", Phases: []Phase{{"a", Hold, 3e9, 9, 9, 0, 0}, {"b", Hold, 3e9, 9, 9, 0, 0}, {"c", Hold, 3e9, 9, 9, 0, 0}}}
	p, err := thirds.WithDuration(1_000_000_001) // the boundaries fall on 333333333.67 and 666666667.33
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []time.Duration{333333334, 333333333, 333333334} {
		if got := p.Phases[i].Duration; got != want {
			t.Errorf("phase %d of 1.000000001 s in thirds lasts %d ns, want %d", i, got, want)
		}
	}
	// In binary, 40.1 + (104.2 - 40.1) is not 104.2; the highest rate is to be what was asked all the same.
	odd := Profile{Name: "odd", Phases: []Phase{{"b", Baseline, 1e9, 40.1, 40.1, 0, 0}, {"s", Spike, 1e9, 900, 900, 0, 0}}}
	if q, err := odd.WithPeak(Peak{Rate: 104.2}); err != nil || q.PeakRate() != 104.2 {
		t.Errorf("WithPeak(104.2) has its peak at %v, %v", q.PeakRate(), err)
	}
}

func TestScalingReachesWhatWasAsked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProfile().Draw(t, "profile")
		r := rapid.Float64Range(0.01, 1e5).Draw(t, "rate")
		if q, err := p.WithRate(r); err == nil {
			_, lead := q.measuredRates()
			if _, ok := q.Baseline(); ok {
				lead, _ = q.baselineRate()
			}
			if lead != r {
				t.Fatalf("WithRate(%v) leads with %v", r, lead)
			}
		}
		q, err := p.WithPeak(Peak{Rate: r})
		if err != nil {
			return
		}
		if _, high := q.measuredRates(); high != r {
			t.Fatalf("WithPeak(%v) has its highest rate at %v", r, high)
		}
		for i := range p.Phases {
			for j := range p.Phases {
				a, b := p.Phases[i], p.Phases[j]
				if a.Kind != Warmup && b.Kind != Warmup && a.From < b.From && q.Phases[i].From > q.Phases[j].From {
					t.Fatalf("WithPeak(%v) put phase %d above phase %d", r, i, j)
				}
			}
		}
	})
}
