package live

import (
	"io"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// watched is inSpike with all that a panel can tell.
func watched(t testing.TB) runfile.Progress {
	t.Helper()
	parse := func(text string) runfile.Threshold {
		c, err := runfile.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	p, share := inSpike(), 0.011
	p.Failed, p.Failures = 1234, runfile.KindCounts{"status 503": 1200, "timeout": 34}
	p.TargetCPU = runfile.ProgressCPU{Known: true, Used: 0.98, Of: 1}
	p.BenchCPU = runfile.ProgressCPU{Known: true, Used: 0.09}
	p.Limits = []runfile.ProgressLimit{{Threshold: parse("p50<3s")}, {Threshold: parse("p99<200ms"), Crossed: true}}
	p.Conditions = []runfile.ProgressCondition{{Threshold: parse("errors>1%"), Actual: &share, Holds: true}, {Threshold: parse("p99>10s")}}
	return p
}

func texts(lines []line) string {
	var b strings.Builder
	for i := range lines {
		b.WriteString(lines[i].text(false) + "\n")
	}
	return b.String()
}

func TestPanel(t *testing.T) {
	p := watched(t)
	want := `uncached  spike 6 s of 8 · 16 of 30 s  ▕████████████▊           ▏ 14 s left
rate     asked 600/s, got 103/s  ▂▂▂▂▂▂▂▂▂▂██████
P50      2.1 s                   ▁▁▁▁▁▁▁▁▁▁▇▇▇▇▇▇  limit p50<3s
P95      ≥ 4.7 s                 ▂▂▂▂▂▂▂▂▂▂██████
P99      ≥ 4.9 s                 ▂▂▂▂▂▂▂▂▂▂██████  crosses p99<200ms
failed   1,234  status 503 1,200, timeout 34
open     256 in flight, 2,812 waiting
cpus     target 0.98 of 1, bench 0.09
abort on errors>1%: 1.1 % so far
abort on p99>10s: nothing judged yet
`
	if got := texts(panel(&p, 80, 24)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	// A low terminal keeps what matters most, and the row below it.
	low := texts(panel(&p, 80, 5))
	if got := strings.Count(low, "\n"); got != 4 || !strings.HasPrefix(low, "uncached") || !strings.Contains(low, "P99") || !strings.Contains(low, "failed") {
		t.Errorf("on 5 rows\n%s", low)
	}
	p.Draining, p.Seconds = true, nil
	if got := texts(panel(&p, 80, 24)); !strings.Contains(got, "waiting for the last answers") || !strings.Contains(got, "P50      no answer yet") {
		t.Errorf("in the drain\n%s", got)
	}
	counted := inSpike()
	counted.Most, counted.Sent = 4000, 1000
	if got := texts(panel(&counted, 80, 24)); !strings.HasPrefix(got, "uncached  spike 6 s · 1,000 of 4,000 requests  ▕██████                  ▏\n") {
		t.Errorf("of so many requests\n%s", got)
	}
}

// Whatever a run is called and comes to: no panic, no line beyond the width, nothing that a terminal would obey.
func TestAnyPanel(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("\x00\a\b\t\n\r\x1b\x7f\u009b\u200d\u202e\u3000漢🇩🇪[31mA"))))
	length := rapid.Map(rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, int64(time.Hour))), func(n int64) time.Duration { return time.Duration(n) })
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Inf(1), math.NaN(), -1}))
	rapid.Check(t, func(t *rapid.T) {
		figure := func() runfile.Figure {
			return runfile.Figure{Value: length.Draw(t, "figure"), AtLeast: rapid.Bool().Draw(t, "at least")}
		}
		actual := number.Draw(t, "actual")
		p := runfile.Progress{
			Target: text.Draw(t, "target"), Phase: text.Draw(t, "phase"), PhaseElapsed: length.Draw(t, "phase elapsed"), Elapsed: length.Draw(t, "elapsed"),
			Total: length.Draw(t, "total"), Draining: rapid.Bool().Draw(t, "draining"), Offered: number.Draw(t, "offered"), Achieved: number.Draw(t, "achieved"),
			Failed: rapid.Uint64().Draw(t, "failed"), Failures: runfile.KindCounts{text.Draw(t, "kind"): rapid.Uint64().Draw(t, "of the kind")},
			BenchCPU:   runfile.ProgressCPU{Known: true, Used: number.Draw(t, "used")},
			Limits:     []runfile.ProgressLimit{{Threshold: runfile.Threshold{Text: text.Draw(t, "limit"), Metric: runfile.MetricErrors}, Crossed: true}},
			Conditions: []runfile.ProgressCondition{{Threshold: runfile.Threshold{Text: text.Draw(t, "condition"), Metric: runfile.MetricRate}, Actual: &actual}},
		}
		for range rapid.IntRange(0, runfile.ProgressSeconds).Draw(t, "seconds") {
			p.Seconds = append(p.Seconds, runfile.ProgressSecond{Due: rapid.Uint64().Draw(t, "due"), Samples: rapid.Uint64Range(0, 1).Draw(t, "samples"), P50: figure(), P95: figure(), P99: figure()})
		}
		width, height := rapid.IntRange(1, 220).Draw(t, "width"), rapid.IntRange(1, 60).Draw(t, "height")
		lines := panel(&p, width, height)
		if len(lines) > max(height-1, 1) {
			t.Fatalf("%d lines on %d rows", len(lines), height)
		}
		for i := range lines {
			shown := lines[i].text(false)
			if page.Columns(shown) > width-1 || strings.ContainsFunc(shown, func(r rune) bool { return unicode.Is(unicode.C, r) }) {
				t.Fatalf("%d columns: %q", width, shown)
			}
		}
		plainLine(&p)
	})
}

// A second of the panel: a state, and four frames of it. So much of a processor it takes.
func BenchmarkSecond(b *testing.B) {
	e := newView(output{w: io.Discard, size: func() (int, int) { return 200, 60 }, foreground: func() bool { return true }, color: true})
	p, now := watched(b), time.Unix(0, 0)
	b.ReportAllocs()
	for b.Loop() {
		p.Elapsed += time.Second
		e.tell(p, now)
		for range 4 {
			now = now.Add(frameEvery)
			e.frame(now)
		}
	}
}
