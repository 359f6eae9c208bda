package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// latencies returns what is compared of a run: the target time of the requests that bench's own lateness did not disturb, or
// of a run that was saved before that was measured, its response times.
func latencies(r *runfile.Run) *runfile.Dist {
	if t := r.Overall.TargetTime; t != nil {
		return &t.Undisturbed
	}
	return &r.Overall.ResponseTime
}

// allLatencies returns the same of all requests, disturbed ones too.
func allLatencies(r *runfile.Run) *runfile.Dist {
	t := r.Overall.TargetTime
	if t == nil || t.Disturbed.Count == 0 {
		return latencies(r)
	}
	all := t.All()
	return &all
}

// SameTime returns an error where some of the runs were saved before target time was measured and others since: of the one only
// response times are known, with bench's own lateness in them, and the others are compared without it.
func SameTime(runs ...*runfile.Run) error {
	has := slices.ContainsFunc(runs, (*runfile.Run).HasTargetTime)
	if i := slices.IndexFunc(runs, func(r *runfile.Run) bool { return !r.HasTargetTime() }); has && i >= 0 {
		return fmt.Errorf("runs of %s from %s were saved before target time was measured, and others since: save them again to compare them",
			runs[i].Target.Name, runs[i].Started.UTC().Format("2006-01-02"))
	}
	return nil
}

const (
	mostlyDisturbed = 0.5  // share of a round's requests from which on it says too little
	mostUntold      = 0.01 // share that bench may fail to send though it could have
)

// Spoiled says why a run is no evidence, which is never that its target was slow or that bench was late now and then; "" where
// it is. Of a run that was saved before target time was measured the verdict says it, as the lateness is in its latencies.
func Spoiled(r *runfile.Run) string {
	var lacked uint64
	for _, e := range r.Errors {
		if e.Kind == runfile.OutOfDescriptors || e.Kind == runfile.OutOfPorts {
			lacked += e.Count
		}
	}
	p := &r.Overall
	due := float64(p.Requests.Due)
	switch t := p.TargetTime; {
	case r.Interrupted:
		return "it was ended early"
	case t == nil && r.Verdict.Kind.Spoiled():
		return string(r.Verdict.Kind) + ": " + strings.Join(r.Verdict.Evidence, "; ")
	case t == nil:
		return ""
	case lacked > 0:
		return fmt.Sprintf("bench ran out of file descriptors or local ports for %d requests", lacked)
	case float64(t.Untold) > mostUntold*due:
		return fmt.Sprintf("bench did not send %d of %d requests that it could have sent", t.Untold, p.Requests.Due)
	case float64(p.Disturbed) > mostlyDisturbed*due:
		return fmt.Sprintf("bench was late for %d of %d requests", p.Disturbed, p.Requests.Due)
	}
	return ""
}

// dropped is what the quad that is thrown away is looked at for: how long this target takes, and whether arrivals are stamped.
type dropped struct {
	times     runfile.Dist // target times of all arms
	unstamped bool         // in some run they are not
}

func (d *dropped) add(r *runfile.Run) {
	d.unstamped = d.unstamped || r.Stamps == nil
	if r.HasTargetTime() {
		both := runfile.TargetTime{Undisturbed: d.times, Disturbed: *allLatencies(r)}
		d.times = both.All()
	}
}

// Rule returns how a disturbance is told in the rounds that count, the same in all: from the target times of all arms together in
// the quad that is thrown away. It is the zero value, by which each run finds its own, before that quad is over.
func (t *Trial) Rule() runfile.DisturbanceRule {
	if t.steps[0].Quad == 0 || t.dropped.times.Count == 0 {
		return runfile.DisturbanceRule{}
	}
	d := &t.dropped.times
	return runfile.RuleOf(d.P50NS, d.P95NS, !t.dropped.unstamped)
}
