package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// SameTime returns an error where some runs were saved before target time was measured and others since. The old runs have
// only response times, which include bench's own lateness, so the two cannot be compared.
func SameTime(runs ...*runfile.Run) error {
	has := slices.ContainsFunc(runs, (*runfile.Run).HasTargetTime)
	if i := slices.IndexFunc(runs, func(r *runfile.Run) bool { return !r.HasTargetTime() }); has && i >= 0 {
		return fmt.Errorf("runs of %s from %s were saved before target time was measured, and others since: save them again to compare them",
			runs[i].Target.Name, runs[i].Started.UTC().Format("2006-01-02"))
	}
	return nil
}

const (
	mostlyDisturbed = 0.5  // share of disturbed requests, or journeys, from which on a round says too little
	mostUntold      = 0.01 // share of requests that bench may fail to send through its own fault
)

// Spoiled returns why a run is not evidence; "" where it is. A slow target is never a reason, nor is occasional lateness of
// bench. A run saved before target time was measured is judged by its verdict, as its latencies include the lateness.
func Spoiled(r *runfile.Run) string {
	var lacked uint64
	for _, e := range r.Errors {
		if e.OwnLimit() {
			lacked += e.Count
		}
	}
	due, untold := r.Overall.Requests.Due, uint64(0)
	if t := r.Overall.TargetTime; t != nil {
		untold = t.Untold
	}
	if tail := r.Tail; tail != nil && tail.TargetTime != nil { // the later steps of journeys that arrived before
		due, untold = due+tail.Requests.Due, untold+tail.TargetTime.Untold
	}
	a := arrivalsOf(r)
	switch t := r.Overall.TargetTime; {
	case r.Interrupted:
		return "it was ended early"
	case t == nil && r.Verdict.Kind.Spoiled():
		return string(r.Verdict.Kind) + ": " + strings.Join(r.Verdict.Evidence, "; ")
	case t == nil:
		return ""
	case lacked > 0:
		return fmt.Sprintf("bench reached a limit of its own, such as file descriptors or local ports, with %d requests", lacked)
	case float64(untold) > mostUntold*float64(due):
		return fmt.Sprintf("bench did not send %d of %d requests that it could have sent", untold, due)
	case float64(a.disturbed) > mostlyDisturbed*float64(a.due):
		return fmt.Sprintf("bench was late for %d of %d %s", a.disturbed, a.due, cmp.Or(a.unit, "requests"))
	}
	return ""
}

// dropped holds the results of the discarded quad: the target's usual times, and whether arrivals are stamped.
type dropped struct {
	times     runfile.Dist // target times of all arms
	unstamped bool         // some run has arrivals without stamps
}

func (d *dropped) add(r *runfile.Run) {
	d.unstamped = d.unstamped || r.Stamps == nil
	if r.HasTargetTime() {
		both := runfile.TargetTime{Undisturbed: d.times, Disturbed: r.Overall.TargetTime.All()} // of requests: a rule tells which of them are disturbed
		d.times = both.All()
	}
}

// Rule returns the rule that tells a disturbance, one for all rounds that count. It comes from the target times of all arms
// in the discarded quad. Before that quad is over it is the zero value, with which each run finds a rule of its own.
func (t *Trial) Rule() runfile.DisturbanceRule {
	if t.steps[0].Quad == 0 || t.dropped.times.Count == 0 {
		return runfile.DisturbanceRule{}
	}
	d := &t.dropped.times
	return runfile.RuleOf(d.P50NS, d.P95NS, !t.dropped.unstamped)
}
