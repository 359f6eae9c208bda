package journey

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// End says how a journey ended.
type End uint8

// The ends of a journey. Of all but the first two only the least that it would have taken is known.
const (
	Completed  End = iota
	Failed         // by an answer, or at once
	GivenUp        // by a timeout or a deadline: a failure too
	Unfinished     // the run's end cut it off
	Unstarted      // it arrived, and nothing of it was sent
)

// endOf returns how a journey ends with an exchange that was no success; first says that it was its first.
func endOf(x *exchange.Exchange, first bool) End {
	switch x.Outcome {
	case exchange.Failed:
		return Failed
	case exchange.TimedOut, exchange.Shed:
		return GivenUp
	}
	if first && x.Outcome == exchange.Unsent {
		return Unstarted
	}
	return Unfinished
}

// Counts is what became of the journeys of one kind that arrived in one phase.
type Counts struct {
	Completed, Failed, Unfinished, Unstarted uint64

	Later uint64 // steps of theirs that were due after the phase

	// Journey time is the sum of the responses of its steps, target time that of theirs; in bounds are those of which only the least is
	// known.
	Time, Target             runfile.Histogram
	TimeBounds, TargetBounds runfile.Histogram

	// Of the target times, those of the journeys without a disturbed step.
	Undisturbed, UndisturbedBounds runfile.Histogram

	LagAtAnswers runfile.Histogram // of the steps that were due at the answer before them

	Steps []StepCounts
}

// StepCounts is what became of a step: of the journeys that arrived, each was asked, left out, stopped, or has not reached it.
type StepCounts struct {
	Asked   uint64
	LeftOut uint64 // by chance
	Stopped uint64 // by a failure before it

	Since, SinceBounds runfile.Histogram // from the arrival to the end of the step, less what was thought
}

func newCounts(steps int) Counts {
	three, two := runfile.Histogram{Digits: runfile.TotalDigits}, runfile.Histogram{Digits: runfile.DetailDigits}
	c := Counts{Time: three, Target: three, TimeBounds: three, TargetBounds: three, Undisturbed: three, UndisturbedBounds: three, LagAtAnswers: two, Steps: make([]StepCounts, steps)}
	for i := range c.Steps {
		c.Steps[i].Since, c.Steps[i].SinceBounds = two, two
	}
	return c
}

// Arrived returns how many journeys there are.
func (c *Counts) Arrived() uint64 { return c.Completed + c.Failed + c.Unfinished + c.Unstarted }

// step counts an exchange of a step, which ended so long after the arrival.
func (c *Counts) step(i, round int, x *exchange.Exchange, since time.Duration) {
	s := &c.Steps[i]
	if round == 0 {
		s.Asked++
	}
	switch x.Outcome {
	case exchange.Succeeded:
		s.Since.Record(since)
	case exchange.Failed:
	default:
		s.SinceBounds.Record(since)
	}
}

func (c *Counts) end(g *going, o End) {
	switch o {
	case Completed:
		c.Completed++
		c.Time.Record(g.response)
		c.Target.Record(g.target)
		return
	case Failed:
		c.Failed++
		return
	case GivenUp:
		c.Failed++
	case Unfinished:
		c.Unfinished++
	case Unstarted:
		c.Unstarted++
	}
	c.TimeBounds.Record(g.response)
	c.TargetBounds.Record(g.target)
}

// Add merges other into c.
func (c *Counts) Add(other *Counts) {
	c.Completed += other.Completed
	c.Failed += other.Failed
	c.Unfinished += other.Unfinished
	c.Unstarted += other.Unstarted
	c.Later += other.Later
	c.Time.Add(&other.Time)
	c.Target.Add(&other.Target)
	c.TimeBounds.Add(&other.TimeBounds)
	c.TargetBounds.Add(&other.TargetBounds)
	c.Undisturbed.Add(&other.Undisturbed)
	c.UndisturbedBounds.Add(&other.UndisturbedBounds)
	c.LagAtAnswers.Add(&other.LagAtAnswers)
	for i := range c.Steps {
		s, o := &c.Steps[i], &other.Steps[i]
		s.Asked += o.Asked
		s.LeftOut += o.LeftOut
		s.Stopped += o.Stopped
		s.Since.Add(&o.Since)
		s.SinceBounds.Add(&o.SinceBounds)
	}
}

// Counted returns the counts of a phase of all books of a run together, by journey.
func Counted(books []*Book, phase int) []Counts {
	all := books[0]
	list := make([]Counts, len(all.Mix.Journeys))
	for j := range list {
		list[j] = newCounts(len(all.Mix.Journeys[j].Steps))
		for _, b := range books {
			list[j].Add(&b.counts[phase][j])
		}
	}
	return list
}

// level is the share of what steady arrivals ask for from which on their load counts as level.
const level = 0.95

// Level returns how long after steady arrivals begin the load of their journeys is level: when 95 % of what they ask for a second is due,
// as far as it was ever due.
func Level(books []*Book) time.Duration {
	all := runfile.Histogram{Digits: runfile.DetailDigits}
	for _, b := range books {
		all.Add(&b.since)
	}
	return all.Quantile(level)
}

// KeptBack reports whether a cookie was not sent that is for https alone.
func (b *Book) KeptBack() bool { return b.kept }

// Most returns how many journeys were in progress at once.
func (b *Book) Most() int { return b.most }
