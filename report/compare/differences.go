package compare

import (
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/loadgen"
)

// Differences names what differs between the plans and the environments of two runs, beside their targets: each alone may
// explain a difference of their latencies. nil means nothing does.
func Differences(a, b *loadgen.Run) []string {
	var list []string
	add := func(what string, x, y any) {
		if x != y {
			list = append(list, fmt.Sprintf("%s: %v and %v", what, x, y))
		}
	}
	p, q := &a.Plan, &b.Plan
	add("profile", p.Profile, q.Profile)
	add("arrivals", p.Arrivals, q.Arrivals)
	add("model", p.Model, q.Model)
	add("users", p.VUs, q.VUs)
	add("think time", p.ThinkNS, q.ThinkNS)
	add("connections", p.Connections, q.Connections)
	add("a new connection for each request", p.NoKeepAlive, q.NoKeepAlive)
	add("timeout", p.TimeoutNS, q.TimeoutNS)
	add("deadline", p.DeadlineNS, q.DeadlineNS)
	add("engine", p.Engine, q.Engine)
	add("phase in which the target is profiled", p.Profiled, q.Profiled)
	if !slices.Equal(p.Phases, q.Phases) {
		list = append(list, "the offered rates and lengths of the phases")
	}
	if !slices.Equal(p.Endpoints, q.Endpoints) {
		list = append(list, "the endpoints")
	}
	e, f := &a.Environment, &b.Environment
	add("system", e.OS+"/"+e.Arch, f.OS+"/"+f.Arch)
	add("kernel", e.Kernel, f.Kernel)
	add("processor", e.CPU, f.CPU)
	add("processors", e.Processors, f.Processors)
	add("sharing of processors", e.CPUs, f.CPUs)
	return list
}
