package main

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/profiles"
)

// lastUntilSent makes a profile of one level phase last until --requests are sent, where nobody said how long it is to
// last: whoever types -n 10000 wants ten thousand.
func (o *driveOptions) lastUntilSent(plan *loadgen.Plan) error {
	phases := plan.Profile.Phases
	last := len(phases) - 1
	level := !plan.Profile.OfUsers() && phases[last].From == phases[last].To && (last == 0 || last == 1 && phases[0].Kind == profiles.Warmup)
	if !o.given.Changed("requests") || o.ownLength || o.duration != 0 || len(o.stages) > 0 || !level {
		return nil
	}
	p := plan.Profile.Until(plan.Profile.Duration()) // a copy
	if plan.Closed != nil {
		p.Phases[last].Duration = profiles.MaxDuration - p.Duration() + p.Phases[last].Duration
	} else {
		n := float64(plan.Limits.Requests)
		n += 10*math.Sqrt(n) + 10 // Poisson arrivals come short of their mean; the schedule ends with --requests anyway
		seconds := n / p.Phases[last].From
		if limit := profiles.MaxDuration - p.Duration(); seconds > limit.Seconds() {
			return fmt.Errorf("--requests %d: at %g/s they take longer than %v: give a higher --rate", plan.Limits.Requests, p.Phases[last].From, profiles.MaxDuration)
		}
		p.Phases[last].Duration = time.Duration(seconds * float64(time.Second))
	}
	plan.Profile = p
	return p.Validate()
}
