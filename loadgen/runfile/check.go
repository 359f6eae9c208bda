package runfile

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// The bounds of a run file's lists and texts.
const (
	maxPhases    = 1000
	maxIntervals = 8 * 24 * 3600
	maxText      = 4 << 10
)

// check validates an untrusted run and decodes its histograms.
func (r *Run) check() error {
	q := r.Requests
	switch {
	case q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent:
		return fmt.Errorf("requests: due is %d, but succeeded, failed, unfinished and unsent add up to %d",
			q.Due, q.Succeeded+q.Failed+q.Unfinished+q.Unsent)
	case q.Planned < q.Due || q.Sent > q.Due:
		return fmt.Errorf("requests: %d planned, %d due and %d sent cannot be", q.Planned, q.Due, q.Sent)
	case len(r.Phases) == 0 || len(r.Phases) > maxPhases:
		return fmt.Errorf("it has %d phases", len(r.Phases))
	case len(r.Phases) > len(r.Plan.Phases) || len(r.Phases) < len(r.Plan.Phases) && !r.Interrupted:
		return fmt.Errorf("it has %d phases, and its plan %d", len(r.Phases), len(r.Plan.Phases))
	case r.Share != nil && (r.Share.Of < 2 || r.Share.Index >= r.Share.Of):
		return fmt.Errorf("share: %d of %d cannot be", r.Share.Index, r.Share.Of)
	case r.Pooled < 0 || r.Pooled == 1 || r.Pooled > maxPooled:
		return fmt.Errorf("pooled: %d runs cannot be", r.Pooled)
	case len(r.Seeds) != 0 && len(r.Seeds) != r.Pooled:
		return fmt.Errorf("seeds: it has %d, of %d pooled runs", len(r.Seeds), r.Pooled)
	case len(r.Repeat) > maxText:
		return fmt.Errorf("repeat: it is longer than %d bytes", maxText)
	case r.Environment.Generation < 0 || r.Environment.Quota != nil && *r.Environment.Quota < 0:
		return errors.New("environment: its measuring generation or its quota is below 0")
	case len(r.Intervals) > maxIntervals:
		return fmt.Errorf("it has %d seconds", len(r.Intervals))
	case len(r.Plan.Endpoints) > MaxEndpoints+1:
		return fmt.Errorf("it has %d endpoints", len(r.Plan.Endpoints))
	case r.Plan.Order != Random && r.Plan.Order != Sequential || r.Plan.Lines < 0 || r.FirstLine > 0 && r.FirstLine >= uint64(r.Plan.Lines):
		return fmt.Errorf("order: %q of %d requests from number %d cannot be", Excerpt(string(r.Plan.Order)), r.Plan.Lines, r.FirstLine)
	}
	var sum, overall Requests
	var at, start, measured time.Duration
	for i := range r.Phases {
		p := &r.Phases[i]
		planned := r.Plan.Phases[i]
		whole := p.DurationNS == planned.DurationNS || r.Interrupted && i == len(r.Phases)-1 && p.DurationNS < planned.DurationNS
		if p.Name != planned.Name || p.Kind != planned.Kind || !whole || p.StartNS != at {
			return fmt.Errorf("phase %q is not the one that its plan has there", p.Name)
		}
		if p.DurationNS <= 0 {
			return fmt.Errorf("phase %q lasts %d ns", p.Name, p.DurationNS)
		}
		at += p.DurationNS
		if err := p.check(r.Repetitions()); err != nil {
			return fmt.Errorf("phase %q: %w", p.Name, err)
		}
		sum = AddRequests(sum, p.Requests)
		if p.Kind != "warmup" {
			overall = AddRequests(overall, p.Requests)
			if measured == 0 {
				start = p.StartNS
			}
			measured += p.DurationNS
		}
	}
	if r.Tail != nil {
		if err := r.Tail.check(r.Repetitions()); err != nil {
			return fmt.Errorf("tail: %w", err)
		}
		sum = AddRequests(sum, r.Tail.Requests)
	}
	sum.Planned = q.Planned
	if sum != q {
		return fmt.Errorf("requests: the phases add up to %d due, %d succeeded, %d failed, not to %d, %d, %d",
			sum.Due, sum.Succeeded, sum.Failed, q.Due, q.Succeeded, q.Failed)
	}
	if o := r.Overall; overall != o.Requests || o.StartNS != start || o.DurationNS != measured {
		return fmt.Errorf("overall: it is not what its phases add up to")
	}
	if err := r.Overall.check(r.Repetitions()); err != nil {
		return fmt.Errorf("overall: %w", err)
	}
	if !(r.InStep >= 0 && r.InStep <= 1) {
		return fmt.Errorf("in_step: %v is no share", r.InStep)
	}
	if r.InStepOfNS < 0 || r.InStepOfNS > time.Second {
		return fmt.Errorf("in_step_of_ns: %v is no part of a second", r.InStepOfNS)
	}
	if err := r.Disturbances.check(); err != nil {
		return fmt.Errorf("disturbances: %w", err)
	}
	if d := r.Redirects; d != nil && (d.Count > q.Succeeded || len(d.To) > maxText) {
		return fmt.Errorf("redirects: %d of %d successes, to %d bytes", d.Count, q.Succeeded, len(d.To))
	}
	if err := checkAddresses(r.Addresses); err != nil {
		return err
	}
	if err := r.checkCacheWarmUp(); err != nil {
		return err
	}
	if err := r.Origin.check(); err != nil {
		return fmt.Errorf("origin: %w", err)
	}
	if len(r.VersionDigits) > maxText {
		return fmt.Errorf("version_digits: longer than %d bytes", maxText)
	}
	if err := r.checkConsistency(); err != nil {
		return err
	}
	if err := checkConnections(r.Connections); err != nil {
		return err
	}
	if err := r.checkThresholds(); err != nil {
		return err
	}
	if err := r.Profile.check(); err != nil {
		return err
	}
	return r.checkSeconds()
}

func (r *Run) checkSeconds() error {
	var due, ok, failed uint64
	for i := range r.Intervals {
		s := &r.Intervals[i]
		if err := s.Journeys.check(); err != nil {
			return fmt.Errorf("second %d: %w", i, err)
		}
		if s.StartNS != time.Duration(i)*time.Second {
			return fmt.Errorf("second %d begins at %d", i, s.StartNS)
		}
		if err := s.ResponseTime.check(DetailDigits); err != nil {
			return fmt.Errorf("second %d: response_time: %w", i, err)
		}
		if err := s.ServiceTime.check(DetailDigits); err != nil {
			return fmt.Errorf("second %d: service_time: %w", i, err)
		}
		if err := s.TargetTime.check(DetailDigits); err != nil {
			return fmt.Errorf("second %d: %w", i, err)
		}
		if t := s.TargetTime; t != nil {
			t.Undisturbed.Pack()
			t.Disturbed.Pack()
		}
		off := uint64(0)
		if r.Pooled > 0 {
			off = 1
		}
		if err := s.checkKinds(off); err != nil {
			return fmt.Errorf("second %d: %w", i, err)
		}
		// What the histograms were needed for is done; kept, they would be 74 KB a second.
		s.ResponseTime.Pack()
		s.ServiceTime.Pack()
		due, ok, failed = due+s.Due, ok+s.OK, failed+s.Failed
	}
	q, runs := r.Requests, uint64(r.Repetitions())
	slack := uint64(0)
	if runs > 1 { // each second's mean is rounded
		slack = (runs + 1) / 2 * uint64(len(r.Intervals))
	}
	addUp := func(seconds, total uint64) bool { return max(seconds*runs, total)-min(seconds*runs, total) <= slack }
	if !addUp(due, q.Due) || !addUp(ok, q.Succeeded) || !addUp(failed, q.Failed) {
		return fmt.Errorf("the seconds add up to %d due, %d succeeded, %d failed, not to %d, %d, %d",
			due, ok, failed, q.Due, q.Succeeded, q.Failed)
	}
	var failures uint64
	for _, e := range r.Errors {
		failures += e.Count
		if len(e.Kind) > maxText || len(e.Sample) > maxText {
			return fmt.Errorf("errors: a text is longer than %d bytes", maxText)
		}
	}
	if failures != r.Requests.Failed {
		return fmt.Errorf("errors: they add up to %d, and %d requests failed", failures, r.Requests.Failed)
	}
	return nil
}

// check validates a phase of so many runs together.
func (p *Phase) check(runs int) error {
	q, length := p.Requests, float64(runs)*p.DurationNS.Seconds()
	switch {
	case q.Due != q.Succeeded+q.Failed+q.Unfinished+q.Unsent:
		return fmt.Errorf("due is %d, but succeeded, failed, unfinished and unsent add up to %d",
			q.Due, q.Succeeded+q.Failed+q.Unfinished+q.Unsent)
	case p.Offered.Count != q.Due || !near(p.Offered.Rate, PerSecond(q.Due, length)):
		return fmt.Errorf("offered is %d at %v/s, but %d were due", p.Offered.Count, p.Offered.Rate, q.Due)
	case !near(p.Achieved.Rate, PerSecond(p.Achieved.Count, length)):
		return fmt.Errorf("achieved is %d, which is not %v/s", p.Achieved.Count, p.Achieved.Rate)
	case p.Answered != nil && (p.Answered.Count != q.Succeeded || !near(p.Answered.Rate, PerSecond(q.Succeeded, length))):
		return fmt.Errorf("answered is %d at %v/s, but %d succeeded", p.Answered.Count, p.Answered.Rate, q.Succeeded)
	}
	names := []string{"response_time", "service_time", "wait", "lag", "first_byte", "connect", "handshake"}
	for i, d := range p.dists() {
		if err := d.check(TotalDigits); err != nil {
			return fmt.Errorf("%s: %w", names[i], err)
		}
	}
	p.DropPartial() // as files of before have them
	// Timed-out requests are among the failed and the censored, so the distribution holds at least this many.
	if least := q.Succeeded + q.Unfinished + q.Unsent; p.ResponseTime.Count < least || p.ResponseTime.Count > q.Due {
		return fmt.Errorf("response_time: holds %d of %d requests", p.ResponseTime.Count, q.Due)
	}
	for i := range p.Endpoints {
		e := &p.Endpoints[i]
		if err := e.ResponseTime.check(DetailDigits); err != nil {
			return fmt.Errorf("endpoint %q: response_time: %w", e.Name, err)
		}
		if err := e.ServiceTime.check(DetailDigits); err != nil {
			return fmt.Errorf("endpoint %q: service_time: %w", e.Name, err)
		}
		if err := e.TargetTime.check(DetailDigits); err != nil {
			return fmt.Errorf("endpoint %q: %w", e.Name, err)
		}
	}
	for i := range p.Journeys {
		if err := p.Journeys[i].check(); err != nil {
			return fmt.Errorf("journey %q: %w", p.Journeys[i].Name, err)
		}
	}
	if p.Disturbed > q.Due {
		return fmt.Errorf("disturbed: %d of %d requests", p.Disturbed, q.Due)
	}
	if err := p.Consistency.check(q.Due); err != nil {
		return err
	}
	if err := p.TargetTime.check(TotalDigits); err != nil || p.TargetTime == nil {
		return err
	}
	if n := p.TargetTime.Undisturbed.Count + p.TargetTime.Disturbed.Count + p.TargetTime.Untold; n < q.Succeeded || n > q.Due {
		return fmt.Errorf("target_time: holds %d of %d requests", n, q.Due)
	}
	return nil
}

// near allows for the rounding of a rate that was added up from others.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-6*math.Max(1, math.Abs(b)) }
