package loadgen

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/preflight"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// Preflight looks at what stands in the way of the job, at each host that it sends to, and returns the job with as many
// connections as can be held. See [preflight.Preflight].
func (j *Job) Preflight(ctx context.Context, connectionsGiven bool) (able *Job, findings []preflight.Finding) {
	p, m := &j.Plan, j.mix
	in := preflight.Input{
		Bundled: p.Target.Bundled, Connections: p.Limits.Connections, ConnectionsGiven: connectionsGiven,
		KeepAlive: !p.Limits.NoKeepAlive,
	}
	if p.Closed == nil {
		in.Requests, in.PeakRate = uint64(p.Profile.Expected()), p.Profile.PeakRate()
		if n := p.Limits.Requests; n > 0 {
			s, err := j.schedule()
			if err != nil {
				return j, []preflight.Finding{{Text: err.Error(), Fatal: true, Usage: true}}
			}
			if in.Requests = s.Total(); in.Requests < n {
				findings = append(findings, preflight.Finding{Text: fmt.Sprintf("the profile ends after %s, before the %s that are the limit",
					units.Requests(in.Requests), units.Count(n))})
			}
		}
	} else {
		in.Requests = p.Limits.Requests
		// Fewer connections than users would be another load than was asked for.
		in.ConnectionsGiven = true
	}
	if m.Lines != nil {
		for _, note := range slices.Concat(m.Lines.Notes, []string{m.Words()}) {
			if note != "" {
				findings = append(findings, preflight.Finding{Text: note})
			}
		}
	}
	ways, noted := p.ways(m)
	findings = append(findings, noted...)
	if preflight.AnyFatal(noted) {
		return j, findings
	}
	var spoken []string
	for _, w := range ways {
		in.Address = w.address
		var found []preflight.Finding
		in.Connections, found = preflight.Look(ctx, in)
		for i, f := range found {
			if f.Fatal && !f.Usage && w.proxy != nil {
				found[i] = w.deadProxy(f)
			}
		}
		if w.origin.Scheme == "https" && !preflight.AnyFatal(found) {
			protocol, faults := p.handshake(ctx, j.tls.Clone(), w, askedOf(m, w.origin))
			spoken, found = append(spoken, protocol), append(found, faults...)
		}
		for _, f := range found {
			if !slices.Contains(findings, f) {
				findings = append(findings, f)
			}
			if f.Fatal {
				return j, findings
			}
		}
	}
	able, err := j.holding(in.Connections, agreement(spoken))
	if err != nil {
		return j, append(findings, preflight.Finding{Text: err.Error(), Fatal: true})
	}
	return able, append(findings, able.Plan.chosen()...)
}
