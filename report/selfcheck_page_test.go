package report

import (
	"strings"
	"testing"
	"time"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/selfcheck"
)

// trustedReport is of two engines, one of which is trusted.
func trustedReport() *selfcheck.Report {
	rate, none, half, whole := 20_000.0, 0.0, 0.5, 0.99
	pacing := func(rate float64, lag time.Duration, kind runfile.VerdictKind) selfcheck.Pacing {
		return selfcheck.Pacing{
			Rate: rate, Holds: kind == runfile.Valid, Served: runfile.Rate{Rate: rate}, Verdict: runfile.Verdict{Kind: kind},
			Lag:         selfcheck.Lateness{P50NS: lag / 8, P99NS: lag, P999NS: 2 * lag},
			ArrivedLate: &selfcheck.Lateness{P50NS: lag / 4, P99NS: lag}, IdleThread: &selfcheck.Lateness{P50NS: 7 * us, P99NS: 60 * us},
		}
	}
	latency := func(server string, wrong time.Duration) selfcheck.Latency {
		l := selfcheck.Latency{Server: server, Answered: 100, Logged: 100, Within: wrong < ms}
		for _, of := range []selfcheck.Measure{selfcheck.ServiceTime, selfcheck.ResponseTime} {
			for _, percentile := range []float64{50, 99} {
				l.Figures = append(l.Figures, selfcheck.Figure{
					Of: of, Percentile: percentile, SaidNS: 20*ms + wrong, TrueNS: 20 * ms, WrongByNS: wrong, AtMostNS: ms, Within: wrong < ms,
				})
			}
		}
		return l
	}
	freeze := func(share float64) *selfcheck.Freeze {
		f := &selfcheck.Freeze{ForNS: 2 * time.Second, OfNS: 4500 * ms, Within: share > 0.9}
		for _, percentile := range []float64{90, 95, 99} {
			f.Figures = append(f.Figures, selfcheck.Shown{
				Percentile: percentile, SaidNS: time.Duration(share * float64(2*time.Second)), ExpectedNS: 2 * time.Second, Share: share, Within: share > 0.9,
			})
		}
		return f
	}
	return &selfcheck.Report{
		Schema: 1, Environment: runfile.Environment{Go: "go1.26", Processors: 2, TargetCPUs: []int{0}, GeneratorCPUs: []int{1}},
		Trusted: &selfcheck.Trust{Engine: "wire", Rate: rate}, IdleThread: &selfcheck.Lateness{P50NS: 5 * us, P99NS: 58 * us},
		Engines: []selfcheck.Engine{
			{
				Name: "http", TrustedRate: &none, Pacing: []selfcheck.Pacing{pacing(1000, 3*ms, runfile.HostLimited)},
				Latency: []selfcheck.Latency{latency("fixed:20ms", 2*ms), {Server: "exp:10ms", Answered: 99, Logged: 100}}, Freeze: freeze(0.6),
				Fastest: &selfcheck.Fastest{Rate: 12_345, AtLeast: true, GeneratorBusy: &half, ServerBusy: &whole},
			},
			{
				Name: "wire", TrustedRate: &rate,
				Pacing: []selfcheck.Pacing{
					pacing(1000, 80*us, runfile.Valid), pacing(50_000, 4*ms, runfile.GeneratorLimited), pacing(50_000, 5*ms, runfile.TargetLimited),
					pacing(20_000, 2*ms, runfile.GeneratorLimited), pacing(20_000, 90*us, runfile.Valid),
				},
				Latency: []selfcheck.Latency{latency("fixed:20ms", 40*us), latency("exp:10ms", -9*us)}, Freeze: freeze(1.01),
				Fastest: &selfcheck.Fastest{Rate: 81_000, GeneratorBusy: &whole, ServerBusy: &half},
			},
		},
	}
}

func selfcheckText(t testing.TB, r *selfcheck.Report) string {
	t.Helper()
	var b strings.Builder
	if err := WriteSelfcheck(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSelfcheck(t *testing.T) {
	const want = `bench selfcheck · engine http · engine wire
reference server on cpu 0, bench on cpu 1 of this machine (2 cores)

This machine can be trusted up to 20,000/s with the engine wire. There 99 % of the requests leave at
most 90 us late; at 1,000/s service times are 40 us wrong at P50.

engine   trusted up to   wrong by: P50     P99   freeze shown: P90    P95    P99      fastest
http       not trusted          2.0 ms  2.0 ms                60 %   60 %   60 %   ≥ 12,300/s
wire          20,000/s           40 us   40 us               101 %  101 %  101 %     81,000/s

engine      rate    served   lag: P50     P99   P99.9   idle: P50    P99   holds
http     1,000/s   1,000/s     375 us  3.0 ms  6.0 ms        7 us  60 us   no, HOST-LIMITED
wire     1,000/s   1,000/s      10 us   80 us  160 us        7 us  60 us   yes
        20,000/s  20,000/s      11 us   90 us  180 us        7 us  60 us   yes
        50,000/s  50,000/s     625 us  5.0 ms   10 ms        7 us  60 us   no, TARGET-LIMITED

engine  server                 P50: said  logged  wrong by   P99: said  logged  wrong by
http    fixed:20ms  service        22 ms   20 ms    2.0 ms       22 ms   20 ms    2.0 ms
                    response       22 ms   20 ms    2.0 ms       22 ms   20 ms    2.0 ms
wire    fixed:20ms  service        20 ms   20 ms     40 us       20 ms   20 ms     40 us
                    response       20 ms   20 ms     40 us       20 ms   20 ms     40 us
        exp:10ms    service        20 ms   20 ms     −9 us       20 ms   20 ms     −9 us
                    response       20 ms   20 ms     −9 us       20 ms   20 ms     −9 us
`
	got := selfcheckText(t, trustedReport())
	if !strings.HasPrefix(got, want) {
		t.Errorf("the report begins otherwise:\n%s", diff(want, got))
	}
	for _, sentence := range []string{
		"with nothing beside it 5 us at P50, 58 us at P99: that much is the machine",
		"http: at 1,000/s lag P99 is 3.0 ms (at most 1.0 ms), 1,000/s were served and the verdict is HOST-LIMITED",
		"http: the service time of fixed:20ms at P50 is said to be 22 ms and was 20 ms: wrong by 2.0 ms (at most 1.0 ms)",
		"http: of exp:10ms it counted 99 answers and the server logged 100: not all were answered, so they cannot be paired",
		"http: of a freeze of 2 s in a run of 4.5 s P90 shows 1.2 s and should show 2.0 s",
		"http: as fast as it goes it was not its own limit, so it may be faster (bench 50 % of its processors, server 99 %)",
		"wire: at 1,000/s the server had read its requests 20 us after they were due at P50, 80 us at P99",
	} {
		if !strings.Contains(strings.Join(strings.Fields(got), " "), sentence) {
			t.Errorf("it does not say %q:\n%s", sentence, got)
		}
	}
	if strings.Contains(got, "wire: at 1,000/s lag") || strings.Contains(got, "wire: the service time") || strings.Contains(got, "wire: of a freeze") {
		t.Errorf("it doubts what is trusted:\n%s", got)
	}
}

func TestSelfcheckAnswers(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*selfcheck.Report)
		want   string
	}{
		{"not trusted", func(r *selfcheck.Report) { r.Trusted.Rate = 0 }, "This machine cannot be trusted at 1,000/s.\n"},
		{"interrupted", func(r *selfcheck.Report) { r.Trusted, r.Interrupted = nil, true },
			"How far this machine can be trusted is not known: the check was interrupted.\n"},
		{"not trusted, on a busy machine", func(r *selfcheck.Report) { r.Trusted.Rate, r.Engines[0].Pacing[0].IdleThread.P99NS = 0, 13*ms },
			"This machine cannot be trusted at 1,000/s. It wakes even a thread that only sleeps 13 ms late at\nP99: run this again when nothing else uses it.\n"},
		{"failed", func(r *selfcheck.Report) { r.Trusted = nil }, "is not known: the check could not be made.\n"},
		{"nothing measured", func(r *selfcheck.Report) {
			*r = selfcheck.Report{Interrupted: true, Engines: []selfcheck.Engine{{Name: "http"}}}
		},
			"How far this machine can be trusted is not known: the check was interrupted.\n"},
	} {
		r := trustedReport()
		tc.change(r)
		if got := selfcheckText(t, r); !strings.Contains(got, tc.want) {
			t.Errorf("%s: %s", tc.name, got)
		}
	}
}

func TestSelfcheckStep(t *testing.T) {
	for _, tc := range []struct {
		step selfcheck.Step
		want string
	}{
		{selfcheck.Step{Test: selfcheck.IdleThread, Length: 300 * ms}, "an idle thread, 300 ms"},
		{selfcheck.Step{Test: selfcheck.FrozenFor, Engine: "http", Rate: 500, Length: 4500 * ms}, "http: a freeze, 4.5 s"},
		{selfcheck.Step{Test: selfcheck.HigherRate, Engine: "wire", Rate: 50_000, Length: 1200 * ms}, "wire: 50,000/s, 1.2 s"},
	} {
		if got := SelfcheckStep(tc.step); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}

// Whatever an engine's name or a note holds, and however little was measured: no line is too wide or obeyed by a terminal.
func TestAnySelfcheckRenders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := trustedReport()
		r.Environment.Notes = rapid.SliceOfN(anyText(), 0, 3).Draw(t, "notes")
		for i := range r.Engines {
			e := &r.Engines[i]
			e.Name = anyText().Draw(t, "engine")
			e.Latency = e.Latency[:rapid.IntRange(0, len(e.Latency)).Draw(t, "latencies")]
			e.Pacing = e.Pacing[:rapid.IntRange(0, len(e.Pacing)).Draw(t, "tries")]
			if rapid.Bool().Draw(t, "no freeze") {
				e.Freeze, e.Fastest, e.TrustedRate = nil, nil, nil
			}
			for j := range e.Pacing {
				e.Pacing[j].Rate, e.Pacing[j].Lag.P99NS = rapid.SampledFrom([]float64{1000, 2000, 50_000}).Draw(t, "rate"), anyDuration().Draw(t, "lag")
			}
		}
		o := Options{Width: rapid.IntRange(20, 140).Draw(t, "width")}
		var b strings.Builder
		if err := WriteSelfcheck(&b, r, o); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			if displaywidth.String(line) > o.Width || strings.ContainsFunc(line, func(r rune) bool { return !harmless(r) }) {
				t.Fatalf("a line that is too wide or not harmless: %q", line)
			}
		}
	})
}
