package loadgen

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// timeline gathers the shards' seconds while the run goes on, and seals each second in which nothing is outstanding any
// more: its histograms are encoded and let go, so that memory does not grow with the length of the run. It belongs to
// the goroutine that watches the run.
type timeline struct {
	schedule *profiles.Schedule // nil in the closed model, where nothing is due by a schedule
	until    time.Duration      // the instant up to which requests are counted as due
	dueTotal uint64
	counts   []secondCounts
	open     map[int]*second
	sealed   int                        // all seconds before it are sealed
	failures runfile.KindCounts         // of all seconds
	told     runfile.Histogram          // the room in which what is told of a second that is not sealed is put together
	versions *versions                  // judges what is told of versions; nil: nothing is
	heard    func(index int, c *second) // receiver of each second's counts; nil: no receiver
}

// secondCounts is what is kept of a second for the whole run.
type secondCounts struct {
	due, ok, failed, done    uint64
	hits, misses, stale      uint64
	failures                 runfile.KindCounts
	sent, finished, returned uint64
	parts                    secondParts
	lastEnd                  time.Duration
	last                     time.Duration // when the last of those due was, where somebody asked; else 0
	responseTime             runfile.Dist
	serviceTime              runfile.Dist
	targetTime               *runfile.TargetTime
}

func newTimeline(s *profiles.Schedule) *timeline {
	return &timeline{schedule: s, open: make(map[int]*second), told: runfile.Histogram{Digits: runfile.DetailDigits}}
}

// advance counts as due what is intended before now.
func (t *timeline) advance(now time.Duration) {
	if t.schedule == nil {
		return
	}
	for t.until < now {
		index := int(t.until / time.Second)
		t.until = min(time.Duration(index+1)*time.Second, now)
		if due := t.schedule.Count(t.until); due > t.dueTotal {
			t.at(index).due += due - t.dueTotal
			t.dueTotal = due
		}
	}
}

func (t *timeline) at(index int) *secondCounts {
	for len(t.counts) <= index {
		t.counts = append(t.counts, secondCounts{})
	}
	return &t.counts[index]
}

// collect takes what the shards have handed over since the last time.
func (t *timeline) collect(shards []*shard) {
	for _, s := range shards {
		for {
			select {
			case d := <-s.full:
				t.take(d)
				d.clear()
				s.empty <- d
				continue
			default:
			}
			break
		}
	}
}

func (t *timeline) take(d *delta) {
	t.versions.take(d.sightings)
	for index, c := range d.seconds {
		o := t.open[index]
		if o == nil {
			o = newSecond()
			t.open[index] = o
		}
		o.add(c)
		t.failures.Add(c.failures)
		if t.heard != nil {
			t.heard(index, c)
		}
	}
}

// seal encodes the seconds before the one of now, in order, as far as all that is due in them has been recorded. In the
// closed model a user's request is recorded when it ends, so a second is over when no request can last into now from it.
func (t *timeline) seal(now, longest time.Duration) {
	for t.sealed < int(now/time.Second) {
		c := t.at(t.sealed)
		var done uint64
		if o := t.open[t.sealed]; o != nil {
			done = o.done
		}
		if t.schedule != nil && done < c.due {
			return
		}
		if t.schedule == nil && time.Duration(t.sealed+1)*time.Second+longest > now {
			return
		}
		t.encode(t.sealed)
		t.sealed++
	}
}

// outstanding returns, by seconds before now, how many requests of a schedule have had no answer, and the least age that
// they can have: requests whose end the shards have counted and not handed over yet are taken for the oldest.
func (t *timeline) outstanding(now time.Duration, shards []*shard) []waiting {
	if t.schedule == nil {
		return nil
	}
	var done, ended uint64
	for _, c := range t.counts {
		done += c.done
	}
	for _, o := range t.open {
		done += o.done
	}
	for _, s := range shards {
		ended += s.ended.Load()
	}
	hidden := ended - min(done, ended)
	var list []waiting
	for i := t.sealed; i < min(int(now/time.Second), len(t.counts)); i++ {
		open := t.counts[i].due
		if o := t.open[i]; o != nil {
			open -= min(o.done, open)
		}
		known := min(hidden, open)
		hidden -= known
		if open > known {
			list = append(list, waiting{i, open - known, now - time.Duration(i+1)*time.Second})
		}
	}
	return list
}

// encode folds an open second into what is kept. What a sealed second still gets are counts by the clock, and of journeys a step that
// waited long.
func (t *timeline) encode(index int) {
	o := t.open[index]
	if o == nil {
		return
	}
	delete(t.open, index)
	c := t.at(index)
	c.ok += o.ok
	c.failed += o.failed
	c.done += o.done
	c.hits += o.hits
	c.misses += o.misses
	c.failures.Add(o.failures)
	c.sent += o.sent
	c.parts.add(&o.parts)
	c.finished += o.finished
	c.returned += o.returned
	c.lastEnd = max(c.lastEnd, o.lastEnd)
	if o.response.Count() > 0 || o.responseCensored.Count() > 0 {
		response := runfile.DistOf(&o.response, &o.responseCensored)
		c.responseTime = c.responseTime.Joined(&response, runfile.DetailDigits)
	}
	if o.service.Count() > 0 || o.serviceCensored.Count() > 0 {
		service := runfile.DistOf(&o.service, &o.serviceCensored)
		c.serviceTime = c.serviceTime.Joined(&service, runfile.DetailDigits)
	}
	c.targetTime = c.targetTime.Joined(o.target.describe(), runfile.DetailDigits)
	// The summaries keep the encoded histograms; the counts themselves would be 37 KB a second.
	c.responseTime.Pack()
	c.serviceTime.Pack()
	c.targetTime.Undisturbed.Pack()
	c.targetTime.Disturbed.Pack()
}

// finish seals what is left when the run is over.
func (t *timeline) finish(shards []*shard) {
	t.collect(shards)
	for _, s := range shards {
		t.take(s.current)
	}
	for index := range t.open {
		t.encode(index)
	}
	if t.versions != nil {
		t.versions.finish()
	}
	if t.schedule == nil {
		for i := range t.counts {
			t.counts[i].due = t.counts[i].done
		}
	}
}

// intervals returns the seconds of a run that is over, in order and without gaps.
func (t *timeline) intervals() []runfile.Interval {
	list := make([]runfile.Interval, len(t.counts))
	var due, sent, finished, returned uint64
	for i, c := range t.counts {
		due, sent, finished, returned = due+c.due, sent+c.sent, finished+c.finished, returned+c.returned
		list[i] = runfile.Interval{
			StartNS: time.Duration(i) * time.Second,
			Due:     c.due, OK: c.ok, Failed: c.failed, Sent: c.sent, Finished: c.finished,
			InFlight: sent - returned, Backlog: due - finished,
			Hits: c.hits, Misses: c.misses, Stale: c.stale, Failures: c.failures,
			ResponseTime: c.responseTime, ServiceTime: c.serviceTime, TargetTime: c.targetTime,
		}
	}
	runfile.FoldKinds(list)
	return list
}
