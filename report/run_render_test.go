package report

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/clipperhouse/displaywidth"
	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/racetest"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

var colours = regexp.MustCompile(`\x1b\[[0-9]+m`)

// TestAnyRunRenders holds whatever a run file may say: no panic, no line beyond the width, nothing that a terminal would
// obey, and the same words with colour as without.
func TestAnyRunRenders(t *testing.T) {
	racetest.Skip(t)
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(anyRun(), 1, 4).Draw(t, "runs")
		o := Options{
			Width: rapid.IntRange(20, 140).Draw(t, "width"), Verbose: rapid.Bool().Draw(t, "verbose"),
			FromFile: rapid.Bool().Draw(t, "from file"), Command: anyText().Draw(t, "command"), Saved: anyText().Draw(t, "saved"),
			Next: rapid.SliceOfN(anyText(), 0, 2).Draw(t, "next"),
		}
		var plain, coloured strings.Builder
		if err := WriteTerminal(&plain, runs, o); err != nil {
			t.Fatal(err)
		}
		o.Color = true
		if err := WriteTerminal(&coloured, runs, o); err != nil {
			t.Fatal(err)
		}
		if got := colours.ReplaceAllString(coloured.String(), ""); got != plain.String() {
			t.Fatalf("colour changed the words:\n%s", diff(plain.String(), got))
		}
		for line := range strings.Lines(plain.String()) {
			line = strings.TrimSuffix(line, "\n")
			if w := displaywidth.String(line); w > o.Width {
				t.Fatalf("%d columns, the width is %d: %q", w, o.Width, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return !harmless(r) }) {
				t.Fatalf("a line that is not harmless: %q", line)
			}
		}
	})
}

func anyDuration() *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.OneOf(
		rapid.Int64(), rapid.Int64Range(0, int64(time.Hour)), rapid.Int64Range(0, int64(time.Second)), rapid.SampledFrom([]int64{0, math.MaxInt64, math.MinInt64}),
	), func(n int64) time.Duration { return time.Duration(n) })
}

func anyRate() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(0, 1e6), rapid.Float64(), rapid.SampledFrom([]float64{0, math.Inf(1), math.NaN(), -1}))
}

func anyCount() *rapid.Generator[uint64] {
	return rapid.OneOf(rapid.Uint64Range(0, 10_000), rapid.Uint64())
}

// anyDist is a real distribution, or figures without their histogram, as they stand before a file is checked.
func anyDist() *rapid.Generator[runfile.Dist] {
	return rapid.Custom(func(t *rapid.T) runfile.Dist {
		if rapid.Bool().Draw(t, "real") {
			values := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, int64(time.Hour)), func(n int64) time.Duration { return time.Duration(n) }), 0, 5)
			return runfile.NewDist(2, values.Draw(t, "values"), values.Draw(t, "censored"))
		}
		d := anyDuration()
		return runfile.Dist{Count: anyCount().Draw(t, "count"), MeanNS: d.Draw(t, "mean"), P50NS: d.Draw(t, "p50"), P95NS: d.Draw(t, "p95"),
			P99NS: d.Draw(t, "p99"), P999NS: d.Draw(t, "p999"), MaxNS: d.Draw(t, "max"),
			AtLeast: rapid.SliceOfN(rapid.SampledFrom([]string{"mean_ns", "p50_ns", "p99_ns", "nonsense"}), 0, 3).Draw(t, "at least")}
	})
}

func anyVerdict() *rapid.Generator[runfile.Verdict] {
	return rapid.Custom(func(t *rapid.T) runfile.Verdict {
		kind := rapid.OneOf(rapid.SampledFrom([]string{"VALID", "TARGET-LIMITED", "GENERATOR-LIMITED", "HOST-LIMITED", ""}), anyText())
		return runfile.Verdict{Kind: runfile.VerdictKind(kind.Draw(t, "kind")), Evidence: rapid.SliceOfN(anyText(), 0, 3).Draw(t, "evidence")}
	})
}

func anyKind() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"warmup", "baseline", "spike", "recovery", "ramp", "hold", "step"}), anyText())
}

func anyRequests() *rapid.Generator[runfile.Requests] {
	return rapid.Custom(func(t *rapid.T) runfile.Requests {
		n := anyCount()
		return runfile.Requests{Planned: n.Draw(t, "planned"), Due: n.Draw(t, "due"), Succeeded: n.Draw(t, "succeeded"),
			Failed: n.Draw(t, "failed"), Unfinished: n.Draw(t, "unfinished"), Unsent: n.Draw(t, "unsent")}
	})
}

func anyPhase() *rapid.Generator[runfile.Phase] {
	return rapid.Custom(func(t *rapid.T) runfile.Phase {
		d, cpu := anyDist(), anyDuration().Draw(t, "cpu")
		p := runfile.Phase{Name: anyText().Draw(t, "name"), Kind: profiles.Kind(anyKind().Draw(t, "kind")), StartNS: anyDuration().Draw(t, "start"),
			DurationNS: anyDuration().Draw(t, "duration"), Verdict: anyVerdict().Draw(t, "verdict"),
			Offered:  runfile.Rate{Rate: anyRate().Draw(t, "offered")},
			Achieved: runfile.Rate{Count: anyCount().Draw(t, "achieved"), Rate: anyRate().Draw(t, "achieved")},
			Requests: anyRequests().Draw(t, "requests"), ResponseTime: d.Draw(t, "response"), ServiceTime: d.Draw(t, "service"),
			Wait: d.Draw(t, "wait"), Lag: d.Draw(t, "lag"), Connect: d.Draw(t, "connect"),
			Cache:   runfile.Cache{Hits: anyCount().Draw(t, "hits"), Misses: anyCount().Draw(t, "misses")},
			Backlog: runfile.Backlog{Peak: anyCount().Draw(t, "peak")}}
		if rapid.Bool().Draw(t, "more") {
			p.CPU = runfile.CPU{Generator: &cpu, Target: &cpu}
			state := rapid.OneOf(rapid.SampledFrom([]string{"recovered", "not recovered", "not measurable"}), anyText())
			p.Recovery = &runfile.Recovery{State: runfile.RecoveryState(state.Draw(t, "state")), AfterNS: anyDuration().Draw(t, "after"), Reason: anyText().Draw(t, "reason")}
			p.ServerTiming = []runfile.ServerTiming{{Name: anyText().Draw(t, "timing"), Count: anyCount().Draw(t, "timings"), SumNS: cpu}}
			p.Endpoints = []runfile.Endpoint{{Name: anyText().Draw(t, "endpoint"), Class: runfile.Class(rapid.OneOf(
				rapid.SampledFrom([]string{"ok", "hit", "miss", "failed"}), anyText()).Draw(t, "class")), ResponseTime: d.Draw(t, "endpoint")}}
		}
		return p
	})
}

func anyRun() *rapid.Generator[*runfile.Run] {
	return rapid.Custom(func(t *rapid.T) *runfile.Run {
		if rapid.IntRange(0, 9).Draw(t, "none") == 0 {
			return &runfile.Run{}
		}
		text := anyText()
		run := &runfile.Run{
			Target: runfile.Target{Name: rapid.OneOf(rapid.SampledFrom([]string{"cached", "uncached"}), text).Draw(t, "target"), URL: text.Draw(t, "url"),
				Bundled: rapid.Bool().Draw(t, "bundled")},
			Plan: runfile.PlanRecord{Profile: text.Draw(t, "profile"), Arrivals: text.Draw(t, "arrivals"), VUs: rapid.Int().Draw(t, "vus"),
				Model: rapid.SampledFrom([]string{"open", "closed", ""}).Draw(t, "model"), Engine: text.Draw(t, "engine")},
			Started: time.Unix(rapid.Int64().Draw(t, "started"), 0),
			Environment: runfile.Environment{CPU: text.Draw(t, "cpu"), Processors: rapid.Int().Draw(t, "processors"), Clock: text.Draw(t, "clock"),
				TargetCPUs:    rapid.SliceOfN(rapid.Int(), 0, 3).Draw(t, "target cpus"),
				GeneratorCPUs: rapid.SliceOfN(rapid.IntRange(0, 4), 0, 3).Draw(t, "generator cpus"), Notes: rapid.SliceOfN(text, 0, 2).Draw(t, "notes")},
			Verdict: anyVerdict().Draw(t, "verdict"), Interrupted: rapid.IntRange(0, 4).Draw(t, "interrupted") == 0,
			Requests: anyRequests().Draw(t, "requests"), Overall: anyPhase().Draw(t, "overall"),
			Phases: rapid.SliceOfN(anyPhase(), 0, 15).Draw(t, "phases"),
			Errors: []runfile.ErrorCount{{Kind: text.Draw(t, "kind"), Count: anyCount().Draw(t, "errors"), LastNS: anyDuration().Draw(t, "last"), Sample: text.Draw(t, "sample")}},
			Events: []runfile.Event{{Kind: runfile.EventKind(text.Draw(t, "event")), DurationNS: anyDuration().Draw(t, "lasting"), Text: text.Draw(t, "words")}},
			Resources: runfile.Resources{
				Generator: []runfile.ProcessSample{{CPUNS: anyDuration().Draw(t, "cpu time"), RSS: anyCount().Draw(t, "rss"), Threads: rapid.Int().Draw(t, "threads")}},
				Host:      []runfile.HostSample{{Busy: anyRate().Draw(t, "busy"), StealNS: anyDuration().Draw(t, "steal")}}},
		}
		for _, p := range run.Phases {
			if rapid.Bool().Draw(t, "planned") {
				run.Plan.Phases = append(run.Plan.Phases, runfile.PhaseRecord{Name: p.Name, Kind: p.Kind, DurationNS: p.DurationNS, From: anyRate().Draw(t, "from"), To: anyRate().Draw(t, "to")})
			}
		}
		for range rapid.IntRange(0, 90).Draw(t, "seconds") {
			run.Intervals = append(run.Intervals, runfile.Interval{StartNS: anyDuration().Draw(t, "second"), Due: anyCount().Draw(t, "due"),
				ResponseTime: runfile.Dist{Count: rapid.Uint64Range(0, 3).Draw(t, "count"), P99NS: anyDuration().Draw(t, "p99")}})
		}
		return run
	})
}

// anyText draws strings that are likely to be harmful, as those that package page is tested with.
func anyText() *rapid.Generator[string] {
	harmful := []rune("\x00\a\b\t\n\r\x1b\x7f\u0085\u009b\u00ad\u0301\u034f\u115f\u200b\u200d\u200e\u2028\u2029\u202e\u2066\u3000\u3164\ue000\ufe0f\ufeff漢한🇩🇪👍🏽e/ {%[31m|<&=+-@")
	return rapid.OneOf(
		rapid.String(),
		rapid.StringOf(rapid.SampledFrom(harmful)),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 40), func(b []byte) string { return string(b) }),
	)
}

func harmless(r rune) bool {
	return r != '\u2028' && r != '\u2029' && !unicode.Is(unicode.C, r) && !unicode.Is(unicode.Variation_Selector, r)
}
