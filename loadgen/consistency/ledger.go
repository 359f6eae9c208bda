package consistency

import (
	"math"
	"time"
)

const (
	// Slack is by how much an instant has to be before another to be certainly so.
	Slack = 100 * time.Microsecond

	// Remembered is how many writes are remembered, the last ones: 16 MB.
	Remembered = 500_000

	// Never is when a write without an acknowledgement was acknowledged.
	Never = time.Duration(math.MaxInt64)

	maxKeys    = 100_000 // a key beyond them is not judged
	maxRounds  = 1<<roundBits - 1
	maxWaiting = 100_000
	maxOwn     = 200_000
)

// Nobody is the user of a request in the open model.
const Nobody = -1

// Write is a write that is over. Instants are on the ledger's clock.
type Write struct {
	Key          []byte
	Version      Version
	Sent         time.Duration // when it was first sent
	Acknowledged time.Duration // Never where it failed, was cut off or was sent twice
	User         int           // in the closed model; else Nobody
}

// Read is a read that was answered with a version. Instants are on the ledger's clock.
type Read struct {
	Key       []byte
	Version   Version
	Sent, End time.Duration // when it was first sent, and when its answer was there
	User      int           // in the closed model; else Nobody
	Tag       time.Duration // handed back by Rest
}

// Kind is what a read was found to be.
type Kind uint8

// The kinds of a judgement.
const (
	Fresh     Kind = iota // not shown to be stale
	Stale                 // certainly
	Foreign               // bench did not write the version, nor is it the key's first one
	NotJudged             // too much was forgotten, or there are too many keys
	Waiting               // not to be told yet; Rest tells it
)

// Judgement is what a read was found to be.
type Judgement struct {
	Kind
	Age     time.Duration // of a stale one: the least that its age is
	AtLeast bool          // the version is forgotten, so that its age is the least of what is remembered
	Own     bool          // in the closed model: a newer write was the same user's
}

// Ledger is what is known of the versions of one target, as long as it keeps its data. It belongs to one goroutine at a time.
//
// What is over is told in the order of its end. A write that is told later than a read that it makes stale is missed; it makes no
// read stale that was not.
type Ledger struct {
	epoch   time.Time // instant 0: when it was begun first
	keys    []key
	numbers map[string]uint32
	memory  memory
	rounds  map[uint32]uint32 // of the process, to those of this ledger
	initial Version           // what every key had before it was written; zero: not known
	waiting []waiting
	own     map[ownKey]ownWrite
}

// key is what is known of a key beside the writes that are remembered.
type key struct {
	text        string
	first, last time.Duration // first sends of its first and its last write; Never and negative: no write
	current     []uint32      // its acknowledged writes without a write that is certainly newer

	initial     Version
	initialSeen time.Duration // first known to be there
	initialBy   time.Duration // acknowledgement of the first write that is certainly newer; Never: there is no such write

	forgot    bool
	doubt     bool          // one of those was of unknown outcome
	forgotAck time.Duration // last acknowledgement of those
	after     uint32        // first remembered write that is certainly newer than all of them; none: there is no such write
}

// waiting is a read of a version that is forgotten, or not over yet.
type waiting struct {
	n, of uint32
	tag   time.Duration
	Judgement
}

type ownKey struct {
	key  uint32
	user int32
}

type ownWrite struct{ sent, acknowledged time.Duration }

// New returns a ledger that knows nothing.
func New() *Ledger { return newLedger(Remembered) }

func newLedger(remembered int) *Ledger {
	l := &Ledger{numbers: map[string]uint32{}, rounds: map[uint32]uint32{}, own: map[ownKey]ownWrite{}}
	l.memory.most = remembered
	return l
}

// Begin tells that the target is driven for another round, from an instant on, and returns that on the ledger's clock. Versions
// of rounds that were not told are foreign. Initial is the version that every key has before it is written; empty: it is learnt
// from the first reads.
func (l *Ledger) Begin(r Round, at time.Time, initial string) (offset time.Duration) {
	if l.epoch.IsZero() {
		l.epoch = at
	}
	if len(l.rounds) < maxRounds {
		l.rounds[r.number] = uint32(len(l.rounds))
	}
	if initial != "" && len(l.keys) == 0 {
		l.initial = ParseVersion([]byte(initial))
	}
	return l.At(at)
}

// At returns an instant on the ledger's clock. The ledger was begun.
func (l *Ledger) At(t time.Time) time.Duration { return t.Sub(l.epoch) }

// of returns how a version is remembered; ok is false where it cannot be.
func (l *Ledger) of(v Version, number uint32) (n, of uint32, ok bool) {
	round, ok := l.rounds[v.Round]
	return uint32(v.N), number<<roundBits | round, ok && v.N <= math.MaxUint32
}

// key returns the number of a key, and makes it at first use; ok is false where there is no room.
func (l *Ledger) key(text []byte) (number uint32, ok bool) {
	number, ok = l.numbers[string(text)]
	if ok || len(l.keys) == maxKeys {
		return number, ok
	}
	number = uint32(len(l.keys))
	k := key{text: string(text), first: Never, last: -Never, initial: l.initial, initialSeen: -Never, initialBy: Never, after: none}
	l.keys = append(l.keys, k)
	l.numbers[k.text] = number
	return number, true
}

// Write takes a write that is over.
func (l *Ledger) Write(w *Write) {
	number, ok := l.key(w.Key)
	n, of, known := l.of(w.Version, number)
	if !ok || !known {
		return
	}
	k := &l.keys[number]
	k.first, k.last = min(k.first, w.Sent), max(k.last, w.Sent)
	l.wasPending(n, of)
	if l.memory.full() {
		l.forget()
	}
	at := l.memory.add(n, of, w.Sent, w.Acknowledged)
	if w.Acknowledged == Never {
		return
	}
	current := k.current[:0]
	for _, older := range k.current {
		if e := &l.memory.list[older]; e.acknowledged+Slack < w.Sent {
			e.by = at
		} else {
			current = append(current, older)
		}
	}
	k.current = append(current, at)
	if k.initialSeen+Slack < w.Sent {
		k.initialBy = min(k.initialBy, w.Acknowledged)
	}
	if k.forgot && k.after == none && k.forgotAck+Slack < w.Sent {
		k.after = at
	}
	if w.User != Nobody {
		at := ownKey{number, int32(w.User)}
		if _, there := l.own[at]; there || len(l.own) < maxOwn {
			l.own[at] = ownWrite{w.Sent, w.Acknowledged}
		}
	}
}

// forget forgets the oldest write.
func (l *Ledger) forget() {
	at, e := l.memory.forget()
	k := &l.keys[e.of>>roundBits]
	k.forgot = true
	if e.acknowledged == Never {
		k.doubt = true
		return
	}
	switch {
	case e.acknowledged >= k.forgotAck:
		k.forgotAck, k.after = e.acknowledged, e.by
	case k.after == at:
		k.after = none
	}
	for i, c := range k.current {
		if c == at {
			k.current = append(k.current[:i], k.current[i+1:]...)
			break
		}
	}
}

// Read judges a read.
func (l *Ledger) Read(r *Read) Judgement {
	number, ok := l.key(r.Key)
	if !ok {
		return Judgement{Kind: NotJudged}
	}
	k := &l.keys[number]
	if _, ours := l.rounds[r.Version.Round]; !ours {
		return l.readOther(k, number, r)
	}
	n, of, ok := l.of(r.Version, number)
	if !ok {
		return Judgement{Kind: NotJudged}
	}
	if at, found := l.memory.find(n, of); found {
		e := &l.memory.list[at]
		if e.of != of {
			return Judgement{Kind: Foreign} // it was written to another key
		}
		if e.by == none {
			return Judgement{}
		}
		return l.superseded(number, r, e.acknowledged, l.memory.list[e.by].acknowledged)
	}
	// Its write is not over, or forgotten.
	if !k.forgot {
		return Judgement{}
	}
	if k.doubt || k.after == none || len(l.waiting) == maxWaiting {
		return Judgement{Kind: NotJudged}
	}
	j := l.superseded(number, r, k.forgotAck, l.memory.list[k.after].acknowledged)
	if j.Kind != Stale {
		return Judgement{Kind: NotJudged}
	}
	j.AtLeast = true
	l.waiting = append(l.waiting, waiting{n, of, r.Tag, j})
	return Judgement{Kind: Waiting}
}

// readOther judges a read of a version that bench did not write.
func (l *Ledger) readOther(k *key, number uint32, r *Read) Judgement {
	if r.Sent+Slack < k.first && (k.initial == Version{} || k.initial == l.initial && k.initial != r.Version) {
		k.initial, k.initialSeen, k.initialBy = r.Version, r.End, Never
	}
	if r.Version != k.initial {
		return Judgement{Kind: Foreign}
	}
	return l.superseded(number, r, k.initialSeen, k.initialBy)
}

// superseded judges a read of a version that was there at one instant, and that is certainly older than what was acknowledged
// at another.
func (l *Ledger) superseded(number uint32, r *Read, there, by time.Duration) Judgement {
	if by == Never || by+Slack >= r.Sent {
		return Judgement{}
	}
	j := Judgement{Kind: Stale, Age: r.Sent - by}
	if r.User != Nobody {
		o, wrote := l.own[ownKey{number, int32(r.User)}]
		j.Own = wrote && there+Slack < o.sent && o.acknowledged+Slack < r.Sent
	}
	return j
}

// wasPending takes back what was thought of a version whose write is over only now: no read of it was stale.
func (l *Ledger) wasPending(n, of uint32) {
	for i := range l.waiting {
		if w := &l.waiting[i]; w.n == n && w.of == of {
			w.Judgement = Judgement{}
		}
	}
}

// Rest tells what the reads were that were [Waiting], with their tags, once all writes of a round are over.
func (l *Ledger) Rest(tell func(tag time.Duration, j Judgement)) {
	for i := range l.waiting {
		tell(l.waiting[i].tag, l.waiting[i].Judgement)
	}
	l.waiting = nil
}
