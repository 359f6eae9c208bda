package compare

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What may explain a difference by how the network was used is named, with its flag.
func TestDifferencesOfTheNetworkAreNamed(t *testing.T) {
	for flag, change := range map[string]func(*runfile.PlanRecord){
		"--max-conn-age":      func(p *runfile.PlanRecord) { p.ConnAgeNS = time.Second },
		"--max-conn-requests": func(p *runfile.PlanRecord) { p.ConnRequests = 10 },
		"--follow)":           func(p *runfile.PlanRecord) { p.Follow = 3 },
		"--follow-hosts":      func(p *runfile.PlanRecord) { p.FollowHosts = []string{"a.test"} },
		"--sni":               func(p *runfile.PlanRecord) { p.SNI = "a.test" },
	} {
		var p, q runfile.PlanRecord
		change(&q)
		if list := p.Differences(&q); len(list) != 1 || !strings.Contains(list[0], flag) {
			t.Errorf("%s: %q", flag, list)
		}
		if list := q.Differences(&q); list != nil {
			t.Errorf("%s: a plan differs from itself: %q", flag, list)
		}
	}
	var a, b runfile.Run
	b.Plan.Spread = runfile.SpreadRequests
	if list := Differences(&a, &b); len(list) != 1 || !strings.Contains(list[0], "--connect-to") {
		t.Errorf("spread: %q", list)
	}
}
