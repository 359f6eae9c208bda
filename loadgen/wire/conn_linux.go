//go:build amd64 || arm64

package wire

import (
	"net/netip"
	"time"
)

// conn is a connection, or a place for one.
type conn struct {
	fd     int
	turn   int32 // how many connections had this place before
	state  connState
	lazy   bool // its answer may lie unread for a while
	ending bool // the peer has closed its side
	again  bool // more may be there to read, but others were to have their turn
	origin int32
	secure *secure // nil: there is no TLS

	carrier *carrier      // of a connection that speaks HTTP/2
	on      *carrier      // of a request's place: what carries it
	stream  int32         // of a request's place
	read    uint32        // of a request's place: which read of its carrier brought the last part of its answer
	shook   time.Duration // how long TLS took

	prev int32 // neighbours in the list it is in, or none
	next int32

	address netip.AddrPort // where it goes; of a unix socket, none
	slow    bool           // connecting, it has been given up for another address

	began     time.Duration // when connecting began
	served    uint32        // answers so far
	idleSince time.Duration // start of its idle time before the present request
	x         pending       // while busy
	answer    Answer
	reads     int           // of the present answer
	received  int64         // over TLS, bytes since the present request was sent
	first     time.Duration // when its first bytes came, as far as that is known; else 0
	rest      []byte        // rest of the request that the socket did not take yet

	retransmitted uint32 // segments sent again until it was last asked
	segment       int64  // most bytes that a segment of the path carries; 0: it was not asked
}

type connState uint8

const (
	closed connState = iota
	connecting
	shaking  // TCP is connected, TLS is not
	greeting // the server's settings of HTTP/2 have not come
	idle
	busy
	carrying // requests of HTTP/2, which are busy in places of their own
	closing
)

// pending is a request on its way.
type pending struct {
	k          uint64
	intended   time.Duration
	slot       time.Duration // when a slot was there for it
	free       time.Duration
	asked      time.Duration // instant of asking for a new connection; 0: an idle one was used
	sent       time.Duration // 0: not yet
	limit      time.Duration // instant of its timeout or deadline
	connect    time.Duration
	handshake  time.Duration // the part of connect that TLS took
	retries    int
	address    netip.AddrPort // address that it was sent to, where its origin has several
	body       int
	endpoint   int32
	origin     int32
	resendable bool
	user       int // of the closed model
}

// none is the end of a list.
const none = int32(-1)

// list is a list of connections, linked through them.
type list struct{ first, last int32 }

func (l *loop) unlink(of *list, i int32) {
	c := &l.conns[i]
	if c.prev == none {
		of.first = c.next
	} else {
		l.conns[c.prev].next = c.next
	}
	if c.next == none {
		of.last = c.prev
	} else {
		l.conns[c.next].prev = c.prev
	}
	c.prev, c.next = none, none
}

// push puts a connection first.
func (l *loop) push(of *list, i int32) {
	c := &l.conns[i]
	c.prev, c.next = none, of.first
	if of.first == none {
		of.last = i
	} else {
		l.conns[of.first].prev = i
	}
	of.first = i
}

// pushBack puts a connection last.
func (l *loop) pushBack(of *list, i int32) {
	c := &l.conns[i]
	c.prev, c.next = of.last, none
	if of.last == none {
		of.first = i
	} else {
		l.conns[of.last].next = i
	}
	of.last = i
}

// queue holds the requests that have a slot and wait for a connection, in order.
type queue struct {
	items []pending
	head  int
}

func (q *queue) len() int { return len(q.items) - q.head }

func (q *queue) push(x pending) {
	if q.head > 0 && len(q.items) == cap(q.items) {
		q.items = q.items[:copy(q.items, q.items[q.head:])]
		q.head = 0
	}
	q.items = append(q.items, x)
}

// pushFront puts a request before all others.
func (q *queue) pushFront(x pending) {
	if q.head > 0 {
		q.head--
		q.items[q.head] = x
		return
	}
	q.items = append(q.items, pending{})
	copy(q.items[1:], q.items)
	q.items[0] = x
}

func (q *queue) pop() pending {
	x := q.items[q.head]
	q.head++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return x
}
