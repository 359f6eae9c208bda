package loadgen

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

const (
	// minStep is the least by which the wall clock was set: it is slewed by half a millisecond in a second at most.
	minStep = 500 * time.Millisecond
	// atOnce is how long the two clocks may take to be read one after the other.
	atOnce = 10 * time.Millisecond
)

// wallClock watches the clock that tells the date against the steady one, by which all durations are measured.
type wallClock struct {
	now   func() time.Time
	epoch time.Time
	ahead time.Duration // of the steady clock
}

func newWallClock(now func() time.Time, epoch time.Time) *wallClock {
	c := &wallClock{now: now, epoch: epoch}
	c.ahead, _ = c.read()
	return c
}

// read returns by how much the wall clock is ahead; false where this process was stopped between the readings.
func (c *wallClock) read() (ahead time.Duration, ok bool) {
	before := time.Since(c.epoch)
	wall := c.now().Round(0).Sub(c.epoch.Round(0))
	after := time.Since(c.epoch)
	return wall - after, after-before < atOnce
}

// step returns an event if the wall clock was set since the last look.
func (c *wallClock) step() (e runfile.Event, was bool) {
	ahead, ok := c.read()
	by := ahead - c.ahead
	if !ok || by.Abs() < minStep {
		return runfile.Event{}, false
	}
	c.ahead = ahead
	way := "forward"
	if by < 0 {
		way = "back"
	}
	return runfile.Event{Kind: runfile.EventClock, AtNS: time.Since(c.epoch), Text: fmt.Sprintf(
		"the clock was set %s by %s during the run, or the machine slept; no duration is measured by it", way, by.Abs().Round(100*time.Millisecond))}, true
}
