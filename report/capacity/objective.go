package capacity

import (
	"errors"
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// ParseObjectives reads objectives in the grammar of thresholds, such as p99<100ms and errors<0.1%. At least one must be an
// upper limit of a duration or of errors, which more load can break.
func ParseObjectives(texts []string) ([]runfile.Threshold, error) {
	var list []runfile.Threshold
	for _, text := range texts {
		t, err := runfile.ParseThreshold(text)
		switch {
		case err != nil:
			return nil, err
		case t.Metric == runfile.MetricRate:
			return nil, fmt.Errorf("%q: the search finds the rate itself: give what a response may take, such as p99<100ms", t.Text)
		case t.Phase != "":
			return nil, fmt.Errorf("%q: the search has steps and no phases: leave out @%s", t.Text, t.Phase)
		case t.Operator != runfile.Less && t.Operator != runfile.AtMost:
			return nil, fmt.Errorf("%q: an objective of the search is an upper limit: write it with < or <=", t.Text)
		}
		list = append(list, t)
	}
	if len(list) == 0 {
		return nil, errors.New("without an objective there is no highest rate that meets it: give one, such as p99<100ms")
	}
	return list, nil
}

// tally is the number n of requests, or journeys, and the number x of them that break an objective.
type tally struct{ n, x float64 }

func (t tally) share() float64 {
	if t.n == 0 {
		return 0
	}
	return t.x / t.n
}

// allowed returns the share (0-1) of requests that may break an objective: those over the limit of a percentile, or errors.
// ok is false for any other objective, which a step only meets or misses.
func allowed(t runfile.Threshold) (float64, bool) {
	switch {
	case t.Metric == runfile.MetricPercentile && (t.Duration == "response" || t.Duration == "service"):
		return 1 - t.Quantile, true
	case t.OfShare() && t.Limit > 0 && t.Limit < 0.5:
		return t.Limit, true
	}
	return 0, false
}

// fewestOf is the least number of requests with which a step decides an objective. For one endpoint it is above 0, as its
// share of the requests may be small.
func fewestOf(t runfile.Threshold) float64 {
	if t.Endpoint != "" {
		return fewestOfEndpoint
	}
	return 1
}

const fewestOfEndpoint = 10

// samplesOf counts the requests of a step that an objective is about, and for a share those that break it.
func samplesOf(t runfile.Threshold, r *runfile.Run) tally {
	p := &r.Overall
	switch {
	case t.OfStale() && p.Consistency == nil:
		return tally{}
	case t.Metric == runfile.MetricStale:
		return tally{float64(p.Consistency.Reads), float64(p.Consistency.Stale)}
	case t.OfStale():
		return tally{float64(p.Consistency.Reads), 0}
	case t.Endpoint != "" && p.JourneyNamed(t.Endpoint) != nil:
		return samplesOfJourney(t, r)
	case t.Endpoint != "":
		return samplesOfEndpoint(t, r)
	}
	d := ofTarget(&p.ResponseTime, p.TargetTime)
	if t.Duration == "service" {
		d = &p.ServiceTime
	}
	n := tallied(t, p.Requests.Due, p.Requests.Due-min(p.Requests.Due, p.Requests.Succeeded), d)
	if p.Requests.Succeeded == 0 && t.Metric != runfile.MetricErrors {
		n = tally{float64(p.Requests.Due), float64(p.Requests.Due)} // without successes every request breaks it
	}
	return n
}

// samplesOfJourney counts the journeys of a name that arrived outside of warm-ups. A journey that was cut off breaks any limit
// below its age.
func samplesOfJourney(t runfile.Threshold, r *runfile.Run) (n tally) {
	var arrived, completed uint64
	for i := range r.Phases {
		j := r.Phases[i].JourneyNamed(t.Endpoint)
		if j == nil || r.Phases[i].Kind == profiles.Warmup {
			continue
		}
		arrived, completed = arrived+j.Arrived, completed+j.Completed
		d := &j.TargetTime
		if j.Undisturbed != nil {
			d = j.Undisturbed
		}
		of := tallied(t, j.Arrived, j.Arrived-j.Completed, d)
		n.n, n.x = n.n+of.n, n.x+of.x
	}
	if completed == 0 && t.Metric != runfile.MetricErrors {
		n = tally{float64(arrived), float64(arrived)} // without any completed every journey breaks it
	}
	return n
}

// samplesOfEndpoint counts an endpoint's requests outside of warm-ups. An unanswered request breaks any limit.
func samplesOfEndpoint(t runfile.Threshold, r *runfile.Run) (n tally) {
	var failed float64
	for i := range r.Phases {
		for k := range r.Phases[i].Endpoints {
			e := &r.Phases[i].Endpoints[k]
			if e.Name != t.Endpoint || r.Phases[i].Kind == profiles.Warmup {
				continue
			}
			d := ofTarget(&e.ResponseTime, e.TargetTime)
			if t.Duration == "service" {
				d = &e.ServiceTime
			}
			of := tallied(t, e.ResponseTime.Count, 0, d)
			if e.Class == runfile.ClassFailed {
				failed += float64(e.ResponseTime.Count)
				switch {
				case t.Metric == runfile.MetricErrors:
					of.x = of.n
				case d.Censored != nil:
					of = tally{float64(d.Censored.Count), float64(d.Censored.Count)}
				default:
					of = tally{}
				}
			}
			n.n, n.x = n.n+of.n, n.x+of.x
		}
		if t.Metric == runfile.MetricErrors && r.Phases[i].Kind != profiles.Warmup {
			stopped := float64(r.Phases[i].StoppedBefore(t.Endpoint))
			n.n, n.x = n.n+stopped, n.x+stopped
		}
	}
	if n.n == 0 {
		n = tally{failed, failed} // without successes every request breaks it
	}
	return n
}

// tallied counts a distribution's requests, or for errors the failed and the due.
func tallied(t runfile.Threshold, due, failed uint64, d *runfile.Dist) tally {
	if t.Metric == runfile.MetricErrors {
		return tally{float64(due), float64(failed)}
	}
	n := float64(d.Count)
	if t.Metric != runfile.MetricPercentile {
		return tally{n, 0}
	}
	return tally{n, n * d.ShareAbove(limitOf(t))}
}
