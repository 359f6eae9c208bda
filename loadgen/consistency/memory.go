package consistency

import (
	"math/bits"
	"time"
)

// entry is a write that is remembered.
type entry struct {
	acknowledged time.Duration
	n            uint32 // number of the request
	of           uint32 // key and round
	took         uint32 // from send to acknowledgement, in microseconds, rounded up
	by           uint32 // first write of its key that is certainly newer; none: there is no such write
}

// roundBits is how many of entry.of's bits say which round it is; the others say which key.
const roundBits = 12

// none is the place of no entry.
const none = ^uint32(0)

// sent returns when the write was sent, to a microsecond and never too late.
func (e *entry) sent() time.Duration {
	return e.acknowledged - time.Duration(e.took)*time.Microsecond
}

// memory is the last writes that were added: a ring, and an index of it by round and number.
type memory struct {
	most   int
	list   []entry
	oldest int
	index  []uint32 // a power of two long, at most half full; places in list, none where it is empty
	shift  int      // 64 less the logarithm of that length
}

func (m *memory) full() bool { return len(m.list) == m.most }

// forget makes room for one write and returns the oldest, which is no longer found. Its place is the next one's.
func (m *memory) forget() (at uint32, e entry) {
	at = uint32(m.oldest)
	e = m.list[at]
	m.unindex(at)
	return at, e
}

// add remembers a write. Where the memory is full, one was forgotten for it.
func (m *memory) add(n, of uint32, sent, acknowledged time.Duration) (at uint32) {
	e := entry{acknowledged: acknowledged, n: n, of: of, by: none}
	if acknowledged != Never {
		e.took = uint32(min((acknowledged-sent+time.Microsecond-1)/time.Microsecond, 1<<32-1))
	}
	if len(m.list) < m.most {
		at = uint32(len(m.list))
		if len(m.list) == cap(m.list) {
			m.list = append(make([]entry, 0, min(max(2*len(m.list), 512), m.most)), m.list...)
		}
		m.list = append(m.list, e)
		if 2*len(m.list) > len(m.index) {
			m.grow()
			return at
		}
	} else {
		at = uint32(m.oldest)
		m.list[at] = e
		m.oldest = (m.oldest + 1) % m.most
	}
	m.put(at)
	return at
}

// home returns where in the index a write is looked for first.
func (m *memory) home(n, of uint32) int {
	h := uint64(n)<<roundBits | uint64(of&(1<<roundBits-1))
	return int(h * 0x9e3779b97f4a7c15 >> m.shift) // Fibonacci hashing: Knuth, volume 3, section 6.4
}

// find returns the place of a write, whatever its key.
func (m *memory) find(n, of uint32) (at uint32, found bool) {
	if len(m.index) == 0 {
		return none, false
	}
	for i := m.home(n, of); ; i = (i + 1) & (len(m.index) - 1) {
		at = m.index[i]
		if at == none {
			return none, false
		}
		if e := &m.list[at]; e.n == n && (e.of^of)&(1<<roundBits-1) == 0 {
			return at, true
		}
	}
}

func (m *memory) put(at uint32) {
	e := &m.list[at]
	i := m.home(e.n, e.of)
	for m.index[i] != none {
		i = (i + 1) & (len(m.index) - 1)
	}
	m.index[i] = at
}

// unindex takes a place out of the index, and moves those that stood behind it where they are found (Knuth, The Art of Computer
// Programming, volume 3, section 6.4, algorithm R).
func (m *memory) unindex(at uint32) {
	mask := len(m.index) - 1
	hole := m.home(m.list[at].n, m.list[at].of)
	for m.index[hole] != at {
		hole = (hole + 1) & mask
	}
	for i := (hole + 1) & mask; m.index[i] != none; i = (i + 1) & mask {
		e := &m.list[m.index[i]]
		if home := m.home(e.n, e.of); (i-home)&mask >= (i-hole)&mask {
			m.index[hole], hole = m.index[i], i
		}
	}
	m.index[hole] = none
}

func (m *memory) grow() {
	m.index = make([]uint32, max(2*len(m.index), 1024))
	m.shift = 65 - bits.Len(uint(len(m.index)))
	for i := range m.index {
		m.index[i] = none
	}
	for at := range m.list {
		m.put(uint32(at))
	}
}
