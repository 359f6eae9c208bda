package selfcheck

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"pgregory.net/rapid"
)

func TestHolds(t *testing.T) {
	for _, tc := range []struct {
		name string
		bad  func(*runfile.Phase, *runfile.VerdictKind)
		want bool
	}{
		{"all well", func(*runfile.Phase, *runfile.VerdictKind) {}, true},
		{"lag at the bound", func(p *runfile.Phase, _ *runfile.VerdictKind) { p.Lag.P99NS = MaxLag }, true},
		{"lag above it", func(p *runfile.Phase, _ *runfile.VerdictKind) { p.Lag.P99NS = MaxLag + 1 }, false},
		{"target-limited", func(_ *runfile.Phase, v *runfile.VerdictKind) { *v = runfile.TargetLimited }, false},
		{"host-limited", func(_ *runfile.Phase, v *runfile.VerdictKind) { *v = runfile.HostLimited }, false},
		{"0.1 % missing", func(p *runfile.Phase, _ *runfile.VerdictKind) { p.Answered.Count = 10_000 - 10 }, true},
		{"one more", func(p *runfile.Phase, _ *runfile.VerdictKind) { p.Answered.Count = 10_000 - 11 }, false},
		{"missing, and the warm-up's answers came in its time", func(p *runfile.Phase, _ *runfile.VerdictKind) {
			p.Answered.Count, p.Achieved.Count = 10_000-11, 10_020
		}, false},
		{"all answered, some of them after its time", func(p *runfile.Phase, _ *runfile.VerdictKind) { p.Achieved.Count = 9_900 }, true},
		{"nothing offered", func(p *runfile.Phase, _ *runfile.VerdictKind) { *p = runfile.Phase{} }, false},
	} {
		p := runfile.Phase{
			Offered: runfile.Rate{Count: 10_000, Rate: 1000}, Achieved: runfile.Rate{Count: 10_000, Rate: 1000},
			Answered:     &runfile.Rate{Count: 10_000, Rate: 1000},
			ResponseTime: runfile.Dist{MeanNS: 20 * ms}, Lag: runfile.Dist{P99NS: 100 * us},
		}
		v := runfile.Valid
		tc.bad(&p, &v)
		if got := trustworthy(&p, v); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// What the engine adds is what it is wrong by, and the bound is 1 ms for delays up to 10 ms.
func TestLatencyIsHeldAgainstTheLog(t *testing.T) {
	s := quickLengths.step(FixedDelay, "a", 0)
	for _, tc := range []struct {
		adds time.Duration
		want bool
	}{{0, true}, {700 * us, true}, {-700 * us, true}, {1100 * us, false}, {-1100 * us, false}} {
		f := good(1e6)
		f.adds = tc.adds
		o := f.observe(s)
		l, arrived := judgeLatency(s, o.Run, o.Answers)
		if l.Within != tc.want || len(l.Figures) != 4 || arrived == nil || l.Answered != l.Logged {
			t.Fatalf("adds %v: %+v, arrived %+v; want within %v", tc.adds, l, arrived, tc.want)
		}
		for _, x := range l.Figures {
			// A service time holds both ways over the wire, a response time only the way back: the log says when a request came.
			want := tc.adds + wire
			if x.Of == ServiceTime {
				want += wire
			}
			if resolution := x.TrueNS / 500; (x.WrongByNS - want).Abs() > resolution {
				t.Errorf("adds %v: %s P%g is wrong by %v, want %v ± %v", tc.adds, x.Of, x.Percentile, x.WrongByNS, want, resolution)
			}
		}
	}
}

// Of long delays a share may be wrong, a larger one of P99, where the service time is not judged.
func TestErrorsOfLongDelays(t *testing.T) {
	s := quickLengths.step(FixedDelay, "a", 0)
	for _, tc := range []struct {
		name       string
		p50, p99   float64 // factor by which they are said too long
		within     bool
		unjudgedAt float64 // factor of the service time's P99
	}{
		{"all right", 1, 1, true, 1},
		{"P50 within its share", 1.049, 1.049, true, 1},
		{"P50 beyond it", 1.052, 1.052, false, 1},
		{"P99 within its share", 1, 1.098, true, 1},
		{"P99 beyond it", 1, 1.103, false, 1},
		{"P99 of the service time", 1, 1, true, 3},
	} {
		o := good(1e6).observe(s)
		for i := range o.Answers {
			o.Answers[i].Total = 100 * ms
		}
		said := func(p50, p99 float64) runfile.Dist {
			values := make([]time.Duration, 100)
			for i := range values {
				values[i] = time.Duration(p50 * float64(100*ms))
				if i >= 98 {
					values[i] = time.Duration(p99 * float64(100*ms))
				}
			}
			return runfile.NewDist(digits, values, nil)
		}
		o.Run.Overall.ResponseTime, o.Run.Overall.ServiceTime = said(tc.p50, tc.p99), said(tc.p50, tc.unjudgedAt)
		if l, _ := judgeLatency(s, o.Run, o.Answers); l.Within != tc.within {
			t.Errorf("%s: %+v, want within %v", tc.name, l, tc.within)
		}
	}
}

// The formula against requests counted out one by one.
func TestFreezeExpectation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := time.Duration(rapid.Int64Range(int64(500*ms), int64(5*time.Second)).Draw(t, "length"))
		frozen := time.Duration(rapid.Float64Range(0.11, 0.7).Draw(t, "share") * float64(length))
		s := lengths{frozenRun: length, frozen: frozen}.step(FrozenFor, "a", 0)
		var response []time.Duration
		from, to := s.Server.FreezeAt, s.Server.FreezeAt+frozen
		for at := time.Duration(0); at < length; at += time.Second / frozenRate {
			done := at + frozenDelay
			if at < to && done >= from {
				done = to + frozenDelay
			}
			response = append(response, done-at)
		}
		run := &runfile.Run{Overall: runfile.Phase{ResponseTime: runfile.NewDist(digits, response, nil)}}
		slices.Sort(response)
		f := judgeFreeze(s, run)
		for _, x := range f.Figures {
			rank := int(math.Ceil(x.Percentile/100*float64(len(response)))) - 1
			if off := (x.ExpectedNS - response[rank]).Abs(); off > 2*time.Second/frozenRate || !x.Within {
				t.Fatalf("P%g of a freeze of %v in %v: expected %v, counted %v: %+v", x.Percentile, frozen, length, x.ExpectedNS, response[rank], x)
			}
		}
		if !f.Within {
			t.Fatalf("%+v", f)
		}
	})
}

// An engine that counts from the send shows nothing of a freeze, however long that is.
func TestFreezeUnseen(t *testing.T) {
	for _, l := range []lengths{quickLengths, fullLengths} {
		f := good(1e6)
		s := l.step(FrozenFor, "a", 0)
		if seen := judgeFreeze(s, f.observe(s).Run); !seen.Within || seen.Figures[0].Share < 0.9 {
			t.Errorf("seen as %+v", seen)
		}
		f.omits = true
		if seen := judgeFreeze(s, f.observe(s).Run); seen.Within || seen.Figures[2].Share > 0.1 {
			t.Errorf("unseen as %+v", seen)
		}
	}
}

// As fast as it goes is the engine's own speed only where it used its processor up.
func TestFastestIsALowerBoundUnlessBusy(t *testing.T) {
	s := quickLengths.step(AsFast, "a", 0)
	f := good(12_000)
	for _, tc := range []struct {
		generator float64
		atLeast   bool
	}{{1, false}, {0.9, false}, {0.89, true}, {0, true}} {
		f.generator = tc.generator
		got := judgeFastest(f.observe(s).Run)
		if got.Rate != 12_000 || got.AtLeast != tc.atLeast || math.Abs(*got.GeneratorBusy-tc.generator) > 1e-6 || got.Users != users {
			t.Errorf("%v of its processor busy: %+v", tc.generator, got)
		}
	}
	run := f.observe(s).Run
	run.Overall.CPU.Generator = nil
	if got := judgeFastest(run); !got.AtLeast || got.GeneratorBusy != nil {
		t.Errorf("processor use not known: %+v", got)
	}
}
