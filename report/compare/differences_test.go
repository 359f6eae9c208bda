package compare

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// What may explain a difference by how the network was used is named, with its flag.
func TestDifferencesOfTheNetworkAreNamed(t *testing.T) {
	for flag, change := range map[string]func(*loadgen.PlanRecord){
		"--max-conn-age":      func(p *loadgen.PlanRecord) { p.ConnAgeNS = time.Second },
		"--max-conn-requests": func(p *loadgen.PlanRecord) { p.ConnRequests = 10 },
		"--follow)":           func(p *loadgen.PlanRecord) { p.Follow = 3 },
		"--follow-hosts":      func(p *loadgen.PlanRecord) { p.FollowHosts = []string{"a.test"} },
		"--sni":               func(p *loadgen.PlanRecord) { p.SNI = "a.test" },
	} {
		var p, q loadgen.PlanRecord
		change(&q)
		if list := p.Differences(&q); len(list) != 1 || !strings.Contains(list[0], flag) {
			t.Errorf("%s: %q", flag, list)
		}
		if list := q.Differences(&q); list != nil {
			t.Errorf("%s: a plan differs from itself: %q", flag, list)
		}
	}
	var a, b loadgen.Run
	b.Plan.Spread = loadgen.SpreadRequests
	if list := Differences(&a, &b); len(list) != 1 || !strings.Contains(list[0], "--connect-to") {
		t.Errorf("spread: %q", list)
	}
}
