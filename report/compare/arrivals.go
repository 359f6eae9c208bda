package compare

import (
	"errors"
	"slices"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Unit is the unit of arrivals that are compared.
type Unit string

// The units.
const (
	Requests Unit = ""         // runs without journeys, and those of journeys of one step
	Journeys Unit = "journeys" // journeys of several steps: latencies are journey time
)

// arrivals are the compared arrivals of a run, or of a round: journeys where some are of several steps, else requests. Arrivals
// do not depend on the target, but the due times of later steps do.
type arrivals struct {
	unit           Unit
	due, completed uint64
	latencies      *runfile.Dist // target times of those that bench did not disturb, or response times of a run saved before target time was measured
	all            *runfile.Dist // target times of all
	disturbed      uint64        // of them
}

// arrivalsOf returns the compared arrivals of a run.
func arrivalsOf(r *runfile.Run) arrivals {
	p := &r.Overall
	if j := p.AllJourneys(); j != nil {
		a := arrivals{Journeys, j.Arrived, j.Completed, &j.TargetTime, &j.TargetTime, 0}
		if j.Undisturbed != nil {
			a.latencies, a.disturbed = j.Undisturbed, j.TargetTime.Count-j.Undisturbed.Count
		}
		return a
	}
	a := arrivals{Requests, p.Requests.Due, p.Requests.Succeeded, &p.ResponseTime, &p.ResponseTime, p.Disturbed}
	if t := p.TargetTime; t != nil {
		a.latencies, a.all = &t.Undisturbed, &t.Undisturbed
		if t.Disturbed.Count > 0 {
			all := t.All()
			a.all = &all
		}
	}
	return a
}

// UnitOf returns the compared unit of a run.
func UnitOf(r *runfile.Run) Unit {
	if r.Overall.CountsJourneys() {
		return Journeys
	}
	return Requests
}

// Latencies returns the compared distribution of a run.
func Latencies(r *runfile.Run) *runfile.Dist { return arrivalsOf(r).latencies }

// failures counts the arrivals that were not completed, those in the warm-up too.
func (a *arrivals) failures(r *runfile.Run) Failures {
	if a.unit != Journeys {
		return failuresOf(r.Requests)
	}
	var arrived, completed uint64
	for i := range r.Phases {
		for _, j := range r.Phases[i].Journeys {
			arrived, completed = arrived+j.Arrived, completed+j.Completed
		}
	}
	return failuresOf(runfile.Requests{Failed: arrived - completed, Due: arrived})
}

// rate is the completed arrivals per second, by their due times.
func (a *arrivals) rate(r *runfile.Run) float64 {
	return perRequest(a.completed, r.Overall.DurationNS.Seconds()*float64(r.Repetitions()))
}

// SameUnit returns an error where some runs are of journeys and others of requests.
func SameUnit(runs ...*runfile.Run) error {
	if slices.ContainsFunc(runs, func(r *runfile.Run) bool { return UnitOf(r) != UnitOf(runs[0]) }) {
		return errors.New("some runs are of journeys of several steps, and others of requests: a journey takes the time of all its requests, so they cannot be compared")
	}
	return nil
}
