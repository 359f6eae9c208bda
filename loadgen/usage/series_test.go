package usage

import (
	"math"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"pgregory.net/rapid"
)

// However long a run, a series stays below its limit, covers the whole run, keeps its newest half as sampled, and its
// sums and peaks are those of all that was ever added.
func TestSeriesThinsWithoutLoss(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(4, 40).Draw(rt, "limit")
		n := rapid.IntRange(0, 500).Draw(rt, "samples")
		s := series[runfile.ProcessSample]{limit: limit}
		h := series[runfile.HostSample]{limit: limit}
		var all []runfile.ProcessSample
		var cpu time.Duration
		var switches, network uint64
		var peak uint64
		var busySeconds float64
		at := time.Duration(0)
		for range n {
			span := time.Duration(rapid.IntRange(1, 3).Draw(rt, "s")) * time.Second
			at += span
			p := runfile.ProcessSample{
				AtNS:       at,
				CPUNS:      time.Duration(rapid.IntRange(0, 1e9).Draw(rt, "cpu")),
				RunDelayNS: time.Duration(rapid.IntRange(0, 1e9).Draw(rt, "delay")),
				RSS:        rapid.Uint64Range(0, 1e9).Draw(rt, "rss"),
				Switches:   rapid.Uint64Range(0, 1e6).Draw(rt, "switches"),
			}
			busy := rapid.Float64Range(0, 1).Draw(rt, "busy")
			s.add(p)
			h.add(runfile.HostSample{AtNS: at, Busy: busy, NetworkIn: p.Switches})
			all = append(all, p)
			cpu, switches, network = cpu+p.CPUNS+p.RunDelayNS, switches+p.Switches, network+p.Switches
			peak = max(peak, p.RSS)
			busySeconds += busy * span.Seconds()
			if len(s.samples) >= limit || len(h.samples) >= limit {
				rt.Fatalf("%d samples after %d, want below the limit %d", len(s.samples), len(all), limit)
			}
		}
		for _, p := range s.samples {
			cpu, switches = cpu-p.CPUNS-p.RunDelayNS, switches-p.Switches
		}
		var gotPeak uint64
		for _, p := range s.samples {
			gotPeak = max(gotPeak, p.RSS)
		}
		if cpu != 0 || switches != 0 || gotPeak != peak {
			rt.Errorf("of %d samples, %d kept: %v and %d switches lost, peak %d, want %d", n, len(s.samples), cpu, switches, gotPeak, peak)
		}
		from := time.Duration(0)
		for _, p := range h.samples {
			busySeconds -= p.Busy * (p.AtNS - from).Seconds()
			network -= p.NetworkIn
			if p.AtNS <= from {
				rt.Errorf("a sample at %v follows one at %v", p.AtNS, from)
			}
			from = p.AtNS
		}
		if from != at || network != 0 || math.Abs(busySeconds) > 1e-6 {
			rt.Errorf("kept up to %v of %v; lost %d bytes and %v busy seconds", from, at, network, busySeconds)
		}
		newest := min(n, limit/2)
		for i := range newest {
			if got, want := s.samples[len(s.samples)-1-i], all[n-1-i]; got != want {
				rt.Errorf("sample %d from the end is %+v, want it as added: %+v", i, got, want)
			}
		}
	})
}
