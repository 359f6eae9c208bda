package live

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

const ms = time.Millisecond

// inSpike is the state six seconds into a spike that a service does not carry.
func inSpike() runfile.Progress {
	p := runfile.Progress{
		Target: "uncached", Phase: "spike", Kind: "spike", PhaseElapsed: 6 * time.Second, PhaseDuration: 8 * time.Second,
		Elapsed: 16 * time.Second, Total: 30 * time.Second, Offered: 600, Achieved: 103, InFlight: 256, Waiting: 2812,
	}
	for i := range 16 {
		s := runfile.ProgressSecond{Due: 100, OK: 100, Samples: 100, P50: runfile.Figure{Value: 2 * ms}, P95: runfile.Figure{Value: 5 * ms}, P99: runfile.Figure{Value: 9 * ms}}
		if i >= 10 {
			s = runfile.ProgressSecond{Due: 600, OK: 103, Open: 497, Samples: 600, P50: runfile.Figure{Value: 2100 * ms}, P95: runfile.Figure{Value: 4700 * ms, AtLeast: true}, P99: runfile.Figure{Value: 4900 * ms, AtLeast: true}}
		}
		p.Seconds = append(p.Seconds, s)
	}
	return p
}

func TestPlainLines(t *testing.T) {
	var out bytes.Buffer
	v := Start(&out, nil)
	// Four states a second, of two targets of 12 s each and 2 s of drain.
	for _, target := range []string{"cached", "uncached"} {
		for at := time.Duration(0); at < 14*time.Second; at += 250 * ms {
			p := inSpike()
			p.Target, p.Elapsed, p.Total, p.Draining = target, at, 12*time.Second, at >= 12*time.Second
			v.Update(p)
		}
	}
	v.Done()
	var want strings.Builder
	for _, target := range []string{"cached", "uncached"} {
		const rest = "600/s → 103/s, P50 2.1 s, P95 ≥ 4.7 s, P99 ≥ 4.9 s, 256 in flight, 2,812 waiting, 0 failed\n"
		want.WriteString(target + ": spike 6 s of 8, 5 of 12 s: " + rest)
		want.WriteString(target + ": spike 6 s of 8, 10 of 12 s: " + rest)
		want.WriteString(target + ": waiting for the last answers, 12 of 12 s: " + rest)
	}
	if out.String() != want.String() {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want.String())
	}
}

// When the later steps of journeys are due hangs on answers, so what waits is not told; how many journeys go on is.
func TestJourneysInProgress(t *testing.T) {
	p, n := inSpike(), uint64(1200)
	p.Journeys, p.Waiting = &n, 0
	if text := plainLine(&p); !strings.Contains(text, ", 256 in flight, 1,200 journeys in progress, 0 failed") || strings.Contains(text, "waiting") {
		t.Error(text)
	}
}
