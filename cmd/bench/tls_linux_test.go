package main

import "testing"

// A bundled service serves https to the command that drives it, by which it alone is trusted; what it served is in the plan.
func TestBundledServicesOverTLS(t *testing.T) {
	t.Parallel()
	skipShort(t)
	for _, version := range []string{"1.1", "2", "3"} {
		b := start(t, "sustained", "cached", "--tls", "--http", version, "-r", "20/s", "-d", "1s", "-o", "json=run.json")
		b.exit(t, exitOK)
		run := b.run(t)
		if q := run.Requests; q.Succeeded != q.Due || q.Due == 0 || !run.Plan.ServedTLS || run.Plan.HTTP != version {
			t.Errorf("--http %s: %+v, served by https %v, HTTP %s", version, q, run.Plan.ServedTLS, run.Plan.HTTP)
		}
		want := map[string][2]string{"1.1": {"wire", "HTTP/1.1"}, "2": {"wire", "HTTP/2.0"}, "3": {"http", "HTTP/3.0"}}[version]
		if list := run.Connections; len(list) != 1 || list[0].Protocol != want[1] || list[0].TLS != "TLS 1.3" || run.Plan.Engine != want[0] {
			t.Errorf("--http %s: by %s over %+v, want %v", version, run.Plan.Engine, list, want)
		}
	}
	b := start(t, "sustained", "http://127.0.0.1:1/", "--tls", "-r", "20/s", "-d", "1s")
	b.exit(t, exitUsage)
}
