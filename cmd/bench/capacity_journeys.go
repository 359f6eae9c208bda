package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/loadgen/journey"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report/capacity"
)

// journeyNames are the names of a file's journeys; nil where each is one request.
func journeyNames(list []profiles.Journey) (names []string) {
	if !slices.ContainsFunc(list, func(j profiles.Journey) bool { return len(j.Steps) > 1 }) {
		return nil
	}
	for _, j := range list {
		names = append(names, j.Name)
	}
	return names
}

// journeysOfRun are the names of a run's journeys; nil where each is one request.
func journeysOfRun(r *runfile.Run) (names []string) {
	if !r.Overall.CountsJourneys() {
		return nil
	}
	for _, j := range r.Overall.Journeys {
		names = append(names, j.Name)
	}
	return names
}

// ownObjectives are the default objectives: of each journey by its name, or of requests.
func ownObjectives(journeys []string) []string {
	if len(journeys) == 0 {
		return defaultObjectives
	}
	var list []string
	for _, name := range journeys {
		list = append(list, "p99{"+name+"}<100ms", "errors{"+name+"}<0.1%")
	}
	return list
}

// pace sets up a search of journeys where the file has some of several requests: each step warms up until the load is level, and
// goes on until the last journey has ended.
func (o *capacityOptions) pace(search *capacity.Options, file profiles.File) error {
	if len(file.Journeys) == 0 {
		return nil
	}
	asked := asking{driveOptions: &o.driveOptions, file: file, name: o.file}
	journeys, err := asked.journeys()
	if err != nil {
		return err
	}
	mix, err := request.NewJourneyMix(mixture{journeys: journeys}.journeysAt(anywhere), request.Selection{Seed: o.base.Seed})
	if err != nil {
		return err
	}
	if journeyNames(file.Journeys) == nil {
		return o.eachOnce(journeys)
	}
	p := journey.PaceOf(mix)
	search.Unit, search.Level, search.Tail = capacity.Journeys, wholeSeconds(p.Level), p.Tail
	if p.Mean > 0 { // a step that would have more of them in progress than may be is not driven
		bound := mostThinking * float64(cmp.Or(o.base.Limits.Journeys, loadgen.DefaultJourneys)) / p.Mean.Seconds()
		search.Most = min(cmp.Or(search.Most, bound), bound)
	}
	answered := *search
	answered.Level, answered.Tail = 0, 0
	without, _ := answered.Least()
	// A budget that is short without much thinking too is the user's own choice, as it is for requests.
	if least, budget := search.Least(); least > budget && 2*least > 3*without {
		return fmt.Errorf("%s: journeys think up to %s, so each step warms up for %s, until their load is level, and goes on until they are at their ends: the search takes about %v at least, and has %v: give it --budget %v or more, or let them think less",
			o.file, units.Precise(p.Tail), units.Span(search.Level), wholeSeconds(least), budget, wholeSeconds(least))
	}
	return nil
}

// eachOnce refuses journeys of one repeated step: without a journey of several steps, a search counts requests.
func (o *capacityOptions) eachOnce(journeys []request.Journey) error {
	for _, j := range journeys {
		if s := j.Steps[0]; s.While != "" || s.Repeat[1] > 1 {
			return fmt.Errorf("%s:%d: journey %s is one step that is repeated: bench capacity takes it for a request: write it as several steps", o.file, s.Line, j.Name)
		}
	}
	return nil
}

// mostThinking bounds the journeys that think at the highest rate, on average, as a share of those that may be in progress.
const mostThinking = 0.9

// wholeSeconds rounds up.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// journeyNotes are notes for the reader of a search of journeys.
func journeyNotes(o capacity.Options) (notes []string) {
	if o.Unit != capacity.Journeys {
		return nil
	}
	if o.Tail > 0 {
		notes = append(notes, fmt.Sprintf("Journeys think up to %s: each step at a rate warms up for %s at least, until their load is level, and goes on until they are at their ends. Users of the staircase do not think.",
			units.Precise(o.Tail), units.Span(o.Level)))
	}
	for _, t := range o.Objectives {
		if t.Endpoint == "" && (t.OfResponse() || t.Metric == runfile.MetricErrors) {
			notes = append(notes, fmt.Sprintf("%s is of all requests; with the name of a journey in braces it is of journeys.", t.Text))
		}
	}
	return notes
}
