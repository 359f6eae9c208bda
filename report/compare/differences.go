package compare

import (
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/loadgen"
)

// Differences names what differs between the plans and the environments of two runs, beside their targets: each alone may
// explain a difference of their latencies. nil means nothing does.
func Differences(a, b *loadgen.Run) []string {
	return append(PlanDifferences(&a.Plan, &b.Plan), a.Environment.Differences(&b.Environment)...)
}

// PlanDifferences names what differs between two plans.
func PlanDifferences(p, q *loadgen.PlanRecord) []string {
	var d differing
	d.add("profile", p.Profile, q.Profile)
	d.add("arrivals", p.Arrivals, q.Arrivals)
	d.add("model", p.Model, q.Model)
	d.add("users", p.VUs, q.VUs)
	d.add("think time", p.ThinkNS, q.ThinkNS)
	d.add("connections", p.Connections, q.Connections)
	d.add("a new connection for each request", p.NoKeepAlive, q.NoKeepAlive)
	d.add("timeout", p.TimeoutNS, q.TimeoutNS)
	d.add("drain", p.DrainNS, q.DrainNS)
	d.add("deadline", p.DeadlineNS, q.DeadlineNS)
	d = append(d, p.EngineDifferences(q)...)
	d.add("phase in which the target is profiled", p.Profiled, q.Profiled)
	if !slices.Equal(p.Phases, q.Phases) {
		d = append(d, "the offered rates and lengths of the phases")
	}
	if !slices.Equal(p.Endpoints, q.Endpoints) {
		d = append(d, "the endpoints")
	}
	return d
}

// differing is what was found to differ.
type differing []string

func (d *differing) add(what string, x, y any) {
	if x != y {
		*d = append(*d, fmt.Sprintf("%s: %v and %v", what, x, y))
	}
}
