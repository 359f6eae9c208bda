package compare

import (
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Differences names what differs between the plans and the environments of two runs, beside their targets: each alone may
// explain a difference of their latencies. nil means nothing does.
func Differences(a, b *runfile.Run) []string {
	list := a.Plan.Differences(&b.Plan)
	if a.Plan.Spread != b.Plan.Spread { // known when a host's addresses are
		list = append(list, "requests spread evenly over the addresses of a host, and not: name one with --connect-to")
	}
	return append(list, a.Environment.Differences(&b.Environment)...)
}
