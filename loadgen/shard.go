package loadgen

import (
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// maxSilences bounds the silences that are kept.
const maxSilences = 1000

// layout is what every shard of a run agrees on. It is immutable but for cut.
type layout struct {
	spans     []profiles.Span
	length    time.Duration
	endpoints int           // number of endpoints with figures of their own, and one for all others
	closed    bool          // the closed model
	tail      time.Duration // after length, how long journeys may go on that wait for nobody; 0 too where there are no journeys
	tailPhase int           // the index behind all phases, which counts what is due after length; 0: there are no journeys
	cut       atomic.Int64  // when the profile ended: at length, or when the run was interrupted
}

// interrupt ends the profile early.
func (l *layout) interrupt(at time.Duration) { l.cut.Store(min(int64(at), int64(l.length))) }

// trim drops the phases that an interrupted run did not reach, and ends the one that it was in.
func (l *layout) trim(cut time.Duration) {
	for i := range l.spans {
		if s := &l.spans[i]; s.End >= cut {
			s.End = max(min(s.End, cut), s.Start+1) // interrupted at once, it still had a beginning
			l.spans = l.spans[:i+1]
			break
		}
	}
}

// phases is how many phases are counted apart.
func (l *layout) phases() int {
	if l.tailPhase > 0 {
		return l.tailPhase + 1
	}
	return len(l.spans)
}

// end is when nothing is due any more that does not wait for the target.
func (l *layout) end() time.Duration { return l.length + l.tail }

// lastDue is the last instant at which anything is due: interrupted, no step is any more.
func (l *layout) lastDue() time.Duration {
	if cut := time.Duration(l.cut.Load()); cut < l.length {
		return cut
	}
	return l.end()
}

// phaseAt returns the phase of an instant; what lies past the profile belongs to its last phase, or to the tail of journeys.
func (l *layout) phaseAt(t time.Duration) int {
	if l.tailPhase > 0 && t >= l.length {
		return l.tailPhase
	}
	for i := range l.spans {
		if t < l.spans[i].End {
			return i
		}
	}
	return len(l.spans) - 1
}

// shard counts the samples of one loop. It belongs to the goroutine that calls record, and no other touches it before
// that goroutine has ended, but for the counters of the live line and the deltas it hands over.
type shard struct {
	*layout
	phases   []totals
	details  []*detail // phase × endpoint × class, at first use
	errors   map[string]*runfile.ErrorCount
	late     lateness
	silences []silenceSpan
	kernel   kernelFacts

	redirects runfile.Redirects
	sentTo    map[netip.AddrPort]*addressCounts
	stood     lateness // in which the loop did not run

	lateness punctuality
	waiting  heldBack

	current *delta
	turn    int          // the clock second in which current was begun
	full    chan *delta  // to the timeline
	empty   chan *delta  // back from it
	asked   atomic.Bool  // the timeline wants what was counted so far
	handed  atomic.Int64 // the instant up to which finished requests were handed over
	ends    endsBySecond

	sent     atomic.Uint64 // requests that went out
	ended    atomic.Uint64 // requests that came to an end
	returned atomic.Uint64 // of those, the ones that had been sent
	ok       atomic.Uint64
	failed   atomic.Uint64
}

// detail is one class of one endpoint in one phase.
type detail struct {
	count                         uint64
	response, service             runfile.Histogram
	responseBounds, serviceBounds runfile.Histogram // of those that never finished

	target targetTimes
}

// silenceSpan is a time in which nothing was received.
type silenceSpan struct{ from, to time.Duration }

// newShards returns so many shards of one run.
func newShards(l *layout, n int, all *disturbances) []*shard {
	shards := make([]*shard, n)
	for i := range shards {
		shards[i] = newShard(l)
		shards[i].lateness.tell = all.tell
		shards[i].waiting.oracle.of, shards[i].waiting.first.Digits = all, runfile.DetailDigits
	}
	for _, s := range shards {
		s.waiting.loops = shards
	}
	return shards
}

func newShard(l *layout) *shard {
	s := &shard{
		layout: l, phases: make([]totals, l.phases()), errors: make(map[string]*runfile.ErrorCount),
		details: make([]*detail, l.phases()*(min(l.endpoints, runfile.MaxEndpoints)+1)*len(classes)),
		current: newDelta(), full: make(chan *delta, 2), empty: make(chan *delta, 2),
	}
	for i := range s.phases {
		s.phases[i] = newTotals()
	}
	s.empty <- newDelta()
	return s
}

// classes are the classes in the order in which details are laid out.
var classes = [...]runfile.Class{runfile.ClassOK, runfile.ClassHit, runfile.ClassMiss, runfile.ClassFailed}

func (s *shard) detailIndex(phase, endpoint int, class runfile.Class) int {
	return s.detailOf(phase, min(endpoint, runfile.MaxEndpoints), class)
}

// detailOf returns where one class of the endpoint with that slot is counted.
func (s *shard) detailOf(phase, slot int, class runfile.Class) int {
	c := 0
	for classes[c] != class {
		c++
	}
	return (phase*(min(s.endpoints, runfile.MaxEndpoints)+1)+slot)*len(classes) + c
}

// record counts one sample. It neither locks nor, once the memory of a phase is there, allocates.
func (s *shard) record(x *sample) {
	phase := s.phaseAt(x.Intended)
	s.phases[phase].count(x)
	detail := s.detail(phase, x)
	s.second(x.Intended).count(x)
	if x.WasSent() {
		c := s.second(x.Sent)
		c.sent++
		if s.closed {
			c.parts.count(x.Sent)
		}
	}
	if x.Over() {
		c := s.second(x.End)
		c.finished++
		s.ended.Add(1)
		s.ends.count(x.Intended)
		if x.WasSent() {
			c.returned++
			s.returned.Add(1)
		}
		if int64(x.End) < s.cut.Load() {
			at := &s.phases[s.phaseAt(x.End)]
			at.finished++
			if x.Outcome == exchange.Succeeded {
				at.achieved++
			}
		}
	}
	if lag := x.Lag(); lag > lateAfter {
		ready := x.Ready()
		s.late.mark(ready, ready+lag)
	}
	switch x.Outcome {
	case exchange.Succeeded:
		s.ok.Add(1)
	case exchange.Failed, exchange.TimedOut, exchange.Shed:
		s.failed.Add(1)
		s.failure(x)
	}
	if x.Address.IsValid() {
		s.countAddress(x)
	}
	s.holdBack(x, detail)
	if turn := int(x.End / time.Second); turn != s.turn || s.asked.Load() {
		s.turn = turn
		s.handOver(x.End)
	}
}

func (s *shard) second(t time.Duration) *second { return s.current.at(int(t / time.Second)) }

// detailAt returns where a sample of a phase is counted, and makes it at first use.
func (s *shard) detailAt(phase int, x *sample) (d *detail, index int) {
	i := s.detailIndex(phase, x.endpoint, x.class())
	if s.details[i] == nil {
		two := runfile.Histogram{Digits: runfile.DetailDigits}
		s.details[i] = &detail{response: two, service: two, responseBounds: two, serviceBounds: two, target: newTargetTimes(runfile.DetailDigits)}
	}
	return s.details[i], i
}

func (s *shard) detail(phase int, x *sample) (index int) {
	d, i := s.detailAt(phase, x)
	if x.Over() {
		d.count++
	}
	response, service := &d.response, &d.service
	if x.Outcome > exchange.Failed {
		response, service = &d.responseBounds, &d.serviceBounds
	}
	response.Record(x.Response())
	if x.WasSent() {
		service.Record(x.Service())
	}
	return i
}

func (s *shard) failure(x *sample) {
	e := s.errors[x.Kind]
	if e == nil {
		kind := x.Kind
		if len(s.errors) >= runfile.MaxErrorKinds {
			kind = runfile.Other
		}
		if e = s.errors[kind]; e == nil {
			e = &runfile.ErrorCount{Kind: kind, FirstNS: x.End, Sample: runfile.Excerpt(x.Detail)}
			s.errors[kind] = e
		}
	}
	e.Count++
	e.FirstNS = min(e.FirstNS, x.End)
	e.LastNS = max(e.LastNS, x.End)
}

// failedBy returns the most frequent kind of failure of a run without a success; "" where some request succeeded.
func (s *shard) failedBy() string {
	var most runfile.ErrorCount
	for i := range s.phases {
		if s.phases[i].ok > 0 {
			return ""
		}
	}
	for _, e := range s.errors {
		if e.Count > most.Count || e.Count == most.Count && e.Kind < most.Kind {
			most = *e
		}
	}
	return most.Kind
}

// silence keeps a silence to be judged when the run is over; maxSilences of them are enough to see what is wrong.
func (s *shard) silence(q silenceSpan) {
	if len(s.silences) < maxSilences {
		s.silences = append(s.silences, q)
	}
}

// merge adds what another shard, whose goroutine has ended, has counted.
func (s *shard) merge(o *shard) {
	for i := range s.phases {
		s.phases[i].add(&o.phases[i])
	}
	for i, theirs := range o.details {
		if mine := s.details[i]; mine == nil {
			s.details[i] = theirs
		} else if theirs != nil {
			mine.add(theirs)
		}
	}
	for kind, theirs := range o.errors {
		mine := s.errors[kind]
		if mine == nil {
			s.errors[kind] = theirs
			continue
		}
		mine.Count += theirs.Count
		mine.FirstNS = min(mine.FirstNS, theirs.FirstNS)
		mine.LastNS = max(mine.LastNS, theirs.LastNS)
	}
	s.late.add(&o.late)
	s.stood.add(&o.stood)
	s.silences = append(s.silences, o.silences...)
	s.kernel.add(&o.kernel)
	s.addAddresses(o)
	s.redirects.Add(&o.redirects)
}

func (d *detail) add(o *detail) {
	d.count += o.count
	d.response.Add(&o.response)
	d.service.Add(&o.service)
	d.responseBounds.Add(&o.responseBounds)
	d.serviceBounds.Add(&o.serviceBounds)
	d.target.add(&o.target)
}

// handOver gives what was counted until now to the timeline, or goes on counting in the same place if that is still busy.
func (s *shard) handOver(now time.Duration) {
	s.asked.Store(false)
	select {
	case next := <-s.empty:
		s.handed.Store(int64(now))
		s.full <- s.current // never blocks: there are two deltas and room for two
		s.current = next
	default:
	}
}
