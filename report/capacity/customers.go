package capacity

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// customers are the arrivals that a step counts: journeys where some are of several requests each, else requests.
type customers struct {
	unit           Unit
	due, completed uint64

	offered float64 // due per second
	done    float64 // requests that succeeded per second of the hold, in journeys where those are counted
	// served is what succeeded per second of the hold. Journeys count by when they arrived, as thinking and the time for later steps
	// shift when they are completed; but in the closed model they are counted as done.
	served float64

	requests    float64       // requests of one customer, on average
	times       *runfile.Dist // response times, or journey times
	undisturbed *runfile.Dist // target times of those that bench did not disturb; nil: an older run without them
	disturbed   float64       // share (0-1)
}

func customersOf(r *runfile.Run) customers {
	p := &r.Overall
	j := p.AllJourneys()
	if j == nil {
		c := customers{
			due: p.Requests.Due, completed: p.Requests.Succeeded, offered: p.Offered.Rate, done: p.Achieved.Rate, served: p.Achieved.Rate,
			requests: 1, times: &p.ResponseTime,
		}
		if t := p.TargetTime; t != nil {
			c.undisturbed, c.disturbed = &t.Undisturbed, float64(p.Disturbed)/float64(max(c.due, 1))
		}
		return c
	}
	seconds := p.DurationNS.Seconds()
	c := customers{
		unit: Journeys, due: j.Arrived, completed: j.Completed, offered: runfile.PerSecond(j.Arrived, seconds), served: runfile.PerSecond(j.Completed, seconds),
		requests: requestsOf(r, j), times: &j.Time, undisturbed: &j.TargetTime,
	}
	c.done = p.Achieved.Rate / c.requests
	if r.Plan.Model == "closed" {
		c.served = c.done
	}
	if d := j.Undisturbed; d != nil {
		c.undisturbed, c.disturbed = d, 1-float64(d.Count)/float64(j.TargetTime.Count)
	}
	return c
}

// requestsOf returns the number of successful requests for each completed journey; the planned number where some journeys were
// cut off.
func requestsOf(r *runfile.Run, all *runfile.Journey) float64 {
	if all.Completed == 0 || all.Completed+all.Failed < all.Arrived {
		return max(r.Plan.PerJourney, 1)
	}
	var succeeded uint64
	for i := range r.Overall.Journeys {
		for _, s := range r.Overall.Journeys[i].Steps {
			succeeded += s.SinceArrival.Count
			if c := s.SinceArrival.Censored; c != nil {
				succeeded -= min(succeeded, c.Count)
			}
		}
	}
	return max(float64(succeeded)/float64(all.Completed), 1)
}

// target is the target's own times, or in an older run the response times.
func (c *customers) target() *runfile.Dist {
	if c.undisturbed == nil {
		return c.times
	}
	return c.undisturbed
}

// short is the number of due customers that did not succeed, beyond the allowed share failedOf and without those that bench
// itself held up.
func (c *customers) short(r *runfile.Run, failedOf float64) float64 {
	due, p := float64(c.due)*(1-failedOf), &r.Overall
	if c.unit == Journeys {
		return due - float64(c.completed)
	}
	return due - float64(p.Achieved.Count) - heldUp(r) - failedByBurst(p)
}

// rising reports whether the backlog at the ends of the seconds rose. For journeys it is the verdict's finding on the backlog as
// a time: a count rises until the load is level.
func (c *customers) rising(r *runfile.Run, backlog []float64) bool {
	if c.unit == Journeys {
		return r.Overall.Backlog.Grew
	}
	return runfile.Rising(backlog) < runfile.RisingLevel
}

// servedBehind is the served rate while the backlog grows. Journeys completed after the hold do not count then.
func (c *customers) servedBehind() float64 { return min(c.served, c.done) }

// completedBySecond returns the journeys that arrived in each whole second of the hold and were completed.
func completedBySecond(r *runfile.Run, start time.Duration) (completed []float64) {
	for i := range r.Intervals {
		if iv := &r.Intervals[i]; iv.Journeys != nil && iv.StartNS >= start && iv.StartNS+time.Second <= start+r.Overall.DurationNS {
			completed = append(completed, float64(iv.Journeys.Completed))
		}
	}
	return completed
}
