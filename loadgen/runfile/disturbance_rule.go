package runfile

import "time"

// DisturbanceRule says what counts as a disturbance, an interval in which bench could have sent and did not until it had caught
// up, and which requests it disturbs: those intended from Window before it until five times its length after its end. It reads
// bench's own clock and no latency, so it favours neither of two services.
type DisturbanceRule struct {
	Bound  time.Duration // a disturbance is longer than this
	Window time.Duration // how long before a disturbance a request may be intended that was still on its way in it
}

// The bounds of a disturbance rule that is taken from what was measured.
const (
	// minBound is below what a target's median would be moved by, and above what waking up takes on an idle machine.
	minBound = time.Millisecond
	// boundShare of the target's median is no disturbance: what is in flight is longer by at most so much.
	boundShare = 10
	minWindow  = 5 * time.Millisecond
	// maxWindow holds where the kernel stamps arrivals: what came in the disturbance is not read late, whatever was in flight.
	maxWindow = 50 * time.Millisecond
)

// RuleOf returns the rule for a target of that median and 95th percentile, in whose runs arrivals are stamped by the kernel or
// not: the bound is a tenth of the median, at least 1 ms; the window is the percentile, at least 5 ms, and at most 50 ms where
// the kernel stamps.
func RuleOf(median, p95 time.Duration, stamped bool) DisturbanceRule {
	r := DisturbanceRule{Bound: max(minBound, median/boundShare), Window: max(minWindow, p95)}
	if stamped {
		r.Window = min(r.Window, maxWindow)
	}
	return r
}
