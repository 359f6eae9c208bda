package compare

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Differences lists the differences between the plans and environments of two runs, other than their targets. Each of them
// alone may explain a difference in latency. nil means: no difference.
func Differences(a, b *runfile.Run) []string {
	list := a.Plan.Differences(&b.Plan)
	if a.Plan.Spread != b.Plan.Spread { // known when a host's addresses are
		list = append(list, "requests spread evenly over the addresses of a host, and not (to name one address makes them alike)")
	}
	if p, q := a.Protocols(), b.Protocols(); p != q && p != "" && q != "" && a.Plan.HTTP == b.Plan.HTTP {
		list = append(list, fmt.Sprintf("version of HTTP that was spoken: %s and %s", p, q))
	}
	return append(list, a.Environment.Differences(&b.Environment)...)
}
