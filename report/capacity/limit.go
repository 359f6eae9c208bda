package capacity

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// The use of a resource: from busy on the resource is the limit, below idle it is not.
const (
	busy = 0.8
	idle = 0.6
)

// limit fills in Limit and Try from the use of resources in the step that served most.
func (c *Capacity) limit(open []Measurement) {
	var top *Measurement
	for i := range open {
		if m := &open[i]; !m.spoiled && (top == nil || m.Served > top.Served) {
			top = m
		}
	}
	if top == nil {
		c.Limit = "What limits it was not seen: no step tells."
		return
	}
	cpu, seen := top.busy(Processor)
	use := 0.0
	if c.Processors > 0 {
		use = cpu / float64(c.Processors)
	}
	full, fullUse := c.fullest(top)
	switch {
	case seen && use >= busy:
		c.limitedByProcessor(full)
	case full != nil && fullUse >= busy:
		wait, told := top.waited()
		c.Limit = fmt.Sprintf("%s limits it: a %s holds one of %g for %s, so all are busy at %s.", full.Resource, c.Unit.One(), full.Servers, units.Precise(seconds(full.Seconds.Value)), c.Unit.Rate(full.Saturation.Rate))
		if told {
			c.Limit = fmt.Sprintf("Its pool of %g connections limits it: a %s holds one for %s (%s), so all are busy at %s. When it served most, a request waited %s for one.",
				full.Servers, c.Unit.One(), units.Precise(seconds(full.Seconds.Value)), full.Resource, c.Unit.Rate(full.Saturation.Rate), units.Precise(seconds(wait)))
		}
		if seen && use > 0 {
			c.Limit += fmt.Sprintf(" Of its processor %.0f %% was used.", 100*use)
		}
		c.Try = "more of them, such as a larger pool, or a shorter hold: fewer or faster queries for each request"
	case !seen && c.Queue != nil && c.Queue.Contradicted == nil:
		c.Limit = fmt.Sprintf("It behaves as %d workers that take %s for a request: their number and that time limit it.", c.Queue.Workers, units.Precise(seconds(1/c.Queue.ServiceRate)))
		c.Try = "more workers, or less work for each request"
	case !seen && full != nil:
		c.Limit = fmt.Sprintf("What limits it was not seen: %s was used to %.0f %% when it served most, and its processor's use is not known.", full.Resource, 100*fullUse)
	case !seen:
		c.Limit = "What limits it was not seen: its processor's use is not known."
	case c.BrokeAt > 0 && use < idle:
		c.Limit = fmt.Sprintf("Its processor does not limit it, as only %.0f %% of it was used: requests wait for something else, such as workers, connections or locks.", 100*use)
		c.Try = "more workers or connections"
	case c.BrokeAt > 0:
		c.Limit = fmt.Sprintf("It used %.0f %% of its processor when it served most.", 100*use)
	default:
		c.Limit = "Nothing limited it at the rates that were driven."
	}
}

// fullest returns the part named in Server-Timing that is used most, among those of known size.
func (c *Capacity) fullest(m *Measurement) (fullest *Demand, use float64) {
	for i := range c.Demands {
		d := &c.Demands[i]
		if d.Resource == Processor || d.Servers == 0 {
			continue
		}
		if b, _ := m.busy(d.Resource); fullest == nil || b/d.Servers > use {
			fullest, use = d, b/d.Servers
		}
	}
	return fullest, use
}

// limitedByProcessor fills in Limit and Try for a busy processor; full is the busiest part of the service, or nil.
func (c *Capacity) limitedByProcessor(full *Demand) {
	c.Try = "less work for each request (a cache, a profile of the hot path)"
	for _, d := range c.Demands {
		if d.Resource != Processor {
			continue
		}
		c.Limit = fmt.Sprintf("Its processor limits it: %s a %s, full at %s.", units.Precise(seconds(d.Seconds.Value)), c.Unit.One(), c.Unit.Rate(d.Saturation.Rate))
		c.Try += ", or a larger size, with more processors"
		if full != nil && full.Saturation.Rate > 0 && full.Saturation.Rate < 1.25*d.Saturation.Rate {
			c.Limit += fmt.Sprintf(" Nearly all of that passes in %s, so more of those alone would not help.", full.Resource)
		}
		return
	}
	c.Limit = "Its processor limits it: it was busy all the time."
}
