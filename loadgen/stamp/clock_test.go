package stamp

import (
	"testing"
	"time"
)

// clocks are a monotonic clock that goes on by a step with each reading, and a system's clock that can be set.
type clocks struct {
	now     time.Duration
	set     time.Duration
	stopped map[int]time.Duration // at which reading, from 1, the thread is stopped for how long between the two
	reading int
}

// began is the system's clock at instant 0.
const began = 1_700_000_000_000_000_000

func (c *clocks) read() (time.Duration, int64) {
	c.reading++
	c.now += 25
	now := c.now
	c.now += c.stopped[c.reading]
	return now, began + int64(c.now+c.set)
}

func TestArrivalIsTheKernelsUnlessItCannotBe(t *testing.T) {
	const ms = time.Millisecond
	for _, tc := range []struct {
		why                       string
		stamp, sent, now, stepped time.Duration // stamp: since the start
		want                      time.Duration
		ok                        bool
	}{
		{"between send and reading", 30 * ms, 20 * ms, 90 * ms, -1, 30 * ms, true},
		{"no stamp", -began, 20 * ms, 90 * ms, -1, 90 * ms, false},
		{"before the send", 10 * ms, 20 * ms, 90 * ms, -1, 90 * ms, false},
		{"after the reading", time.Hour, 20 * ms, 90 * ms, -1, 90 * ms, false},
		{"the clock was set after the send", 30 * ms, 20 * ms, 90 * ms, 25 * ms, 90 * ms, false},
		{"the clock was set before the send", 30 * ms, 20 * ms, 90 * ms, 15 * ms, 30 * ms, true},
	} {
		c := newClock((&clocks{}).read)
		c.stepped = tc.stepped
		if at, ok := c.Arrival(began+int64(tc.stamp), tc.sent, tc.now); at != tc.want || ok != tc.ok {
			t.Errorf("%s: %v, %v, want %v, %v", tc.why, at, ok, tc.want, tc.ok)
		}
	}
}

func TestTheClockBeingSetIsSeen(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour, 20 * time.Microsecond, -20 * time.Microsecond} {
		system := &clocks{}
		c := newClock(system.read)
		system.now = time.Second
		system.set = by
		now, step := c.Check()
		if step != by || c.stepped != now {
			t.Errorf("set by %v: seen %v at %v, want it at %v", by, step, c.stepped, now)
		}
		if _, step := c.Check(); step != 0 {
			t.Errorf("set by %v: seen twice", by)
		}
		// What arrives from now on is right again.
		sent := now + time.Millisecond
		if at, ok := c.Arrival(began+int64(sent+time.Millisecond+by), sent, sent+time.Second); !ok || at != sent+time.Millisecond {
			t.Errorf("set by %v: an arrival 1 ms after the send is at %v, %v", by, at-sent, ok)
		}
	}
}

// A thread that is stopped between the two clocks has not seen one of them set.
func TestBeingStoppedIsNoStep(t *testing.T) {
	system := &clocks{}
	c := newClock(system.read)
	before := c.offset
	system.stopped = map[int]time.Duration{system.reading + 1: 50 * time.Millisecond, system.reading + 3: 3 * time.Millisecond}
	if _, step := c.Check(); step != 0 || c.offset != before {
		t.Errorf("a step of %v was seen", step)
	}
}
