package loadgen

import (
	"cmp"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// config returns the settings of an engine, or of its i-th loop.
func (r *recording) config(epoch time.Time, i int) exchange.Config {
	l, loops := &r.plan.Limits, len(r.shards)
	c := exchange.Config{
		Epoch: epoch, Length: r.layout.length, Slots: portion(r.plan.slots(), i, loops),
		Timeout: l.Timeout, Drain: l.Drain, Deadline: l.Deadline,
		NoKeepAlive: l.NoKeepAlive, ConnAge: l.ConnAge, ConnUses: l.ConnRequests, Failure: r.failure,
		Connected: r.connections.opened,
	}
	if r.pair.seesBody() || r.mix.SeesBody(r.plan.Expect) || r.takes {
		c.KeepBody = r.keepBody
	}
	if r.mix.Journeys != nil {
		r.keepJourneys(&c, i)
	}
	if r.plan.Closed != nil {
		c.Users, c.Slots = r.plan.crowd(i, loops, r.layout.length), r.plan.Closed.usersOf(i, loops)
	}
	return c
}

// portion is the i-th of n parts of a whole, as equal as they can be.
func portion(whole, i, n int) int { return whole*(i+1)/n - whole*i/n }

// keptBodies bounds the bodies that are kept at once, in bytes.
const keptBodies = 64 << 20

// readBody is how long a body may be that is read as JSON, in bytes.
func (r *recording) readBody() int {
	return min(cmp.Or(r.plan.Limits.Body, request.DefaultReadBody), keptBodies/r.plan.slots())
}

// keepBody returns how much of the body of the answer to request k is kept, as it comes.
func (r *recording) keepBody(k uint64) int { return r.mix.Of(k).PackedKeep(r.seenOf(k)) }

// seenOf returns how much of the body of the answer to request k is looked at.
func (r *recording) seenOf(k uint64) int {
	bytes := r.mix.Keep(k, r.plan.Expect, r.readBody())
	if r.pair.seesBody() || r.takes {
		bytes = max(bytes, request.MaxExpectedBody)
	}
	return bytes
}

// failure returns the kind of failure of an answer, or "" for a success.
func (r *recording) failure(x *exchange.Exchange, came []byte) string {
	var body request.Body
	if len(came) > 0 {
		body = r.mix.Of(x.K).Read(x, came, r.seenOf(x.K))
	}
	first := body.Seen[:min(len(body.Seen), request.MaxExpectedBody)]
	r.pair.answer(x, first)
	if r.takes {
		takeVersion(r.mix, x, first)
	}
	expected := r.mix.Expected(x.K, r.plan.Expect)
	if len(expected) == 0 {
		return request.JudgeAnswer(nil, x.Status, x.Header, request.Body{}, 0)
	}
	return request.JudgeAnswer(expected, x.Status, x.Header, body, r.readBody())
}

// numbers are those of the plan's requests that one loop sends: every step-th.
type numbers struct {
	cursor *profiles.Cursor // nil in the closed model, which has no schedule
	next   uint64
	step   uint64
	most   uint64 // in the closed model, the numbers are below it
}

// numbers returns the numbers of the i-th loop.
func (r *recording) numbers(i int) numbers {
	n := numbers{next: uint64(i), step: uint64(len(r.shards)), most: math.MaxUint64}
	if r.plan.Closed == nil {
		n.cursor = r.schedule.Cursor()
	} else if r.plan.Limits.Requests > 0 {
		n.most = r.plan.Limits.Requests
	}
	return n
}

func (n *numbers) Next() (k uint64, at time.Duration, ok bool) {
	k = n.next
	if n.cursor == nil {
		if k >= n.most {
			return k, 0, false
		}
		n.next += n.step
		return k, 0, true
	}
	n.next += n.step
	for {
		j, at, ok := n.cursor.Next()
		if !ok || j == k {
			return k, at, ok
		}
	}
}

// sink counts an engine's exchanges, or those of one of its loops.
type sink struct {
	shard   *shard
	mix     *request.Mix
	expect  []request.Expect // of each answer
	marks   *answerMarks
	pair    *pairSide
	closed  bool
	tells   bool          // requests tell of versions
	handing time.Duration // how long after Cleared a request may still be with whoever sends it
}

// sink returns the sink of the i-th loop.
func (r *recording) sink(i int) *sink {
	return &sink{
		shard: r.shards[i], mix: r.mix, expect: r.plan.Expect, marks: newAnswerMarks(r.plan.HitWhen), pair: r.pair,
		closed: r.plan.Closed != nil, tells: r.versions != nil,
	}
}

func (s *sink) Record(x *exchange.Exchange) {
	e := sample{Exchange: x}
	if s.mix.Journeys != nil {
		e.endpoint = s.mix.EndpointOf(x.Part)
	} else {
		e.endpoint = s.mix.Endpoint(x.K)
	}
	if !x.Header.None() {
		s.marks.read(x.Header)
		e.cache, e.timings = s.marks.cache(), s.marks.timings
		if leadsElsewhere(x.Status) {
			takeRedirect(&s.shard.redirects, x, s.mix.Expected(x.K, s.expect))
		}
	}
	if x.Outcome == exchange.Succeeded {
		s.shard.kernel.stamped(x.UserClock)
	}
	if s.tells {
		s.tellVersion(x)
	}
	s.shard.record(&e)
	if s.pair != nil {
		s.pair.done(&e, s.mix.NameAt(x.K))
	}
}

func (s *sink) Sent(ready, at time.Duration) {
	s.shard.sent.Add(1)
	if !s.closed {
		s.shard.lateness.sent(ready, at)
	}
}

func (s *sink) Cleared(at time.Duration) { s.shard.lateness.cleared(at - s.handing) }

// Stood takes a time in which the loop did not run. In the closed model, where nothing is due by a schedule, only that is a
// disturbance.
func (s *sink) Stood(from, to time.Duration) {
	s.shard.stood.mark(from, to)
	if s.closed {
		s.shard.lateness.tell(lateSpan{from, to, to - from})
	}
}

func (s *sink) Silence(from, to time.Duration) { s.shard.silence(silenceSpan{from, to}) }

func (s *sink) ClockStep(at, by time.Duration) { s.shard.kernel.clockStep(at, by) }

func (s *sink) Network(roundTrip time.Duration, retransmitted uint32) {
	s.shard.kernel.network.Add(&runfile.Network{Samples: 1, RoundTripSum: roundTrip, RoundTripMax: roundTrip, Retransmitted: uint64(retransmitted)})
}
