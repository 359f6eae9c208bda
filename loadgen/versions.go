package loadgen

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/seed-5a006608/bench/loadgen/consistency"
	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

const (
	// A kernel's stamp may tell that an answer came so long before what a loop recorded already.
	stampedBefore = 100 * time.Millisecond

	// maxSightings bounds what waits to be judged for a loop that records nothing: above it half of it is judged by what is known.
	maxSightings = 200_000
)

// sightingKind is what a request that is over tells of versions.
type sightingKind uint8

const (
	sawWrite   sightingKind = iota // acknowledged
	sawUnknown                     // a write of unknown outcome
	sawRead
	sawNothing // a read without a version
)

// sighting is a request that is over and reads or writes a version.
type sighting struct {
	k                   uint64
	intended, sent, end time.Duration
	version             consistency.Version // of a read
	of, user            int32               // index of the request in the mix, and in the closed model the user
	kind                sightingKind
}

// tellVersion notes what an exchange tells of versions, to be judged off the loop.
func (s *sink) tellVersion(x *exchange.Exchange) {
	of := s.mix.Index(x.K)
	c := s.mix.Requests[of].Consistency
	if c == nil || !x.WasSent() {
		return
	}
	t := sighting{k: x.K, of: int32(of), intended: x.Intended, sent: x.Sent, end: x.End, user: consistency.Nobody}
	if s.closed {
		t.user = int32(x.User)
	}
	switch {
	case c.Write && x.Outcome == exchange.Succeeded && x.Retries == 0:
		t.kind = sawWrite
	case c.Write:
		t.kind = sawUnknown
	case x.Outcome != exchange.Succeeded:
		return
	default:
		t.kind = sawRead
		if c.Version.OfBody() {
			t.version = consistency.Version{Round: uint32(x.Taken[0]), N: x.Taken[1]}
		} else if text, ok := c.Version.FromAnswer(x.Header, nil); ok {
			t.version = consistency.ParseVersion(text)
		}
		if t.version == (consistency.Version{}) {
			t.kind = sawNothing
		}
	}
	s.shard.current.sightings = append(s.shard.current.sightings, t)
}

// takeVersion takes the version out of the body of an answer, where it stands there.
func takeVersion(m *request.Mix, x *exchange.Exchange, body []byte) {
	c := m.Requests[m.Index(x.K)].Consistency
	if c == nil || c.Write || !c.Version.OfBody() {
		return
	}
	if text, ok := c.Version.FromAnswer(exchange.Header{}, body); ok {
		v := consistency.ParseVersion(text)
		x.Taken = [2]uint64{uint64(v.Round), v.N}
	}
}

// versions judges the sightings of the loops. It belongs to the goroutine that watches the run.
type versions struct {
	mix    *request.Mix
	ledger *consistency.Ledger
	layout *layout
	round  consistency.Round
	epoch  time.Time     // instant 0 of the run
	offset time.Duration // of it on the ledger's clock

	waiting []sighting
	phases  []versionCounts
	stale   func(second int, j *consistency.Judgement) // hears of each judged read; by intended time

	keys request.Keys
}

// versionCounts is what versions told of the requests intended in one phase.
type versionCounts struct {
	reads, stale, own, foreign, notJudged, writes, unknown uint64

	ages, least runfile.Histogram // of stale reads; least: of those whose version was forgotten
}

func newVersionCounts() versionCounts {
	three := runfile.Histogram{Digits: runfile.TotalDigits}
	return versionCounts{ages: three, least: three}
}

// newVersions prepares to judge a run of so many phases; nil where no request reads or writes versions.
func newVersions(m *request.Mix, l *layout) *versions {
	if !m.Consistent() {
		return nil
	}
	v := &versions{layout: l, stale: func(int, *consistency.Judgement) {}}
	v.in(consistency.NextRound(), m)
	for range l.spans {
		v.phases = append(v.phases, newVersionCounts())
	}
	return v
}

// in makes versions those of a round.
func (v *versions) in(round consistency.Round, m *request.Mix) {
	v.round, v.mix = round, m.Versioned(round.Prefix())
}

// begin tells when the run begins, and what is known already of the versions of its target; nil: nothing.
func (v *versions) begin(started time.Time, ledger *consistency.Ledger) {
	if v.ledger = ledger; ledger == nil {
		v.ledger = consistency.New()
	}
	v.epoch, v.offset = started, v.ledger.Begin(v.round, started, v.mix.InitialVersion())
}

func (v *versions) take(list []sighting) {
	if v != nil {
		v.waiting = append(v.waiting, list...)
	}
}

// judge judges what ended before an instant by which all that ended before it was taken.
func (v *versions) judge(known time.Duration) {
	slices.SortStableFunc(v.waiting, func(a, b sighting) int { return cmp.Compare(a.end, b.end) })
	n, _ := slices.BinarySearchFunc(v.waiting, known, func(t sighting, known time.Duration) int { return cmp.Compare(t.end, known) })
	if len(v.waiting)-n > maxSightings {
		n = len(v.waiting) / 2
	}
	for i := range v.waiting[:n] {
		v.one(&v.waiting[i])
	}
	v.waiting = slices.Delete(v.waiting, 0, n)
}

// finish judges all that is left when the run is over.
func (v *versions) finish() {
	v.judge(1<<63 - 1)
	v.ledger.Rest(v.count)
}

func (v *versions) one(t *sighting) {
	c := &v.phases[v.layout.phaseAt(t.intended)]
	key, ok := v.keys.Of(&v.mix.Requests[t.of], t.k, v.epoch.Add(t.intended))
	switch {
	case t.kind == sawWrite:
		c.writes++
	case t.kind == sawUnknown:
		c.unknown++
	case t.kind == sawNothing || !ok:
		c.notJudged++
	}
	if !ok || t.kind == sawNothing {
		return
	}
	sent, end := v.offset+t.sent, v.offset+t.end
	if t.kind == sawRead {
		v.count(t.intended, v.ledger.Read(&consistency.Read{Key: key, Version: t.version, Sent: sent, End: end, User: int(t.user), Tag: t.intended}))
		return
	}
	w := consistency.Write{Key: key, Version: v.round.Version(t.k), Sent: sent, Acknowledged: end, User: int(t.user)}
	if t.kind == sawUnknown {
		w.Acknowledged = consistency.Never
	}
	v.ledger.Write(&w)
}

// count counts a read that was intended at an instant.
func (v *versions) count(intended time.Duration, j consistency.Judgement) {
	c := &v.phases[v.layout.phaseAt(intended)]
	switch j.Kind {
	case consistency.Waiting:
		return
	case consistency.Foreign:
		c.foreign++
		return
	case consistency.NotJudged:
		c.notJudged++
		return
	case consistency.Stale:
		c.stale++
		if j.Own {
			c.own++
		}
		if j.AtLeast {
			c.least.Record(j.Age)
		} else {
			c.ages.Record(j.Age)
		}
	}
	c.reads++
	v.stale(int(intended/time.Second), &j)
}

func (c *versionCounts) add(o *versionCounts) {
	c.reads, c.stale, c.own, c.foreign = c.reads+o.reads, c.stale+o.stale, c.own+o.own, c.foreign+o.foreign
	c.notJudged, c.writes, c.unknown = c.notJudged+o.notJudged, c.writes+o.writes, c.unknown+o.unknown
	c.ages.Add(&o.ages)
	c.least.Add(&o.least)
}

func (c *versionCounts) describe() *runfile.Consistency {
	return &runfile.Consistency{
		Reads: c.reads, Stale: c.stale, OwnStale: c.own, StaleAge: runfile.DistOf(&c.ages, &c.least),
		Foreign: c.foreign, NotJudged: c.notJudged, Writes: c.writes, Unknown: c.unknown,
	}
}

// handedOver returns an instant until which the shards have handed over all ends.
func handedOver(shards []*shard) time.Duration {
	_, at := endedIn(shards, 0)
	return at
}

// takeJudged counts a read that was judged, in the second of its intended start.
func (r *recording) takeJudged(second int, j *consistency.Judgement) {
	if j.Kind == consistency.Stale {
		r.timeline.at(second).stale++
	}
	for _, c := range r.conditions {
		c.takeJudged(second, j)
	}
}

// checkConsistency wants versions to be read where stale reads are judged.
func (p Plan) checkConsistency(m *request.Mix) error {
	if m.ReadsVersions() {
		return nil
	}
	for _, t := range slices.Concat(p.judged(), p.Abort.On) {
		if t.OfStale() {
			return fmt.Errorf("%s: no request reads a version, so no read is known to be stale: say with consistency in a test file which do, or name a caching strategy (bench help caching)",
				strconv.Quote(runfile.Excerpt(t.Text)))
		}
	}
	return nil
}
