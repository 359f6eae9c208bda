package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/page"
)

// inSpike is the state six seconds into the spike of the sketch that the line was designed on.
var inSpike = runfile.Progress{
	Target: "uncached", Phase: "spike", Kind: "spike", PhaseElapsed: 6 * time.Second, PhaseDuration: 8 * time.Second,
	Elapsed: 16 * time.Second, Total: 30 * time.Second, Offered: 600, Achieved: 103,
	Seconds:  []runfile.ProgressSecond{{Samples: 103, P50: runfile.ProgressFigure{Value: 2100 * ms}, P95: runfile.ProgressFigure{Value: 4700 * ms}, P99: runfile.ProgressFigure{Value: 4900 * ms}}},
	InFlight: 256, Waiting: 2812,
}

func TestLiveLine(t *testing.T) {
	drain, quiet := inSpike, inSpike
	drain.Draining, drain.Elapsed, drain.Offered = true, 31*time.Second, 0
	quiet.Seconds = nil
	counted := inSpike
	counted.Total, counted.PhaseDuration, counted.Most, counted.Sent = 168*time.Hour, 168*time.Hour, 4000, 1000
	for _, tc := range []struct {
		why   string
		state runfile.Progress
		width int
		want  string
	}{
		{"all of it", inSpike, 140,
			"uncached  spike 6 s of 8 · 16 of 30 s ▕█████▎    ▏ 600/s → 103/s · P50 2.1 s P95 4.7 s P99 4.9 s · 256 in flight, 2,812 waiting · 0 failed"},
		{"the bar goes first", inSpike, 130,
			"uncached  spike 6 s of 8 · 16 of 30 s 600/s → 103/s · P50 2.1 s P95 4.7 s P99 4.9 s · 256 in flight, 2,812 waiting · 0 failed"},
		{"then P95", inSpike, 118,
			"uncached  spike 6 s of 8 · 16 of 30 s 600/s → 103/s · P50 2.1 s P99 4.9 s · 256 in flight, 2,812 waiting · 0 failed"},
		{"then the queue", inSpike, 99,
			"uncached  spike 6 s of 8 · 16 of 30 s 600/s → 103/s · P50 2.1 s P99 4.9 s · 0 failed"},
		{"what is left is cut", inSpike, 30, "uncached  spike 6 s of 8 600/…"},
		{"the drain", drain, 150,
			"uncached  waiting for the last answers · 31 of 30 s ▕██████████▏ 0/s → 103/s · P50 2.1 s P95 4.7 s P99 4.9 s · 256 in flight, 2,812 waiting · 0 failed"},
		{"no figure where nothing was measured", quiet, 115,
			"uncached  spike 6 s of 8 · 16 of 30 s 600/s → 103/s · nothing finished · 256 in flight, 2,812 waiting · 0 failed"},
		{"what ends with a number of requests", counted, 150,
			"uncached  spike 6 s · 1,000 of 4,000 requests ▕██▌       ▏ 600/s → 103/s · P50 2.1 s P95 4.7 s P99 4.9 s · 256 in flight, 2,812 waiting · 0 failed"},
		{"nothing known", runfile.Progress{}, 110, "   0 s of 0 · 0 of 0 s ▕          ▏ 0/s → 0/s · nothing finished · 0 in flight, 0 waiting · 0 failed"},
	} {
		got := liveLine(tc.state, tc.width)
		if got != tc.want || page.Columns(got) > tc.width {
			t.Errorf("%s, %d columns:\n got %q\nwant %q", tc.why, tc.width, got, tc.want)
		}
	}
}

func TestLiveOnTerminal(t *testing.T) {
	var out bytes.Buffer
	l := NewLive(&out, true, false, 100)
	longer, shorter := inSpike, inSpike
	longer.Failed = 1_234_567
	screen := func() string { // what a terminal shows of a line that is written over
		shown := []rune(nil)
		at := 0
		for _, r := range out.String() {
			if r == '\r' {
				at = 0
				continue
			}
			if at == len(shown) {
				shown = append(shown, r)
			} else {
				shown[at] = r
			}
			at++
		}
		return strings.TrimRight(string(shown), " ")
	}
	for _, state := range []runfile.Progress{inSpike, longer, shorter} {
		l.Update(state)
		if want := liveLine(state, 99); screen() != want {
			t.Errorf("the terminal shows %q, want %q", screen(), want)
		}
	}
	l.Done()
	if screen() != "" {
		t.Errorf("after Done the terminal shows %q", screen())
	}
	if written := out.Len(); true {
		if l.Done(); out.Len() != written {
			t.Error("a second Done wrote something")
		}
	}
	if strings.ContainsAny(out.String(), "\n\x1b") {
		t.Errorf("a line without colour is made of text and carriage returns only: %q", out.String())
	}
}

func TestLiveElsewhere(t *testing.T) {
	var out bytes.Buffer
	l := NewLive(&out, false, true, 100)
	// Four states a second, of two targets of 12 s each and 2 s of drain.
	for _, target := range []string{"cached", "uncached"} {
		for at := time.Duration(0); at < 14*time.Second; at += 250 * ms {
			p := inSpike
			p.Target, p.Elapsed, p.Total, p.Draining = target, at, 12*time.Second, at >= 12*time.Second
			l.Update(p)
		}
	}
	l.Done()
	var want strings.Builder
	for _, target := range []string{"cached", "uncached"} {
		const rest = "600/s → 103/s, P50 2.1 s, P95 4.7 s, P99 4.9 s, 256 in flight, 2,812 waiting, 0 failed\n"
		want.WriteString(target + ": spike 6 s of 8, 5 of 12 s: " + rest)
		want.WriteString(target + ": spike 6 s of 8, 10 of 12 s: " + rest)
		want.WriteString(target + ": waiting for the last answers, 12 of 12 s: " + rest)
	}
	if out.String() != want.String() {
		t.Errorf("%s", diff(want.String(), out.String()))
	}
}
