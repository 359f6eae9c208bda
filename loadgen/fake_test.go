package loadgen

import (
	"container/heap"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/profiles"
)

// compiled is a plan as a job.
func compiled(t testing.TB, p Plan) *Job {
	t.Helper()
	j, err := p.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// newRecording prepares to record a run of a plan.
func newRecording(p Plan) (*recording, error) {
	j, err := p.Compile()
	if err != nil {
		return nil, err
	}
	return j.recording()
}

// fakeServer is a server in virtual time: workers that take requests in the order in which they arrive.
type fakeServer struct {
	workers int                                             // 0: unlimited
	service func(k uint64) time.Duration                    // time one worker needs for request k
	freeze  [2]time.Duration                                // from, to: nothing is answered in between
	fails   func(k uint64) bool                             // answers that are failures
	lag     func(k uint64, due time.Duration) time.Duration // how late the generator is
	connect time.Duration                                   // what opening a connection takes, kept or not as the plan says
	cut     time.Duration                                   // when the run is interrupted; 0: never
	ticked  func(now time.Duration)                         // called after each tick; may be nil
}

// fakeEngine drives a recording's plan at a fake server without a clock, as an engine would: one slot a connection,
// time-outs, a drain, and requests that are never sent: of a run that was cut, those whose slot comes free after the cut. It
// records in the order in which requests end, ticking the recording each second, and returns what it recorded.
func fakeEngine(r *recording, server fakeServer) (ending, []sample) {
	end := ending{at: r.layout.length + r.plan.Limits.Drain, cut: r.layout.length, loops: []loopEnd{{freeSince: -1}}}
	if server.cut > 0 && server.cut < end.cut {
		end.cut, end.at = server.cut, server.cut+min(r.plan.Limits.Drain, time.Second)
		r.layout.interrupt(end.cut)
	}
	stopped := end.at
	if end.cut < r.layout.length {
		stopped = end.cut
	}
	slots, workers := make(instants, r.plan.slots()), make(instants, server.workers)
	cursor := r.schedule.Cursor()
	var samples []sample
	var open instants // when each connection is free
	for {
		k, at, ok := cursor.Next()
		if !ok || at >= end.cut {
			end.loops[0].next = k
			break
		}
		at = max(at, 1) // what is sent at 0 was not sent
		free := slots[0]
		ready := max(at, free)
		if ready >= stopped {
			end.loops[0].next = k
			break
		}
		x := sample{Exchange: &exchange.Exchange{Intended: at, Slot: ready, Free: ready}, endpoint: r.mix.Endpoint(k)}
		if server.connect > 0 {
			x.Free, x.Connect = server.connection(&open, ready)
		}
		x.Sent = x.Free
		if server.lag != nil {
			x.Sent += server.lag(k, x.Free)
		}
		if x.Sent >= stopped {
			end.loops[0] = loopEnd{k, free, stopped}
			break
		}
		done := server.answer(workers, k, x.Sent)
		x.FirstByte = done
		x.End = done
		switch timeout := x.Sent + r.plan.Limits.Timeout; {
		case done > timeout && timeout <= end.at:
			x.Outcome, x.Kind, x.End, x.FirstByte = exchange.TimedOut, exchange.Timeout, timeout, 0
		case done > end.at:
			x.Outcome, x.End, x.FirstByte = exchange.Unfinished, end.at, 0
		case server.fails != nil && server.fails(k):
			x.Outcome, x.Kind = exchange.Failed, "status 500"
		}
		slots[0] = x.End
		heap.Fix(&slots, 0)
		if !r.plan.Limits.NoKeepAlive {
			heap.Push(&open, x.End)
		}
		samples = append(samples, x)
	}
	inOrder := slices.Clone(samples)
	slices.SortStableFunc(inOrder, func(a, b sample) int { return int(a.End - b.End) })
	second := time.Second
	tickUntil := func(at time.Duration) {
		for ; second+settle <= at; second += time.Second {
			r.tick(second)
			if server.ticked != nil {
				server.ticked(second)
			}
		}
	}
	sends := newFakeSends(samples)
	for i := range inOrder {
		sends.tell(r.shards, inOrder[i].End)
		tickUntil(inOrder[i].End)
		r.shards[i%len(r.shards)].record(&inOrder[i])
	}
	tickUntil(end.at)
	return end, samples
}

// fakeSends tells the lateness of what is sent, as an engine does.
type fakeSends struct {
	samples []sample        // by when they were sent
	ready   []time.Duration // of sample i and all after it, the earliest
	told    int
}

func newFakeSends(samples []sample) *fakeSends {
	s := &fakeSends{samples: slices.Clone(samples), ready: make([]time.Duration, len(samples)+1)}
	slices.SortStableFunc(s.samples, func(a, b sample) int { return int(a.Sent - b.Sent) })
	s.ready[len(samples)] = 1<<63 - 1
	for i := len(samples) - 1; i >= 0; i-- {
		s.ready[i] = min(s.ready[i+1], max(s.samples[i].Intended, s.samples[i].Free))
	}
	return s
}

// tell tells what was sent by now, each by another loop.
func (s *fakeSends) tell(shards []*shard, now time.Duration) {
	for ; s.told < len(s.samples) && s.samples[s.told].Sent <= now; s.told++ {
		x := &s.samples[s.told]
		shards[s.told%len(shards)].lateness.sent(max(x.Intended, x.Free), x.Sent)
	}
	for _, shard := range shards {
		shard.lateness.cleared(min(now, s.ready[s.told]))
	}
}

// connection returns when there is a connection for a request that asks for one at an instant, and what opening it took: of those
// open the first to be free, or a new one if it is there before. A new one is opened for each that finds none idle.
func (s fakeServer) connection(open *instants, at time.Duration) (free, connect time.Duration) {
	if len(*open) > 0 && (*open)[0] <= at {
		heap.Pop(open)
		return at, 0
	}
	if heap.Push(open, at+s.connect); (*open)[0] == at+s.connect {
		connect = s.connect
	}
	return heap.Pop(open).(time.Duration), connect
}

// answer returns when the server has answered request k, which it received at an instant.
func (s fakeServer) answer(workers instants, k uint64, at time.Duration) time.Duration {
	begin := at
	if len(workers) > 0 {
		begin = max(begin, workers[0])
	}
	if begin >= s.freeze[0] && begin < s.freeze[1] {
		begin = s.freeze[1]
	}
	done := begin + s.service(k)
	if begin < s.freeze[0] && done > s.freeze[0] {
		done += s.freeze[1] - s.freeze[0]
	}
	if len(workers) > 0 {
		workers[0] = done
		heap.Fix(&workers, 0)
	}
	return done
}

// instants is a heap whose first is the earliest.
type instants []time.Duration

func (h instants) Len() int           { return len(h) }
func (h instants) Less(i, j int) bool { return h[i] < h[j] }
func (h instants) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *instants) Push(x any)        { *h = append(*h, x.(time.Duration)) }
func (h *instants) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// shortSpike is a spike of a few seconds, with a warm-up.
func shortSpike() profiles.Profile {
	return profiles.Profile{Name: "short", Arrivals: profiles.Poisson, Phases: []profiles.Phase{
		{Name: "warm-up", Kind: profiles.Warmup, Duration: time.Second, From: 20, To: 20},
		{Name: "baseline", Kind: profiles.Baseline, Duration: time.Second, From: 20, To: 20},
		{Name: "spike", Kind: profiles.Spike, Duration: 1500 * time.Millisecond, From: 400, To: 400},
		{Name: "recovery", Kind: profiles.Recovery, Duration: time.Second, From: 20, To: 20},
	}}
}

// midday is when the requests of these tests are due.
var midday = time.Date(2026, 11, 24, 13, 0, 0, 123_999_999, time.FixedZone("", 3600))
