package loadgen

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// held is a request that is over and waits until it is known whether it was disturbed.
type held struct {
	intended time.Duration
	target   time.Duration
	detail   int32 // its place among the details
	told     telling
}

// heldBack is a loop's finished requests for which it is still open whether they were disturbed: those intended within a window
// before now, and all of them until the run has a rule. It is a ring of at most maxHeld requests. When it is full the oldest is
// judged by the lateness known so far.
type heldBack struct {
	ring    []held // a power of two long
	head, n int

	oracle oracle
	loops  []*shard // all of the run: a disturbance of any disturbs the requests of each

	first  runfile.Histogram // of two digits: the target times by which the rule is made
	settle time.Duration
	next   time.Duration // a request intended at or after it is not to be looked at yet
}

const (
	maxHeld = 1 << 17
	// A rule is made at the first full second by which so many requests are over, or of what there is after so many seconds.
	ruleSamples = 20
	ruleSeconds = 5
)

// holdBack takes a request that is over.
func (s *shard) holdBack(x *sample, detail int) {
	w := &s.waiting
	target, told := x.targetTime()
	if w.n == len(w.ring) {
		w.grow()
	}
	w.ring[(w.head+w.n)&(len(w.ring)-1)] = held{x.Intended, target, int32(detail), told}
	w.n++
	if told == targetUntold {
		ready := x.Ready()
		s.lateness.tell(lateSpan{ready, x.End, x.End - ready})
	}
	if w.oracle.of.rule() == nil {
		if told == targetMeasured || told == targetAtLeast {
			w.first.Record(target)
		}
		s.settleRule(x.End)
	}
	s.letGo()
}

// grow makes room, or lets the oldest go where there may be no more.
func (w *heldBack) grow() {
	ring := make([]held, max(2*len(w.ring), 1024))
	for i := range w.n {
		ring[i] = w.ring[(w.head+i)&(len(w.ring)-1)]
	}
	w.ring, w.head = ring, 0
}

// settleRule makes the rule of a run that was given none, once enough is known of the target.
func (s *shard) settleRule(now time.Duration) {
	w := &s.waiting
	if w.settle == 0 {
		w.settle = time.Second
	}
	if now < w.settle && w.n < maxHeld {
		return
	}
	if n := w.first.Count(); n >= ruleSamples || n > 0 && now >= ruleSeconds*time.Second || w.n >= maxHeld {
		w.oracle.of.settle(s.rule())
		w.first = runfile.Histogram{}
		return
	}
	w.settle = now.Truncate(time.Second) + time.Second
}

// rule returns the rule for what the shard has seen of the target.
func (s *shard) rule() runfile.DisturbanceRule {
	first, stamps := &s.waiting.first, &s.kernel.stamps
	return runfile.RuleOf(first.Quantile(0.5), first.Quantile(0.95), stamps.Kernel > stamps.User)
}

// letGo counts, in order, the target times of the requests that can now be judged.
func (s *shard) letGo() {
	w := &s.waiting
	r := w.oracle.of.rule()
	if r == nil {
		return
	}
	for w.n > 0 {
		h := &w.ring[w.head]
		if h.intended >= w.next && w.n < maxHeld {
			if w.next = s.known() - r.Window; h.intended >= w.next {
				return
			}
		}
		s.countTarget(h)
		w.head = (w.head + 1) & (len(w.ring) - 1)
		w.n--
	}
}

// known returns the instant up to which every loop has told its lateness.
func (s *shard) known() time.Duration {
	at := int64(1<<63 - 1)
	for _, o := range s.waiting.loops {
		at = min(at, o.lateness.clear.Load())
	}
	return time.Duration(at)
}

func (s *shard) countTarget(h *held) {
	disturbed := s.waiting.oracle.ask(h.intended)
	t := &s.phases[s.phaseAt(h.intended)]
	t.target.count(h, disturbed)
	if disturbed {
		t.disturbed++
	}
	s.details[h.detail].target.count(h, disturbed)
	c := s.second(h.intended)
	c.target.count(h, disturbed)
	c.done++
}

// letAllGo counts what the shards of a run that is over hold back.
func letAllGo(shards []*shard) {
	most := shards[0]
	for _, s := range shards {
		s.lateness.end()
		if s.waiting.first.Count() > most.waiting.first.Count() {
			most = s
		}
	}
	shards[0].waiting.oracle.of.settle(most.rule())
	for _, s := range shards {
		s.letGo()
	}
}
