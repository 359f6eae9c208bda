package loadgen

import (
	"context"
	"math"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/wire"
)

// runWire drives the recording's plan with the wire engine, one loop a shard. Instant 0 is epoch.
func (r *recording) runWire(ctx context.Context, epoch time.Time, origins []*wire.Origin) (ending, error) {
	loops := len(r.shards)
	requests, err := wireRequests(r.mix, r.plan.Limits.NoKeepAlive)
	if err != nil {
		return ending{}, err
	}
	// A loop keeps its processor while it waits; one is left for all else.
	if runtime.GOMAXPROCS(0) <= loops {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(loops + 1))
	}
	ends, errs := make([]wire.End, loops), make([]error, loops)
	var running sync.WaitGroup
	defer r.following(ctx)()
	for i := range loops {
		c := wire.Config{
			Epoch: epoch, Length: r.layout.length, Slots: share(r.plan.slots(), i, loops),
			Timeout: r.plan.Limits.Timeout, Drain: r.plan.Limits.Drain, Deadline: r.plan.Limits.Deadline,
			NoKeepAlive: r.plan.Limits.NoKeepAlive, ConnAge: r.plan.Limits.ConnAge, ConnUses: r.plan.Limits.ConnRequests,
			Spin: *r.plan.Wire.Spin, Origins: origins, Endpoints: len(r.mix.requests),
			Failure: r.failureOnWire,
		}
		if r.mix.searchesBody(r.plan.Expect) || r.pair.seesBody() {
			c.KeepBody = maxExpectedBody
		}
		source := &wireSource{mix: r.mix, requests: requests, epoch: epoch, next: uint64(i), step: uint64(loops), most: math.MaxUint64}
		if r.plan.Closed != nil {
			c.Users, c.Slots = r.plan.crowd(i, loops, r.layout.length), r.plan.Closed.usersOf(i, loops)
			if n := r.plan.Limits.Requests; n > 0 {
				source.most = n
			}
		} else {
			source.cursor = r.schedule.Cursor()
		}
		sink := &wireSink{shard: r.shards[i], mix: r.mix, expect: r.plan.Expect, marks: newAnswerMarks(r.plan.HitWhen), pair: r.pair, closed: r.plan.Closed != nil}
		running.Go(func() { ends[i], errs[i] = wire.Run(ctx, c, source, sink) })
	}
	running.Wait()
	for i := range loops {
		if errs[i] != nil {
			return ending{}, errs[i]
		}
	}
	return joinEnds(ends, r.layout.length), nil
}

// joinEnds makes one ending of the loops'. They notice an interrupt one after the other; the run is cut where the last one
// noticed it, for until then some of what was due was sent. A loop that had nothing left to do then noticed none.
func joinEnds(ends []wire.End, length time.Duration) (e ending) {
	for _, end := range ends {
		e.at = max(e.at, end.At)
		if end.Cut < length {
			e.cut = max(e.cut, end.Cut)
		}
		e.loops = append(e.loops, loopEnd{end.Next, end.FreeSince, end.Stopped})
	}
	if e.cut == 0 && !slices.ContainsFunc(ends, func(end wire.End) bool { return end.Cut < length }) {
		e.cut = length
	}
	return e
}

// failureOnWire returns what the failure of an answer is called, or "" for a success.
func (r *recording) failureOnWire(k uint64, status int, header, body []byte) string {
	r.pair.answer(k, status, func() http.Header { return headerMap(header) }, body)
	expected := r.mix.expected(k, r.plan.Expect)
	if len(expected) == 0 {
		return judgeAnswer(nil, status, nil, nil)
	}
	return judgeAnswer(expected, status, headerMap(header), body)
}

// headerMap makes of header lines what net/http would.
func headerMap(lines []byte) http.Header {
	h := http.Header{}
	for {
		name, value, rest, ok := wire.Line(lines)
		if !ok {
			return h
		}
		h.Add(string(name), string(value))
		lines = rest
	}
}

// share is the i-th of n parts of a whole, as equal as they can be.
func share(whole, i, n int) int { return whole*(i+1)/n - whole*i/n }

// wireSink makes samples of the engine's exchanges.
type wireSink struct {
	shard  *shard
	mix    *mix
	expect []Expect // of each answer
	marks  *answerMarks
	pair   *pairSide

	closed bool
}

var wireOutcomes = [...]outcome{
	wire.Unsent: unsent, wire.Unfinished: unfinished, wire.Succeeded: succeeded, wire.Failed: failed,
	wire.TimedOut: timedOut, wire.Shed: shed,
}

func (s *wireSink) Record(e *wire.Exchange) {
	x := sample{
		endpoint: s.mix.endpoint(e.K), intended: e.Intended, slot: e.Slot, free: e.Free,
		sent: e.Sent, wasSent: e.Sent > 0, firstByte: e.FirstByte, end: e.End, connect: e.Connect,
		outcome: wireOutcomes[e.Outcome], kind: e.Kind, detail: e.Detail, retries: e.Retries,
		bytesIn: e.BytesIn, bytesOut: e.BytesOut, address: e.Address,
	}
	if e.Header != nil {
		s.marks.readLines(e.Header)
		takeRedirect(&s.shard.redirects, x.outcome, e.Status, s.mix.expected(e.K, s.expect), func() string {
			location, _, _ := wire.Value(e.Header, "Location")
			return string(location)
		})
		x.cache, x.timings = s.marks.cache(), s.marks.timings
	}
	if x.outcome == succeeded {
		s.shard.kernel.stamped(e.UserClock)
	}
	s.shard.record(&x)
	s.pair.done(e.K, &x, s.mix.nameAt(e.K))
}

func (s *wireSink) Sent(ready, at time.Duration) {
	s.shard.sent.Add(1)
	if !s.closed {
		s.shard.lateness.sent(ready, at)
	}
}

func (s *wireSink) Cleared(at time.Duration) { s.shard.lateness.cleared(at) }

// Stood takes a time in which the loop did not run. In the closed model, where nothing is due by a schedule, only that is a
// disturbance.
func (s *wireSink) Stood(from, to time.Duration) {
	s.shard.stood.mark(from, to)
	if s.closed {
		s.shard.lateness.tell(lateSpan{from, to, to - from})
	}
}

func (s *wireSink) Silence(from, to time.Duration) { s.shard.silence(silenceSpan{from, to}) }

func (s *wireSink) ClockStep(at, by time.Duration) {
	s.shard.kernel.clockStep(at, by)
}

func (s *wireSink) Network(roundTrip time.Duration, retransmitted uint32) {
	s.shard.kernel.network.add(&Network{1, roundTrip, roundTrip, uint64(retransmitted)})
}
