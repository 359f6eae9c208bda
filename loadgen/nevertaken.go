package loadgen

import (
	"iter"
	"math/bits"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// neverSent is a request that the loop did not take, though it was due at an instant of a run that ended at another.
func (l loopEnd) neverSent(intended, end time.Duration) exchange.Exchange {
	x := exchange.Exchange{Intended: intended, Slot: exchange.NeverFree, Free: exchange.NeverFree, End: end, Outcome: exchange.Unsent}
	if l.freeSince >= 0 && intended < l.stopped {
		x.Slot = max(intended, l.freeSince)
		x.Free, x.Stopped = x.Slot, l.stopped
	}
	return x
}

// alike returns until when a request that the loop did not take would be recorded as one that is due at an instant is: its
// durations fall into the same places of the histograms.
func (l loopEnd) alike(x *exchange.Exchange) (until time.Duration) {
	until = never
	bound := func(from time.Duration) { // of a duration that is from less the intended start
		until = min(until, from-leastAlike(from-x.Intended)+1)
	}
	bound(x.End) // the response time, and without a slot the wait
	if l.freeSince > x.Intended {
		bound(l.freeSince) // the wait
		until = min(until, l.freeSince)
	}
	if l.stopped > x.Intended {
		bound(l.stopped) // the lag
		until = min(until, l.stopped)
		if late := l.stopped - lateAfter; late > x.Intended {
			until = min(until, late)
		}
	}
	return until
}

// never is an instant later than every other.
const never = time.Duration(1<<63 - 1)

// leastAlike returns the least duration that a histogram of three digits, and so one of two, does not tell from d. Those
// that are clamped are counted, too.
func leastAlike(d time.Duration) time.Duration {
	const resolved = 11 // bits that three digits are kept by
	shift := max(bits.Len64(uint64(max(d, 0)))-resolved, 0)
	least := d >> shift << shift
	if d > time.Duration(runfile.HighestTrackable) {
		least = max(least, time.Duration(runfile.HighestTrackable)+1)
	}
	return least
}

// unsentRequests are n requests to an endpoint that no loop took and that are recorded alike; the exchange is the first of them.
type unsentRequests struct {
	exchange.Exchange
	endpoint  int
	n         uint64
	disturbed bool
}

// tellNeverTaken tells since when requests could have been sent and were not, by loop.
func (r *recording) tellNeverTaken(e *ending) {
	step := uint64(len(e.loops))
	for i, l := range e.loops {
		k := l.next + (uint64(i)+step-l.next%step)%step
		if at := r.schedule.At(k); k < r.schedule.Total() && at < e.cut {
			if x := l.neverSent(at, e.at); x.Free != exchange.NeverFree {
				r.shards[0].lateness.tell(lateSpan{x.Free, x.End, x.End - x.Free})
			}
		}
	}
}

// neverTaken lists the requests due that no loop took, those together that are recorded alike: a rate that bench never comes
// near leaves tens of millions of them.
func (r *recording) neverTaken(e *ending) iter.Seq[unsentRequests] {
	return func(yield func(unsentRequests) bool) {
		cursor, loops := r.schedule.Cursor(), uint64(len(e.loops))
		k := e.next()
		counts := make([]uint64, len(r.mix.Endpoints)*int(loops))
		for {
			cursor.Seek(k)
			_, at, ok := cursor.Next()
			if !ok || at >= e.cut {
				return
			}
			disturbed, until := r.sameUntil(at, e)
			until = min(until, e.cut)
			last := r.firstDue(cursor, until)
			if loops == 1 && len(r.mix.Endpoints) == 1 {
				counts[0] = last - k
			} else {
				for ; k < last; k++ {
					if loop := k % loops; k >= e.loops[loop].next {
						counts[uint64(r.mix.Endpoint(k))*loops+loop]++
					}
				}
			}
			k = last
			for i, n := range counts {
				if n == 0 {
					continue
				}
				counts[i] = 0
				x := e.loops[uint64(i)%loops].neverSent(at, e.at)
				if !yield(unsentRequests{x, i / int(loops), n, disturbed}) {
					return
				}
			}
		}
	}
}

// sameUntil returns whether what is due at an instant is disturbed, and until when all that no loop took is recorded alike.
func (r *recording) sameUntil(at time.Duration, e *ending) (disturbed bool, until time.Duration) {
	disturbed, _, last := r.disturbed.around(at)
	if until = never; last < never {
		until = last + 1
	}
	until = min(until, at.Truncate(time.Second)+time.Second)
	if end := r.layout.spans[r.layout.phaseAt(at)].End; end > at {
		until = min(until, end)
	}
	for _, l := range e.loops {
		x := l.neverSent(at, e.at)
		until = min(until, l.alike(&x))
	}
	return disturbed, until
}

// walked is up to how many requests are looked for one by one: finding a place in a schedule of Poisson arrivals takes as long.
const walked = 1000

// firstDue returns the first number from the cursor's on that is due at an instant or later.
func (r *recording) firstDue(cursor *profiles.Cursor, from time.Duration) uint64 {
	for range walked {
		if k, at, ok := cursor.Next(); !ok || at >= from {
			return k
		}
	}
	return r.schedule.Count(from)
}

// recordUnsent counts n requests that were never taken and are recorded alike.
func (s *shard) recordUnsent(x *sample, n uint64, disturbed bool) {
	wait, lag := x.Wait(), x.Lag()
	t := &s.phases[s.phaseAt(x.Intended)]
	t.unsent += n
	times := int64(n)
	if x.Free != exchange.NeverFree && wait == 0 && lag > lateAfter {
		t.free += n
	}
	if wait > 0 {
		t.slotWait.RecordN(wait, times)
	}
	t.responseCensored.RecordN(x.Response(), times)
	if x.Free != exchange.NeverFree {
		t.wait.RecordN(wait, times)
		t.lagCensored.RecordN(lag, times)
	} else {
		t.waitCensored.RecordN(wait, times)
	}
	d, _ := s.detailAt(s.phaseAt(x.Intended), x)
	d.responseBounds.RecordN(x.Response(), times)
	c := s.second(x.Intended)
	c.lastEnd = max(c.lastEnd, x.End)
	c.responseCensored.RecordN(x.Response(), times)
	c.done += n
	if lag > lateAfter {
		ready := x.Ready()
		s.late.mark(ready, ready+lag)
	}
	if disturbed {
		t.disturbed += n
	}
	target, told := x.targetTime()
	for _, of := range []*targetTimes{&t.target, &d.target, &c.target} {
		of.countN(target, told, disturbed, n)
	}
}
