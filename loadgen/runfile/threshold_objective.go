package runfile

import "time"

// Objective is how well a run did by a response time that was wanted of it.
type Objective struct {
	Text    string        // the threshold that it comes from
	Target  time.Duration // the response time that was wanted
	Goodput float64       // successes within Target, per second of the phases' clock time
	Apdex   float64       // 0-1
}

// Objective returns how the run did by the first of its plan's SLO that sets an upper limit to response times, or the first
// of its thresholds where none there does, over the phases and the endpoint which that is about. It reports false where
// the plan has neither, or nothing was due.
//
// Apdex is that of the Apdex Alliance (Application Performance Index – Apdex Technical Specification, version 1.1, 2007),
// with T = Target:
//
//	Apdex = (satisfied + tolerating / 2) / all
//
// satisfied answers took at most T, tolerating ones more than T and at most 4·T. All are the requests that were due: an
// error frustrates, as the specification has it, and so does a request that was never answered.
func (r *Run) Objective() (Objective, bool) {
	var list []Threshold
	for _, slo := range r.Plan.SLO {
		list = append(list, slo.Threshold)
	}
	for _, result := range r.Thresholds {
		list = append(list, result.Of)
	}
	for _, t := range list {
		if t.Duration != "response" || !t.Upper() {
			continue
		}
		p, missing := t.partOf(r)
		if missing != "" || p.Due == 0 {
			return Objective{}, false
		}
		target := time.Duration(t.Limit)
		satisfied := p.OK.within(target)
		tolerating := p.OK.within(4*target) - satisfied
		return Objective{
			Text: t.Text, Target: target,
			Goodput: PerSecond(satisfied, p.Length.Seconds()),
			Apdex:   (float64(satisfied) + float64(tolerating)/2) / float64(p.Due),
		}, true
	}
	return Objective{}, false
}

// within counts the values up to and including v, to the histogram's precision.
func (h *Histogram) within(v time.Duration) uint64 {
	if h.counts == nil {
		return 0
	}
	var n int64
	for _, bar := range h.counts.Distribution() {
		if bar.From <= int64(v) {
			n += bar.Count
		}
	}
	return uint64(n)
}
