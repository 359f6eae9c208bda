package runfile

import (
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
)

// Part is what a threshold is about: some phases of a run together, of all endpoints or of one.
type Part struct {
	Length         time.Duration // of its phases, in all the runs that are pooled
	Due, Succeeded uint64
	Served         uint64     // successes, as [Phase.Served] counts them; 0 of an endpoint, where it is not kept
	OK, Censored   *Histogram // of the threshold's duration
	Dist           Dist       // of both

	Cache       Cache       // hits and misses
	Origin      *Origin     // of the whole run; nil: not measured
	Lost        *Lost       // of the whole run; nil: no key was read back
	Consistency Consistency // of a threshold on stale reads
	Journeys    bool        // the counts are of journeys, not of requests

	// Target is the target time of undisturbed requests, where Dist is their response time; nil: the threshold is about no response
	// time, or the file is of before and has no target time.
	Target *Dist
}

func newPart(digits int) *Part {
	return &Part{OK: &Histogram{Digits: digits}, Censored: &Histogram{Digits: digits}}
}

// summarise fills in the distributions, with that of the target's own times; target may be nil.
func (p *Part) summarise(target *Part) {
	p.Dist = DistOf(p.OK, p.Censored)
	if target != nil {
		d := DistOf(target.OK, target.Censored)
		p.Target = &d
	}
}

// partOf returns what the threshold is about, or a sentence that says why there is no such thing in the run.
func (t Threshold) partOf(r *Run) (Part, string) {
	phases, missing := t.phasesOf(r)
	if missing == "" && t.Endpoint != "" && r.Overall.JourneyNamed(t.Endpoint) != nil {
		return t.journeyPart(r, phases)
	}
	if missing == "" && t.Endpoint != "" {
		missing = t.missingEndpoint(r)
	}
	if missing == "" && t.Endpoint != "" && t.Metric == MetricRate {
		missing = errRateOfEndpoint.Error()
	}
	if missing != "" {
		return Part{}, missing
	}
	digits := TotalDigits
	if t.Endpoint != "" {
		digits = DetailDigits
	}
	p := newPart(digits)
	p.Origin = r.Origin
	var target *Part
	if t.OfResponse() && r.HasTargetTime() {
		target = newPart(digits)
	}
	if c := r.Overall.Consistency; c != nil {
		p.Lost = c.Lost
	}
	for _, phase := range phases {
		if t.OfStale() && phase.Consistency == nil {
			return Part{}, notConsistent
		}
		p.Length += phase.DurationNS * time.Duration(r.Repetitions())
		var err error
		if t.Endpoint != "" {
			err = t.addEndpoint(p, target, phase)
		} else {
			p.Due += phase.Requests.Due
			p.Succeeded += phase.Requests.Succeeded
			p.Served += phase.Served().Count
			p.Cache.Hits += phase.Cache.Hits
			p.Cache.Misses += phase.Cache.Misses
			err = p.add(t.distOf(phase), digits)
			if err == nil && t.OfStale() {
				p.addConsistency(phase.Consistency)
			}
			if err == nil && target != nil {
				err = target.add(&phase.TargetTime.Undisturbed, digits)
			}
		}
		if err != nil {
			return Part{}, fmt.Sprintf("the histogram of phase %q cannot be read: %v", phase.Name, err)
		}
	}
	p.summarise(target)
	return *p, ""
}

// OfResponse reports whether the threshold is about response times, in which bench's own lateness is.
func (t Threshold) OfResponse() bool {
	return t.Duration == "response" && !t.timeless()
}

// phasesOf returns the phases that the threshold is about. A phase's name goes before a kind.
func (t Threshold) phasesOf(r *Run) (phases []*Phase, missing string) {
	if t.Phase == "" && t.Endpoint == "" {
		return []*Phase{&r.Overall}, ""
	}
	var ofKind, measured []*Phase
	var names []string
	for i := range r.Phases {
		p := &r.Phases[i]
		names = append(names, p.Name)
		if p.Name == t.Phase {
			return []*Phase{p}, ""
		}
		if string(p.Kind) == t.Phase {
			ofKind = append(ofKind, p)
		}
		if p.Kind != profiles.Warmup {
			measured = append(measured, p)
		}
	}
	switch {
	case t.Phase == "":
		return measured, ""
	case len(ofKind) > 0:
		return ofKind, ""
	case slices.ContainsFunc(r.Plan.Phases, func(p PhaseRecord) bool { return p.Name == t.Phase || string(p.Kind) == t.Phase }):
		return nil, fmt.Sprintf("the run ended before phase %q", t.Phase)
	}
	return nil, fmt.Sprintf("the run has no phase %q, by name or kind: it has %s", t.Phase, units.Listed(names))
}

func (t Threshold) missingEndpoint(r *Run) string {
	for _, p := range r.Phases {
		if slices.ContainsFunc(p.Endpoints, func(e Endpoint) bool { return e.Name == t.Endpoint }) {
			return ""
		}
	}
	var names []string
	for _, e := range r.Plan.Endpoints {
		if e.Name == t.Endpoint {
			return ""
		}
		names = append(names, e.Name)
	}
	missing := fmt.Sprintf("the run has no endpoint %q: it has %s", t.Endpoint, units.Listed(names))
	if len(names) > MaxEndpoints {
		missing += fmt.Sprintf(", and all after the first %d together as %q", MaxEndpoints, Other)
	}
	return missing
}

// addEndpoint adds what was counted of the threshold's endpoint in a phase: the durations of its successes, and of its
// failures those of which no more is known than a bound. target may be nil.
func (t Threshold) addEndpoint(p, target *Part, phase *Phase) error {
	for i := range phase.Endpoints {
		e := &phase.Endpoints[i]
		if e.Name != t.Endpoint {
			continue
		}
		switch e.Class {
		case ClassHit:
			p.Cache.Hits += e.Count
		case ClassMiss:
			p.Cache.Misses += e.Count
		}
		// Unlike Count it holds those that never finished.
		p.Due += e.ResponseTime.Count
		d := e.ResponseTime
		if t.Duration == "service" {
			d = e.ServiceTime
		}
		if e.Class == ClassFailed {
			d.HDR, d.Clamped = "", 0
		} else {
			p.Succeeded += e.Count
		}
		if err := p.add(&d, DetailDigits); err != nil {
			return err
		}
		if target != nil && e.TargetTime != nil {
			if err := target.add(&e.TargetTime.Undisturbed, DetailDigits); err != nil {
				return err
			}
		}
	}
	if t.Metric == MetricErrors {
		p.Due += phase.StoppedBefore(t.Endpoint)
	}
	return nil
}

func (p *Part) add(d *Dist, digits int) error {
	ok, censored, err := d.histograms(digits)
	if err != nil {
		return err
	}
	p.OK.Add(ok)
	p.Censored.Add(censored)
	return nil
}

func (t Threshold) distOf(p *Phase) *Dist {
	switch t.Duration {
	case "service":
		return &p.ServiceTime
	case "wait":
		return &p.Wait
	case "lag":
		return &p.Lag
	case durationStale:
		return &p.Consistency.StaleAge
	default:
		return &p.ResponseTime
	}
}
