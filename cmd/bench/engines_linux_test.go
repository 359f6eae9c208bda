package main

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// Both engines say the same of the same server: they differ in what they cost, not in what they measure.
func TestEnginesAgree(t *testing.T) {
	measured(t, func(t *testing.T, m *trial) {
		s := serve(t, "reference", "--service", "fixed:5ms")
		service, response := map[string][]time.Duration{}, map[string][]time.Duration{}
		for range 3 {
			for _, engine := range loadgen.Engines() {
				b := start(t, "sustained", s.url, "--engine", engine, "-r", "1000/s", "-d", "1s", "-o", "json=run.json")
				b.exit(t, exitOK)
				o := b.run(t).Overall
				service[engine] = append(service[engine], o.ServiceTime.P50NS)
				response[engine] = append(response[engine], o.ResponseTime.P50NS)
			}
		}
		median := func(of []time.Duration) time.Duration { return slices.Sorted(slices.Values(of))[1] }
		first := loadgen.Engines()[0]
		for _, engine := range loadgen.Engines()[1:] {
			if a, b := median(service[first]), median(service[engine]); (a - b).Abs() > a*3/100 {
				m.errorf("service time P50: %s %v, %s %v, want them within 3 %%", first, a, engine, b)
			}
			if a, b := median(response[first]), median(response[engine]); (a - b).Abs() > 300*time.Microsecond {
				m.errorf("response time P50: %s %v, %s %v, want them within 0.3 ms", first, a, engine, b)
			}
		}
	})
}
