package loadgen

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// second counts what belongs to one second: by intended time, or where it says so by the clock.
type second struct {
	ok, failed, done uint64 // done: recorded with any outcome, and known to be disturbed or not
	hits, misses     uint64
	failures         runfile.KindCounts
	lastEnd          time.Duration

	sent, finished, returned uint64 // by the clock; returned: finished and was sent

	parts secondParts // of the sent, in the closed model

	response, service, responseCensored, serviceCensored runfile.Histogram

	target targetTimes
}

func newSecond() *second {
	two := runfile.Histogram{Digits: runfile.DetailDigits}
	return &second{response: two, service: two, responseCensored: two, serviceCensored: two, target: newTargetTimes(runfile.DetailDigits)}
}

func (c *second) histograms() []*runfile.Histogram {
	return []*runfile.Histogram{&c.response, &c.service, &c.responseCensored, &c.serviceCensored}
}

// count counts a request that was intended in this second.
func (c *second) count(s *sample) {
	c.lastEnd = max(c.lastEnd, s.End)
	switch s.cache {
	case cacheHit:
		c.hits++
	case cacheMiss:
		c.misses++
	}
	switch s.Outcome {
	case exchange.Succeeded:
		c.ok++
		c.response.Record(s.Response())
		c.service.Record(s.Service())
	case exchange.Failed:
		c.failed++
		c.failures.Count(s.Kind, 1)
	case exchange.TimedOut, exchange.Shed:
		c.failed++
		c.failures.Count(s.Kind, 1)
		c.censor(s)
	case exchange.Unfinished, exchange.Unsent:
		c.censor(s)
	}
}

func (c *second) censor(s *sample) {
	c.responseCensored.Record(s.Response())
	if s.WasSent() {
		c.serviceCensored.Record(s.Service())
	}
}

func (c *second) add(other *second) {
	c.ok += other.ok
	c.failed += other.failed
	c.done += other.done
	c.hits += other.hits
	c.misses += other.misses
	c.failures.Add(other.failures)
	c.lastEnd = max(c.lastEnd, other.lastEnd)
	c.sent += other.sent
	c.parts.add(&other.parts)
	c.finished += other.finished
	c.returned += other.returned
	theirs := other.histograms()
	for i, h := range c.histograms() {
		h.Add(theirs[i])
	}
	c.target.add(&other.target)
}

func (c *second) reset() {
	kept := *c
	*c = second{
		response: kept.response, service: kept.service,
		responseCensored: kept.responseCensored, serviceCensored: kept.serviceCensored, target: kept.target,
	}
	for _, h := range c.histograms() {
		h.Reset()
	}
	c.target.reset()
}

// delta is what one shard has counted since it last handed over: the seconds it touched, and emptied ones to use next.
type delta struct {
	seconds   map[int]*second
	spare     []*second
	sightings []sighting // versions seen in finished requests
}

func newDelta() *delta { return &delta{seconds: make(map[int]*second)} }

func (d *delta) at(index int) *second {
	c := d.seconds[index]
	if c == nil {
		if n := len(d.spare); n > 0 {
			c, d.spare = d.spare[n-1], d.spare[:n-1]
		} else {
			c = newSecond()
		}
		d.seconds[index] = c
	}
	return c
}

// clear empties the delta and keeps its memory, of as many seconds as a steady run needs.
func (d *delta) clear() {
	d.sightings = d.sightings[:0]
	for index, c := range d.seconds {
		delete(d.seconds, index)
		if len(d.spare) < 4 {
			c.reset()
			d.spare = append(d.spare, c)
		}
	}
}
