package selfcheck

import (
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"pgregory.net/rapid"
)

// Whatever goes wrong with an engine costs it its trust, and nothing else does.
func TestTrust(t *testing.T) {
	racetest.Skip(t)
	lateFrom := func(limit float64, lag time.Duration) func(float64) time.Duration {
		return func(rate float64) time.Duration {
			if rate >= limit {
				return lag
			}
			return 30 * us
		}
	}
	limitedFrom := func(limit float64) func(float64) runfile.VerdictKind {
		return func(rate float64) runfile.VerdictKind {
			if rate >= limit {
				return runfile.TargetLimited
			}
			return runfile.Valid
		}
	}
	for _, tc := range []struct {
		name string
		bad  func(*fake)
		want float64
	}{
		{"nothing", func(*fake) {}, 10_000},
		{"late at 10,000/s", func(f *fake) { f.lag = lateFrom(10_000, 1100*us) }, 5000},
		{"late at 2,000/s", func(f *fake) { f.lag = lateFrom(2000, 1100*us) }, 1000},
		{"late everywhere", func(f *fake) { f.lag = lateFrom(0, 1100*us) }, 0},
		{"almost late everywhere", func(f *fake) { f.lag = lateFrom(0, 900*us) }, 10_000},
		{"not valid at 5,000/s", func(f *fake) { f.verdict = limitedFrom(5000) }, 2000},
		{"not valid at all", func(f *fake) { f.verdict = limitedFrom(0) }, 0},
		{"service times too long", func(f *fake) { f.adds = 2 * ms }, 0},
		{"a freeze unseen", func(f *fake) { f.omits = true }, 0},
		{"an answer not counted", func(f *fake) { f.loses = 1 }, 0},
		{"slower than 2,000/s", func(f *fake) { f.fastest = 1999 }, 1000},
		{"faster than anything tried", func(f *fake) { f.fastest = 1e6 }, 100_000},
	} {
		f := good(12_000)
		tc.bad(&f)
		r := checked(map[string]fake{"a": f}, "a")
		if e := r.Engines[0]; e.TrustedRate == nil || *e.TrustedRate != tc.want || r.Trusted.Rate != tc.want || r.Trusted.Engine != "a" {
			t.Errorf("%s: trusted %+v, want %v/s", tc.name, r.Trusted, tc.want)
		}
	}
}

// The engine that is to be trusted furthest stands for the machine, wherever it stands in the list.
func TestTheBestEngineIsNamed(t *testing.T) {
	racetest.Skip(t)
	engines := map[string]fake{"slow": good(3000), "fast": good(60_000)}
	for _, order := range [][]string{{"slow", "fast"}, {"fast", "slow"}} {
		r := checked(engines, order...)
		if *r.Trusted != (Trust{"fast", 50_000}) || *engineOf(r, "slow").TrustedRate != 2000 {
			t.Errorf("%v: trusted %+v, slow %v", order, *r.Trusted, *engineOf(r, "slow").TrustedRate)
		}
	}
}

func engineOf(r *Report, name string) *Engine {
	for i := range r.Engines {
		if r.Engines[i].Name == name {
			return &r.Engines[i]
		}
	}
	return nil
}

// What fails once and then holds is trusted; what fails twice is not.
func TestSecondTry(t *testing.T) {
	racetest.Skip(t)
	for _, tc := range []struct {
		test     Test
		failures int
		want     float64
	}{
		{FixedDelay, 1, 2000}, {FixedDelay, 2, 0},
		{QueuedDelay, 1, 2000}, {QueuedDelay, 2, 0},
		{FrozenFor, 1, 2000}, {FrozenFor, 2, 0},
		{HigherRate, 1, 2000}, {HigherRate, 2, 1000},
	} {
		bad := good(3000)
		bad.omits, bad.adds, bad.lag = true, 2*ms, func(float64) time.Duration { return 5 * ms }
		c, tries := New([]string{"a"}, false), 0
		for s, ok := c.Next(); ok; s, ok = c.Next() {
			f := good(3000)
			if s.Test == tc.test {
				if tries++; tries <= tc.failures {
					f = bad
				}
			}
			c.Add(s, f.observe(s))
		}
		if got := c.Report().Trusted.Rate; got != tc.want || tries != 2 {
			t.Errorf("%s fails %d times: trusted at %v/s after %d tries, want %v/s after 2", tc.test, tc.failures, got, tries, tc.want)
		}
	}
}

// The search finds the highest rate that holds, and does not look below one that held or above one that failed twice.
func TestSearchFindsTheHighestRate(t *testing.T) {
	racetest.Skip(t)
	for i := range rates {
		f := good(1e6)
		f.lag = func(rate float64) time.Duration {
			if rate > rates[i] {
				return 5 * ms
			}
			return 0
		}
		r := checked(map[string]fake{"a": f}, "a")
		if r.Trusted.Rate != rates[i] {
			t.Errorf("trusted at %v/s, want %v/s", r.Trusted.Rate, rates[i])
		}
		low, failed := 0.0, map[float64]int{}
		for _, p := range r.Engines[0].Pacing {
			if p.Rate <= low || failed[p.Rate] > 1 {
				t.Errorf("%v/s holds: tried %v/s after %v/s had held and %v had failed", rates[i], p.Rate, low, failed)
			}
			if p.Holds {
				low = p.Rate
			} else {
				failed[p.Rate]++
			}
		}
	}
}

// A check ends in time whatever it meets: the steps, and a tenth of a second for the start of each server.
func TestTimeIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quick := rapid.Bool().Draw(t, "quick")
		names := []string{"a", "b", "c", "d"}[:rapid.IntRange(1, 4).Draw(t, "engines")]
		c := New(names, quick)
		var took time.Duration
		for s, ok := c.Next(); ok; s, ok = c.Next() {
			took += s.Length + 100*ms
			if s.Length > 0 && s.Test != IdleThread && s.Load.Profile.Duration() != s.Length {
				t.Fatalf("%s: the profile takes %v, want %v", s.Test, s.Load.Profile.Duration(), s.Length)
			}
			c.Add(s, outcome(s, rapid.Bool().Draw(t, "fails"), rapid.Float64Range(500, 2e5).Draw(t, "fastest")))
		}
		limit := 60 * time.Second
		if quick {
			limit = 10 * time.Second
		}
		if took > limit {
			t.Fatalf("it takes %v", took)
		}
		if r := c.Report(); r.Trusted == nil {
			t.Fatal("a complete check knows nothing")
		}
	})
}

// outcome is a small observation that is judged well or badly.
func outcome(s Step, fails bool, fastest float64) Observation {
	if s.Test == IdleThread || s.Test == AsFast {
		return good(fastest).observe(s)
	}
	run := &runfile.Run{Started: started, Verdict: runfile.Verdict{Kind: runfile.Valid}}
	run.Overall.Offered.Count, run.Overall.Achieved.Count = 1, 1
	if fails {
		run.Verdict.Kind = runfile.HostLimited
	}
	return Observation{Run: run}
}

// Until an engine's check is complete nothing is said of how far it is to be trusted.
func TestIncompleteCheckTrustsNothing(t *testing.T) {
	engines := map[string]fake{"a": good(3000), "b": good(3000)}
	c := New([]string{"a", "b"}, true)
	for s, ok := c.Next(); ok && s.Engine != "b"; s, ok = c.Next() {
		if r := c.Report(); r.Trusted != nil {
			t.Fatalf("before %s: trusted %+v", s.Test, *r.Trusted)
		}
		c.Add(s, engines[s.Engine].observe(s))
	}
	r := c.Report()
	if r.Trusted == nil || r.Trusted.Engine != "a" || r.Engines[1].TrustedRate != nil || r.IdleThread == nil {
		t.Errorf("after the first of two engines: %+v", r)
	}
}
