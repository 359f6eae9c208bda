package profiles

import (
	"sort"
	"time"
)

// A Cursor visits the arrivals of a schedule one after another, without allocating. It belongs to one goroutine; any
// number of them may read one schedule.
type Cursor struct {
	s     *Schedule
	k     uint64     // the arrival that Next returns
	phase int        // the phase of arrival k, or one before it
	drawn checkpoint // poisson: the state before arrival k
}

// Cursor returns a cursor that stands before arrival 0.
func (s *Schedule) Cursor() *Cursor { return &Cursor{s: s} }

// Next returns the next arrival and when it is due. After the last one ok is false and k is Total().
func (c *Cursor) Next() (k uint64, at time.Duration, ok bool) {
	s := c.s
	if c.k >= s.total {
		return s.total, s.duration, false
	}
	k = c.k
	c.k++
	for k >= s.phases[c.phase].next {
		c.phase++
	}
	g := &s.phases[c.phase]
	if !s.poisson {
		return k, g.evenAt(k), true
	}
	c.drawn.sum += s.gaps.Exp(k)
	// Two sums that differ in their last digit may map to times in the wrong order, by 1 ns.
	c.drawn.last = max(c.drawn.last, g.poissonAt(c.drawn.sum))
	return k, c.drawn.last, true
}

// Seek makes k the next arrival. A k beyond the last one stands for the end. With Poisson arrivals it walks there from
// the nearest checkpoint, or from where the cursor stands, at most 1,023 steps.
func (c *Cursor) Seek(k uint64) {
	k = min(k, c.s.total)
	if !c.s.poisson {
		c.k, c.phase = k, c.s.phaseOf(k)
		return
	}
	if c.k > k || k-c.k > k%checkpointEvery {
		c.restore(int(k / checkpointEvery))
	}
	for c.k < k {
		c.Next()
	}
}

// restore stands the cursor before arrival j·checkpointEvery of a Poisson schedule.
func (c *Cursor) restore(j int) {
	c.k = uint64(j) * checkpointEvery
	c.phase = c.s.phaseOf(c.k)
	c.drawn = c.s.checkpoints[j]
}

// phaseOf is the index of the phase that arrival k belongs to; the last one's for k = Total().
func (s *Schedule) phaseOf(k uint64) int {
	i := sort.Search(len(s.phases), func(i int) bool { return s.phases[i].next > k })
	return min(i, len(s.phases)-1)
}
