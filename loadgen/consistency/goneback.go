package consistency

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// Written returns the keys that were written, in order: at most so many, drawn by the seed where there are more, and how many
// there are.
func (l *Ledger) Written(most int, seed uint64) (keys []string, all int) {
	for i := range l.keys {
		if k := &l.keys[i]; k.first != Never {
			keys = append(keys, k.text)
		}
	}
	slices.Sort(keys)
	all = len(keys)
	draw := profiles.NewStream(seed, "keys that are read back")
	for i := 0; i < most && most < all; i++ {
		j := i + int(draw.Float64(uint64(i))*float64(all-i))
		keys[i], keys[j] = keys[j], keys[i]
	}
	keys = keys[:min(most, all)]
	slices.SortFunc(keys, strings.Compare)
	return keys, all
}

// Found is the version that a key was found to have at the origin.
type Found struct {
	Key     string
	Version Version
}

// Gone says what was lost of a key.
type Gone struct {
	NotJudged bool            // whether the version found is older cannot be told
	Again     bool            // the key was written after the kill, and is not judged
	Lost      []time.Duration // ages of the writes that were lost: from acknowledgement to kill; of a key that has gone back at least one
}

// GoneBack says of each key that was found at the origin whether it has gone back: whether an acknowledged write of it is
// certainly newer than the version found. Those are the writes that were lost when the target was killed. Only what is
// remembered counts, and what was acknowledged by then. All writes are over, and known.
func (l *Ledger) GoneBack(found []Found, kill time.Duration) []Gone {
	list := make([]Gone, len(found))
	there := make([]time.Duration, len(found)) // since when the version found was there
	places := map[uint32]int{}
	for i, f := range found {
		number, known := l.numbers[f.Key]
		switch {
		case !known:
			list[i].NotJudged = true
			continue
		case l.keys[number].last > kill:
			list[i].Again = true
			continue
		}
		if there[i] = l.thereSince(number, f.Version); there[i] == Never {
			list[i].NotJudged = true
			continue
		}
		places[number] = i
	}
	m := &l.memory
	for at := range m.list {
		e := &m.list[(m.oldest+at)%len(m.list)]
		i, asked := places[e.of>>roundBits]
		if asked && e.acknowledged < kill && there[i]+Slack < e.sent() {
			list[i].Lost = append(list[i].Lost, kill-e.acknowledged)
		}
	}
	return list
}

// thereSince returns when a version was certainly there: acknowledged, or read. Never where that is not known.
func (l *Ledger) thereSince(number uint32, v Version) time.Duration {
	k := &l.keys[number]
	if v == k.initial {
		return k.initialSeen
	}
	n, of, ok := l.of(v, number)
	if !ok {
		return Never
	}
	if at, found := l.memory.find(n, of); found && l.memory.list[at].of == of {
		return l.memory.list[at].acknowledged
	}
	if k.forgot && !k.doubt {
		return k.forgotAck
	}
	return Never
}
