package loadgen

import (
	"slices"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// totals counts the requests intended in one phase.
type totals struct {
	ok, failed, unfinished, unsent, sent, retried uint64

	achieved uint64 // successes that finished within the phase's clock time
	finished uint64 // requests that came to an end within it

	response, service, wait, lag, firstByte, connect, handshake runfile.Histogram
	// Of the requests that never finished: the least that the duration would have been.
	responseCensored, serviceCensored, waitCensored, lagCensored runfile.Histogram
	// The way to the wire of requests that failed at once. No distribution shows them, the verdict needs them.
	failedWait, failedLag runfile.Histogram
	// The parts of all waits that are above 0: for a slot, and for a connection that was got, or whose end was not awaited.
	slotWait, connecting runfile.Histogram

	target    targetTimes
	disturbed uint64 // requests, whatever became of them

	free, freeSent uint64 // requests with a free slot the moment they were due; and of those, the sent ones

	noDescriptor, noPort, noRoom uint64 // requests that failed for want of one, which is bench's own limit

	bytesIn, bytesOut uint64
	hits, misses      uint64
	timings           []runfile.ServerTiming
}

func newTotals() totals {
	three := runfile.Histogram{Digits: runfile.TotalDigits}
	return totals{
		response: three, service: three, wait: three, lag: three, firstByte: three, connect: three, handshake: three,
		responseCensored: three, serviceCensored: three, waitCensored: three, lagCensored: three,
		failedWait: three, failedLag: three, slotWait: three, connecting: three,
		target: newTargetTimes(runfile.TotalDigits),
	}
}

// histograms lists all of them, in one order for every totals.
func (t *totals) histograms() []*runfile.Histogram {
	return []*runfile.Histogram{
		&t.response, &t.service, &t.wait, &t.lag, &t.firstByte, &t.connect, &t.handshake,
		&t.responseCensored, &t.serviceCensored, &t.waitCensored, &t.lagCensored, &t.failedWait, &t.failedLag,
		&t.slotWait, &t.connecting,
	}
}

// count counts a request by its intended time; achieved and finished go by the clock and are counted elsewhere.
func (t *totals) count(s *sample) {
	wait, lag := s.Wait(), s.Lag()
	// What an interrupt kept from being sent in time was not late yet.
	if s.Free != exchange.NeverFree && wait == 0 && (s.Outcome != exchange.Unsent || lag > lateAfter) {
		t.free++
		if s.WasSent() {
			t.freeSent++
		}
	}
	if wait > 0 {
		t.waited(s, wait)
	}
	if s.WasSent() {
		t.sent++
		t.bytesOut += s.BytesOut
	}
	t.retried += uint64(s.Retries)
	t.bytesIn += s.BytesIn

	switch s.Outcome {
	case exchange.Succeeded:
		t.ok++
		t.response.Record(s.Response())
		t.service.Record(s.Service())
		if s.FirstByte > 0 {
			t.firstByte.Record(s.FirstByte - s.Sent)
		}
	case exchange.Failed:
		t.failed++
		switch s.Kind {
		case runfile.OutOfDescriptors:
			t.noDescriptor++
		case runfile.OutOfPorts:
			t.noPort++
		case runfile.TooManyJourneys:
			t.noRoom++
		}
		t.failedWait.Record(wait)
		t.failedLag.Record(lag)
		t.answered(s)
		return
	case exchange.TimedOut, exchange.Shed:
		t.failed++
		t.censor(s)
	case exchange.Unfinished:
		t.unfinished++
		t.censor(s)
	case exchange.Unsent:
		t.unsent++
		t.censor(s)
	}
	if s.Free != exchange.NeverFree {
		t.wait.Record(wait)
	} else {
		t.waitCensored.Record(wait)
	}
	if s.WasSent() {
		t.lag.Record(lag)
	} else if s.Free != exchange.NeverFree {
		t.lagCensored.Record(lag)
	}
	t.answered(s)
}

// waited records what a request waited for. A connection that failed at once tells nothing of the time that one takes.
func (t *totals) waited(s *sample, wait time.Duration) {
	slot := s.SlotWait()
	if slot > 0 {
		t.slotWait.Record(slot)
	}
	if connecting := wait - slot; connecting > 0 && (s.WasSent() || s.Outcome != exchange.Failed) {
		t.connecting.Record(connecting)
	}
}

// censor records the bounds of a request that never finished.
func (t *totals) censor(s *sample) {
	t.responseCensored.Record(s.Response())
	if s.WasSent() {
		t.serviceCensored.Record(s.Service())
	}
}

// answered counts what a connection and an answer's header tell, whatever the outcome.
func (t *totals) answered(s *sample) {
	if s.Connect > 0 {
		t.connect.Record(s.Connect)
	}
	if s.Handshake > 0 {
		t.handshake.Record(s.Handshake)
	}
	switch s.cache {
	case cacheHit:
		t.hits++
	case cacheMiss:
		t.misses++
	}
	for _, m := range s.timings {
		t.timings = runfile.AddTiming(t.timings, m.name, 1, m.duration)
	}
}

// add merges other into t.
func (t *totals) add(other *totals) {
	t.ok += other.ok
	t.failed += other.failed
	t.unfinished += other.unfinished
	t.unsent += other.unsent
	t.sent += other.sent
	t.retried += other.retried
	t.achieved += other.achieved
	t.finished += other.finished
	t.free += other.free
	t.freeSent += other.freeSent
	t.noDescriptor += other.noDescriptor
	t.noPort += other.noPort
	t.noRoom += other.noRoom
	t.bytesIn += other.bytesIn
	t.bytesOut += other.bytesOut
	t.hits += other.hits
	t.misses += other.misses
	theirs := other.histograms()
	for i, h := range t.histograms() {
		h.Add(theirs[i])
	}
	t.target.add(&other.target)
	t.disturbed += other.disturbed
	for _, m := range other.timings {
		t.timings = runfile.AddTiming(t.timings, []byte(m.Name), m.Count, m.SumNS)
	}
}

func (t *totals) requests() runfile.Requests {
	due := t.ok + t.failed + t.unfinished + t.unsent
	return runfile.Requests{
		Planned: due, Due: due, Sent: t.sent, Succeeded: t.ok, Failed: t.failed,
		Unfinished: t.unfinished, Unsent: t.unsent, Retried: t.retried,
	}
}

// phase fills in what the totals know of a phase.
func (t *totals) phase(p *runfile.Phase) {
	seconds := p.DurationNS.Seconds()
	p.Requests = t.requests()
	p.Offered = runfile.Rate{Count: p.Requests.Due, Rate: runfile.PerSecond(p.Requests.Due, seconds)}
	p.Achieved = runfile.Rate{Count: t.achieved, Rate: runfile.PerSecond(t.achieved, seconds)}
	p.ResponseTime = runfile.DistOf(&t.response, &t.responseCensored)
	p.ServiceTime = runfile.DistOf(&t.service, &t.serviceCensored)
	p.Wait = runfile.DistOf(&t.wait, &t.waitCensored)
	p.Lag = runfile.DistOf(&t.lag, &t.lagCensored)
	p.TargetTime, p.Disturbed = t.target.describe(), t.disturbed
	p.FirstByte = runfile.DistOf(&t.firstByte, nil)
	p.DropPartial()
	p.Connect = runfile.DistOf(&t.connect, nil)
	p.Handshake = runfile.DistOf(&t.handshake, nil)
	p.Bytes = runfile.Bytes{In: t.bytesIn, Out: t.bytesOut}
	p.Cache = runfile.Cache{Hits: t.hits, Misses: t.misses}
	p.ServerTiming = slices.Clone(t.timings)
}

// copyTotals fills in what the totals know of a phase of the same requests. Adding up and encoding the same histograms again
// would take a good part of a short run's end.
func copyTotals(p, same *runfile.Phase) {
	p.Requests, p.Offered, p.Achieved = same.Requests, same.Offered, same.Achieved
	p.ResponseTime, p.ServiceTime, p.Wait, p.Lag = same.ResponseTime, same.ServiceTime, same.Wait, same.Lag
	p.FirstByte, p.Connect, p.Handshake = same.FirstByte, same.Connect, same.Handshake
	target := *same.TargetTime
	p.TargetTime, p.Disturbed = &target, same.Disturbed
	p.Bytes, p.Cache, p.ServerTiming = same.Bytes, same.Cache, slices.Clone(same.ServerTiming)
}
