package runfile

import (
	"cmp"
	"fmt"
	"slices"
)

// Differences names what differs between two plans. nil: no difference that matters to a comparison.
func (p *PlanRecord) Differences(q *PlanRecord) []string {
	var d differing
	d.add("profile", p.Profile, q.Profile)
	d.add("arrivals", p.Arrivals, q.Arrivals)
	d.add("model", p.Model, q.Model)
	d.add("users", p.VUs, q.VUs)
	d.add("think time", thinkOf(p), thinkOf(q))
	d.add("start of the users", cmp.Or(p.Start, Together), cmp.Or(q.Start, Together))
	if (p.PerJourney == 0) != (q.PerJourney == 0) {
		d = append(d, "journeys, and requests without them (-f FILE drives a file's journeys)")
	} else {
		d.add("requests that a journey comes to", p.PerJourney, q.PerJourney)
	}
	d.add("connections", p.Connections, q.Connections)
	d.add("a new connection for each request", p.NoKeepAlive, q.NoKeepAlive)
	d.add("longest age of a connection", p.ConnAgeNS, q.ConnAgeNS)
	d.add("most requests over a connection", p.ConnRequests, q.ConnRequests)
	d.add("redirects that are followed", p.Follow, q.Follow)
	if !slices.Equal(p.FollowHosts, q.FollowHosts) {
		d = append(d, "the hosts to which redirects are followed")
	}
	d.add("name asked for by https", p.SNI, q.SNI)
	d.add("version of HTTP", httpOf(p), httpOf(q))
	d.add("codings asked for", p.Accept, q.Accept)
	d.add("https by the bundled service", p.ServedTLS, q.ServedTLS)
	d.add("link to the bundled service", p.Link, q.Link)
	d.add("TLS sessions taken up again", p.TLSResume, q.TLSResume)
	d.add("timeout", p.TimeoutNS, q.TimeoutNS)
	d.add("drain", p.DrainNS, q.DrainNS)
	d.add("deadline", p.DeadlineNS, q.DeadlineNS)
	d = append(d, p.EngineDifferences(q)...)
	if first, second := headerCase(p), headerCase(q); first != second {
		d = append(d, fmt.Sprintf("header names: %s and %s (header case %[1]s, with the same headers, makes them alike)", first, second))
	}
	d.add("phase in which the target is profiled", p.Profiled, q.Profiled)
	switch {
	case slices.Equal(p.Phases, q.Phases):
	case slices.ContainsFunc(slices.Concat(p.Phases, q.Phases), func(ph PhaseRecord) bool { return ph.FromVUs+ph.ToVUs > 0 }):
		d = append(d, "the users and lengths of the phases")
	default:
		d = append(d, "the offered rates and lengths of the phases")
	}
	d.addSequence(p, q)
	return d
}

// httpOf is how the version is written that a plan asks for.
func httpOf(p *PlanRecord) string { return cmp.Or(p.HTTP, "auto") }

// thinkOf says how long the users of a plan think.
func thinkOf(p *PlanRecord) string { return cmp.Or(p.Think, p.ThinkNS.String()) }

// addSequence names what differs between the requests of two plans and how they are counted, with the setting that makes them
// alike: of two that differ one has the default of before, if it is not of before itself.
func (d *differing) addSequence(p, q *PlanRecord) {
	if p.Order != q.Order {
		*d = append(*d, fmt.Sprintf("order of the requests: %s and %s (order random makes them alike)", orderWord(p.Order), orderWord(q.Order)))
	} else {
		d.add("requests of the sequence", p.Lines, q.Lines)
	}
	switch {
	case p.Grouping != q.Grouping:
		*d = append(*d, fmt.Sprintf("grouping of the endpoints: %s and %s (grouping never makes them alike)", groupingWord(p.Grouping), groupingWord(q.Grouping)))
	case !slices.Equal(p.Endpoints, q.Endpoints):
		*d = append(*d, "the endpoints")
	}
}

func orderWord(o Order) string {
	if o == Random {
		return "random"
	}
	return string(o)
}

func groupingWord(g Grouping) string {
	if g == GroupNever {
		return "never"
	}
	return string(g)
}

// headerCase is how a plan's header names are sent.
func headerCase(p *PlanRecord) string { return cmp.Or(p.HeaderCase, "canonical") }

// differing is a list of differences.
type differing []string

func (d *differing) add(what string, x, y any) {
	if x != y {
		*d = append(*d, fmt.Sprintf("%s: %v and %v", what, x, y))
	}
}
