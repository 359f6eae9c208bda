package usage

import (
	"errors"
	"time"
)

// errNotCounted says that the system keeps no schedules of threads.
var errNotCounted = errors.New("this system does not count how long threads wait for a processor")

// schedule is what the scheduler has counted of one thread since it began.
type schedule struct {
	delay    time.Duration // ready to run, waiting for a processor
	switches uint64        // times that it was given one
}

// threadTotals adds up the schedules of a changing set of threads. What a thread has counted stays in the sums when it
// ends, so that they never fall; what it counts between the last look and its end is lost.
type threadTotals struct {
	last  map[int]schedule // by thread number, which is one of a kind on a system
	seen  map[int]schedule
	ended schedule
}

func newThreadTotals() *threadTotals {
	return &threadTotals{last: map[int]schedule{}, seen: map[int]schedule{}}
}

// see notes the schedule of one thread of the set as it is now.
func (t *threadTotals) see(tid int, now schedule) { t.seen[tid] = now }

// total returns the sums once all threads were seen, and begins another look.
func (t *threadTotals) total() schedule {
	for tid, was := range t.last {
		now, ok := t.seen[tid]
		if !ok || now.delay < was.delay || now.switches < was.switches { // ended; another may have its number now
			t.ended.delay += was.delay
			t.ended.switches += was.switches
		}
	}
	t.last, t.seen = t.seen, t.last
	clear(t.seen)
	sum := t.ended
	for _, now := range t.last {
		sum.delay += now.delay
		sum.switches += now.switches
	}
	return sum
}

// abandon forgets a look at which not all threads could be seen: those left out would seem to have ended.
func (t *threadTotals) abandon() { clear(t.seen) }
