package loadgen

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The bounds of what a mirrored run keeps. Requests beyond them are counted and not compared.
const (
	maxWaitingPairs = 1 << 17 // pairs with one answer, at most
	maxLatencyPairs = 1 << 21
	maxDiffSamples  = 20
)

// pairing compares the answers of the two sides of a mirrored run as they come. It is shared by the engines of both, so it
// has a lock, which a run of one target has nowhere.
type pairing struct {
	rules []DiffRule
	seed  maphash.Seed
	from  time.Duration     // end of the warm-up, by intended time
	round consistency.Round // of both: they send the same versions

	mu      sync.Mutex
	waiting map[uint64]*pairOf
	found   runfile.Pairs
}

// pairOf is one request on its way to both.
type pairOf struct {
	ended    [2]bool
	answered [2]bool
	digest   [2]digest
	status   [2]int
	bytes    [2]uint64
	took     [2]time.Duration // of the target; 0: it failed, or was not sent, and says nothing of that
	packed   bool             // a body came packed: its length tells nothing
	low      [2]bool          // took is a lower bound
}

func newPairing(rules []DiffRule, from time.Duration) *pairing {
	return &pairing{
		rules: rules, seed: maphash.MakeSeed(), from: from, round: consistency.NextRound(), waiting: map[uint64]*pairOf{}, found: runfile.Pairs{ByRule: map[string]uint64{}},
	}
}

// pairSide is a pairing as one of its sides sees it. A nil one pairs nothing.
type pairSide struct {
	*pairing
	side int // 0 or 1
}

// seesBody reports whether answers' bodies have to be kept.
func (p *pairSide) seesBody() bool { return p != nil && rulesSeeBody(p.rules) }

// answer takes a whole answer, before done.
func (p *pairSide) answer(x *exchange.Exchange, body []byte) {
	if p == nil {
		return
	}
	d := digestOf(p.rules, p.seed, x.Status, x.Header.Map, body)
	p.mu.Lock()
	defer p.mu.Unlock()
	if pair := p.of(x.K); pair != nil {
		pair.answered[p.side], pair.digest[p.side], pair.status[p.side] = true, d, x.Status
		pair.packed = pair.packed || x.Header.Get("Content-Encoding") != ""
	}
}

// done takes the end of a request.
func (p *pairSide) done(s *sample, endpoint string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pair := p.of(s.K)
	if pair == nil {
		return
	}
	pair.ended[p.side], pair.bytes[p.side] = true, s.BytesIn
	if took, told := s.targetTime(); told == targetMeasured || told == targetAtLeast {
		pair.took[p.side], pair.low[p.side] = max(took, 1), told == targetAtLeast
	}
	if !pair.ended[1-p.side] {
		return
	}
	delete(p.waiting, s.K)
	if s.Intended >= p.from {
		p.compare(s.K, s.Intended, endpoint, pair)
	}
}

// of returns the pair of request k, nil where there are too many already.
func (p *pairing) of(k uint64) *pairOf {
	pair := p.waiting[k]
	if pair == nil && len(p.waiting) < maxWaitingPairs {
		pair = new(pairOf)
		p.waiting[k] = pair
	}
	return pair
}

// compare counts a pair that is whole.
func (p *pairing) compare(k uint64, at time.Duration, endpoint string, pair *pairOf) {
	f := &p.found
	switch {
	case pair.answered[0] && pair.answered[1]:
		f.Compared++
		p.differ(k, at, endpoint, pair)
	case pair.answered[0]:
		f.OnlyA++
	case pair.answered[1]:
		f.OnlyB++
	default:
		f.Neither++
	}
	if pair.took[0] == 0 || pair.took[1] == 0 {
		return
	}
	switch {
	case pair.low[0] && pair.low[1]:
		f.Unanswered++
	case pair.low[0] || pair.low[1]:
		f.OneBound++
		fallthrough
	default:
		f.Timed++
		// A lower bound of A's that is below B's time tells nothing of which took longer.
		if pair.took[1] > pair.took[0] && !pair.low[0] {
			f.Slower++
		}
	}
	if len(f.Latencies) < maxLatencyPairs {
		f.Latencies = append(f.Latencies, runfile.LatencyPair{Second: int32(at / time.Second), A: float32(pair.took[0]), B: float32(pair.took[1]), ALow: pair.low[0], BLow: pair.low[1]})
	}
}

// differ judges two answers by the rules.
func (p *pairing) differ(k uint64, at time.Duration, endpoint string, pair *pairOf) {
	var by []string
	for i, r := range p.rules {
		// A body is longer than what of it was hashed, perhaps.
		if pair.digest[0][i] != pair.digest[1][i] || r.subject == "body" && r.pattern == nil && !pair.packed && pair.bytes[0] != pair.bytes[1] {
			by = append(by, r.Text)
			p.found.ByRule[r.Text]++
		}
	}
	if by == nil {
		return
	}
	p.found.Different++
	if len(p.found.Samples) < maxDiffSamples {
		p.found.Samples = append(p.found.Samples, runfile.Difference{K: k, AtNS: at, Endpoint: endpoint, Rules: by, StatusA: pair.status[0], StatusB: pair.status[1]})
	}
}

// result returns what was found of so many requests that were due.
func (p *pairing) result(due uint64) runfile.Pairs {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.found
	f.Uncounted = due - min(f.Compared+f.OnlyA+f.OnlyB+f.Neither, due)
	return f
}
