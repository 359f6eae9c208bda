package compare

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What may explain a difference by how the network was used is named, without a flag.
func TestDifferencesOfTheNetworkAreNamed(t *testing.T) {
	for what, change := range map[string]func(*runfile.PlanRecord){
		"longest age":        func(p *runfile.PlanRecord) { p.ConnAgeNS = time.Second },
		"most requests over": func(p *runfile.PlanRecord) { p.ConnRequests = 10 },
		"are followed: 0":    func(p *runfile.PlanRecord) { p.Follow = 3 },
		"the hosts to which": func(p *runfile.PlanRecord) { p.FollowHosts = []string{"a.test"} },
		"version of HTTP":    func(p *runfile.PlanRecord) { p.HTTP = runfile.HTTP2 },
		"name asked for":     func(p *runfile.PlanRecord) { p.SNI = "a.test" },
	} {
		var p, q runfile.PlanRecord
		change(&q)
		if list := p.Differences(&q); len(list) != 1 || !strings.Contains(list[0], what) || strings.Contains(list[0], "--") {
			t.Errorf("%s: %q", what, list)
		}
		if list := q.Differences(&q); list != nil {
			t.Errorf("%s: a plan differs from itself: %q", what, list)
		}
	}
	var a, b runfile.Run
	b.Plan.Spread = runfile.SpreadRequests
	if list := Differences(&a, &b); len(list) != 1 || !strings.Contains(list[0], "name one address") {
		t.Errorf("spread: %q", list)
	}
}

// Runs that spoke what their servers preferred differ where the servers did.
func TestSpokenVersionsOfHTTPAreNamed(t *testing.T) {
	spoke := func(protocols ...string) *runfile.Run {
		r := new(runfile.Run)
		for _, p := range protocols {
			r.Connections = append(r.Connections, runfile.ConnectionFigures{Protocol: p, Opened: 1})
		}
		return r
	}
	for _, tc := range []struct {
		a, b *runfile.Run
		want string
	}{
		{spoke("HTTP/1.1"), spoke("HTTP/2.0"), "HTTP/1.1 and HTTP/2"},
		{spoke("HTTP/1.1"), spoke("HTTP/1.1", "HTTP/2.0"), "HTTP/1.1 and HTTP/1.1, HTTP/2"},
		{spoke("HTTP/2.0"), spoke("HTTP/2.0"), ""},
		{spoke("HTTP/2.0"), spoke(), ""},
	} {
		if list := Differences(tc.a, tc.b); len(list) > 0 != (tc.want != "") || len(list) > 0 && !strings.Contains(list[0], tc.want) {
			t.Errorf("want %q, got %q", tc.want, list)
		}
	}
}
