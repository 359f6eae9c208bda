package capacity

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// FromRun takes the phases of a saved run as the steps of a search: those at one rate, of at least 2 s and not a warm-up. A
// journey's figures belong to the phase in which it arrived, also where later steps were asked in a later phase.
func FromRun(r *runfile.Run, objectives []runfile.Threshold) (*Search, error) {
	if r.Pooled > 1 {
		return nil, fmt.Errorf("it is pooled of %d runs, and a step is of one: name one of them", r.Pooled)
	}
	o := Options{Objectives: objectives}
	if r.Overall.CountsJourneys() {
		o.Unit = Journeys
	}
	s := NewSearch(o)
	s.name(r)
	for i, p := range r.Phases {
		if p.Kind == profiles.Warmup || i >= len(r.Plan.Phases) || p.DurationNS < 2*time.Second {
			continue
		}
		planned := r.Plan.Phases[i]
		step := Step{Rate: planned.From, Hold: p.DurationNS}
		switch {
		case planned.FromVUs != planned.ToVUs:
			continue
		case planned.ToVUs > 0:
			step = Step{Users: planned.ToVUs, Hold: p.DurationNS}
		case r.Plan.Model == "closed":
			step = Step{Users: r.Plan.VUs, Hold: p.DurationNS}
		case math.Abs(planned.To-planned.From) > 0.01*planned.From || planned.From <= 0:
			continue
		}
		part := *r
		part.Overall, part.Phases, part.Verdict = p, []runfile.Phase{p}, p.Verdict
		part.Errors = slices.DeleteFunc(slices.Clone(r.Errors), func(e runfile.ErrorCount) bool {
			return e.LastNS < p.StartNS || e.FirstNS >= p.StartNS+p.DurationNS
		})
		m := measure(step, &part, objectives, 0)
		m.at = p.StartNS + p.DurationNS/2
		s.steps = append(s.steps, m)
	}
	if len(s.open()) < 2 {
		return nil, fmt.Errorf("it has %d steps at one rate of 2 s or more, and a plan needs at least two: make one with bench step", len(s.open()))
	}
	slices.SortStableFunc(s.steps, func(a, b Measurement) int { return int(a.at - b.at) })
	return s, nil
}
