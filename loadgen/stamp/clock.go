package stamp

import "time"

// maxDrift is how far the system's clock may be from where the monotonic one expects it before it counts as having been
// set. The two are slewed together, so between settings they differ only by what reading them takes.
const maxDrift = 10 * time.Microsecond

// Clock translates the kernel's timestamps, which are of the system's clock, into instants since an epoch. It belongs to one goroutine.
type Clock struct {
	read    func() (now time.Duration, wall int64) // both clocks, the system's in ns since 1970
	offset  int64                                  // the system's clock at instant 0
	stepped time.Duration                          // when it was last seen to have been set; before 0: never
}

// systemClocks reads the clocks of this machine.
func systemClocks(epoch time.Time) func() (now time.Duration, wall int64) {
	return func() (time.Duration, int64) {
		t := time.Now()
		return t.Sub(epoch), t.UnixNano()
	}
}

// NewClock returns the clock of this machine, which counts from epoch.
func NewClock(epoch time.Time) Clock { return newClock(systemClocks(epoch)) }

func newClock(read func() (now time.Duration, wall int64)) Clock {
	c := Clock{read: read, stepped: -1}
	c.offset = c.measure()
	return c
}

// measure returns the offset. The thread may be stopped between reading the one clock and the other, so of a few
// readings that is believed around which the least time passed.
func (c *Clock) measure() int64 {
	var offset int64
	best := time.Duration(1<<63 - 1)
	for range 5 {
		before, _ := c.read()
		now, wall := c.read()
		after, _ := c.read()
		if took := after - before; took < best {
			best, offset = took, wall-int64(now)
		}
	}
	return offset
}

// Check looks at both clocks and returns the instant, and by how much the system's clock has been set since the last
// look.
func (c *Clock) Check() (now, step time.Duration) {
	now, wall := c.read()
	if drift := wall - int64(now) - c.offset; drift < int64(maxDrift) && drift > -int64(maxDrift) {
		return now, 0
	}
	// Only what a careful look confirms is a step.
	offset := c.measure()
	step = time.Duration(offset - c.offset)
	if step < maxDrift && step > -maxDrift {
		return now, 0
	}
	c.offset, c.stepped = offset, now
	return now, step
}

// Arrival translates the stamp of something that answers a request sent at an instant and was read at now. It returns
// false where the stamp is not to be believed: the clock was set after the request went out, or it lies outside the time
// in which the answer can have come.
func (c *Clock) Arrival(stamp int64, sent, now time.Duration) (at time.Duration, ok bool) {
	at = time.Duration(stamp - c.offset)
	if stamp == 0 || sent <= c.stepped || at < sent || at > now {
		return now, false
	}
	return at, true
}

// Before reports whether something certainly arrived before an instant.
func (c *Clock) Before(stamp int64, at time.Duration) bool {
	return stamp != 0 && at > c.stepped && time.Duration(stamp-c.offset) < at
}
