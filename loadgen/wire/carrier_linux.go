//go:build amd64 || arm64

package wire

import (
	"errors"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/wire/h2"
	"golang.org/x/sys/unix"
)

// carrier is what a connection has that speaks HTTP/2. Each request under way over it has a place of its own among the
// connections, without a socket: what ends, expires or records requests treats it as any other.
type carrier struct {
	loop   *loop
	at     int32 // place of the connection
	frames *h2.Conn
	places []int32 // of the requests, by stream
	fresh  []int32 // places of those that were begun and not written yet
	corked bool    // what is begun is written when all that came was taken
	came   arrival // of what is being taken
	ended  int     // answers that ended in what is being taken
	shared int     // answers that came in one read with a later one
	roomy  bool    // it is in the list of those that take another request
	alone  int32   // the place of the only request under way; none where there are several
	read   uint32  // how often it was read from

	refused syscall.Errno // what a write failed with; 0: none did
}

var errNoHTTP2 = errors.New("tls: the server does not speak HTTP/2")

// greet begins HTTP/2 over a connection that is open; it carries requests once the server's settings have come.
func (l *loop) greet(i int32) {
	c := &l.conns[i]
	h := &carrier{loop: l, at: i, alone: none}
	h.frames = h2.New(h)
	c.state, c.carrier = greeting, h
	l.flush(i)
}

// carries takes a connection into use whose server has said its settings.
func (l *loop) carries(i int32, now time.Duration) {
	c := &l.conns[i]
	origin := int(c.origin)
	l.isOpen(i, now)
	c.state = carrying
	l.carriers[origin]++
	l.streams[origin] = c.carrier.frames.Most()
	l.push(&l.full, i)
	l.relist(i)
	for q := &l.waiting[origin]; q.len() > 0 && c.carrier.roomy; {
		x := q.pop()
		c.opensFor(&x, now)
		l.render(l.claim(i), x, now)
	}
	l.openFor(origin, now)
}

// describe returns what there is to tell of a connection that is open.
func (c *conn) describe() exchange.Connection {
	d := c.secure.describe()
	if c.carrier != nil {
		d.Protocol = "HTTP/2.0"
	}
	return d
}

// relist puts a connection among those that take another request, or those that take none.
func (l *loop) relist(i int32) {
	c := &l.conns[i]
	if c.state != carrying {
		return
	}
	from, to := &l.full, &l.full
	if c.carrier.roomy {
		from = &l.idle[c.origin]
	}
	l.unlink(from, i)
	if c.carrier.roomy = c.carrier.frames.Room() > 0; c.carrier.roomy {
		to = &l.idle[c.origin]
	} else {
		c.carrier.hurry() // others may wait for its answer
	}
	l.pushBack(to, i)
}

// carrierFor returns a connection that takes another request; none, where none does. They have turns, but what answers let go out
// stays on their connection, where it is one write, unless that carries more than the next one.
func (l *loop) carrierFor(origin int) int32 {
	i := l.idle[origin].first
	if h := l.answering; h != nil && h.roomy && int(l.conns[h.at].origin) == origin && h.frames.Open() <= l.conns[i].carrier.frames.Open() {
		return h.at
	}
	return i
}

// claim takes an idle connection for a request: of HTTP/2, a place on it.
func (l *loop) claim(i int32) int32 {
	c := &l.conns[i]
	if c.carrier == nil {
		l.unlink(&l.idle[c.origin], i)
		return i
	}
	v := l.place()
	s := &l.conns[v]
	s.on, s.origin, s.address, s.state, s.stream, s.served, s.began = c.carrier, c.origin, c.address, busy, none, 0, c.began
	s.rest, s.ending, s.again, s.fd, s.read = nil, false, false, -1, c.carrier.read
	return v
}

// beginStream sends a request in a place on a connection.
func (l *loop) beginStream(v int32, r Request) {
	c := &l.conns[v]
	h := c.on
	stream, err := h.frames.Begin(&r.Frames)
	if err != nil {
		l.failBusy(v, l.now(), exchange.Failed, exchange.NotSendable, err.Error())
		return
	}
	for int(stream) >= len(h.places) {
		h.places = append(h.places, none)
	}
	c.stream, h.places[stream] = stream, v
	h.fresh = append(h.fresh, v)
	h.readSoon(v)
	l.relist(h.at)
	if !h.corked {
		l.flush(h.at)
	}
}

// readSoon has the answers of requests under way read as they arrive, from a new one on: answers that are read together have one stamp.
// That of a request alone on its connection, with nothing of it left to be sent, may lie unread.
func (h *carrier) readSoon(v int32) {
	l, c, whole := h.loop, &h.loop.conns[h.at], !h.frames.Waits(h.loop.conns[v].stream)
	if h.frames.Open() == 1 && whole && len(c.rest) == 0 {
		h.alone, c.received = v, 0
		return
	}
	h.hurry()
	l.hurry(&l.conns[v])
}

// hurry has the answer of the request that was alone read as it arrives.
func (h *carrier) hurry() {
	if h.alone != none {
		h.loop.hurry(&h.loop.conns[h.alone])
		h.alone = none
	}
}

// flush writes what a connection has to write.
func (l *loop) flush(i int32) {
	c := &l.conns[i]
	h := c.carrier
	if len(h.frames.Out) == 0 || c.state == closed || h.refused != 0 {
		return
	}
	data, err := l.seal(c, h.frames.Out)
	if len(data) > muchWork {
		l.worked()
	}
	now := l.now() // nothing comes between it and the write
	n, errno := 0, unix.EAGAIN
	if err == nil && len(c.rest) == 0 {
		n, errno = send(c.fd, data)
	}
	h.frames.Wrote()
	for _, v := range h.fresh {
		s := &l.conns[v]
		if s.on != h || s.state != busy {
			continue
		}
		if s.x.sent == 0 {
			s.x.sent = now
			l.sink.Sent(max(s.x.intended, s.x.free), now)
			l.silence.sent(now)
		}
		l.limit(&s.x, s.x.sent)
	}
	h.fresh = h.fresh[:0]
	switch {
	case err != nil:
		kind, detail := secureKind(err)
		l.lose(i, now, kind, detail)
	case errno != 0 && errno != unix.EAGAIN:
		l.refusedFrames(i, errno)
	case n < len(data):
		c.rest = append(c.rest, data[n:]...)
		h.hurry()
	}
}

// refusedFrames has a connection read to its end that takes no more: what came before, such as a goodbye, says what became of its
// requests, whether the loop reads it first or is told of the end by a write.
func (l *loop) refusedFrames(i int32, errno syscall.Errno) {
	c := &l.conns[i]
	c.carrier.refused, c.rest, c.ending = errno, nil, true
	if !c.again {
		c.again = true
		l.again = append(l.again, i)
	}
}

// loseRefused closes a connection that took no more, when all that came over it was read.
func (l *loop) loseRefused(i int32) {
	c := &l.conns[i]
	if h := c.carrier; (c.state == carrying || c.state == greeting) && h.refused != 0 && !c.again {
		l.lose(i, l.now(), kindOf(h.refused), h.refused.Error())
	}
}

// takeFrames takes what came over a connection, and reports whether it is closed.
func (l *loop) takeFrames(i int32, p []byte, a arrival) (over bool) {
	c := &l.conns[i]
	h, turn := c.carrier, c.turn
	h.came, h.corked, h.ended = a, true, 0
	h.read++
	if c.secure != nil {
		over = l.takeSecure(i, p, a)
	} else {
		c.received += int64(len(p))
		over = l.feed(i, p, a)
	}
	if over {
		return true
	}
	h.shared += max(0, h.ended-1)
	if c.state == greeting && h.frames.Ready {
		l.carries(i, a.now)
	}
	l.relist(i)
	l.share(int(c.origin), a.now)
	if h.ended > 0 {
		l.answering = h
		l.sendDue(l.now(), false)
		l.answering = nil
	}
	h.corked = false
	if l.flush(i); c.turn != turn || c.carrier != h {
		return true
	}
	if h.frames.Over() {
		l.lose(i, a.now, exchange.ClosedEarly, "the server takes no more requests")
		return true
	}
	return false
}

// feed takes decrypted bytes, and reports whether the connection is closed.
func (h *carrier) feed(p []byte) (over bool) {
	err := h.frames.Feed(p)
	if err == nil {
		return false
	}
	l, c := h.loop, &h.loop.conns[h.at]
	if l.flush(h.at); c.carrier == h {
		l.lose(h.at, h.came.now, exchange.BadResponse, err.Error())
	}
	return true
}

// lose closes a connection. What it carried fails, but for what was not written yet.
func (l *loop) lose(i int32, now time.Duration, kind, detail string) {
	c := &l.conns[i]
	h, origin := c.carrier, int(c.origin)
	if c.state == greeting {
		l.unusable(i, now, kind, detail)
		return
	}
	if h.roomy {
		l.unlink(&l.idle[origin], i)
	} else {
		l.unlink(&l.full, i)
	}
	c.state, h.corked = closing, true
	l.carriers[origin]--
	for _, v := range h.places {
		if v == none {
			continue
		}
		if s := &l.conns[v]; s.x.sent == 0 {
			x := s.x
			l.drop(v)
			l.wait(x, now)
		} else {
			l.failBusy(v, now, exchange.Failed, kind, detail)
		}
	}
	l.close(i)
	l.openFor(origin, now)
}

// leave frees the place of a request, which may still be under way.
func (l *loop) leave(v int32) {
	c := &l.conns[v]
	h := c.on
	if h.alone == v {
		h.alone = none
	}
	if c.stream != none && h.places[c.stream] == v {
		h.places[c.stream] = none
		h.frames.Cancel(c.stream)
		if !h.corked {
			l.flush(h.at)
		}
	}
	l.relist(h.at) // a goodbye may have come before the answer, and then it takes no other
	c.on = nil
}

// Headed takes the header of an answer.
func (h *carrier) Headed(stream int32, status int, lines []byte) {
	l, v := h.loop, h.places[stream]
	c := &l.conns[v]
	h.brought(c)
	if !c.lazy {
		c.first = h.came.at
		if at, ok := l.clock.Arrival(h.came.stamp, c.x.sent, h.came.now); ok {
			c.first = at
		}
	}
	c.answer.headed(status, lines)
}

// brought counts the reads that brought a part of an answer.
func (h *carrier) brought(c *conn) {
	if c.read != h.read {
		c.read = h.read
		c.reads++
	}
}

// Content takes bytes of an answer's body.
func (h *carrier) Content(stream int32, p []byte) bool {
	v := h.places[stream]
	h.brought(&h.loop.conns[v])
	a := &h.loop.conns[v].answer
	a.WireBytes += int64(len(p))
	err := a.content(p)
	a.own()
	if err != nil {
		h.loop.failBusy(v, h.came.now, exchange.Failed, malformedKind(err), err.Error())
	}
	return err == nil
}

// Ended takes the end of an answer.
func (h *carrier) Ended(stream int32) {
	l, v := h.loop, h.places[stream]
	h.places[stream] = none
	h.ended++
	c := &l.conns[v]
	h.brought(c)
	l.conns[h.at].served++
	if c.x.sent == 0 || c.x.retries == 0 && l.clock.Before(h.came.stamp, c.x.sent) {
		l.failBusy(v, h.came.now, exchange.Failed, exchange.BadResponse, "an answer came before its request was sent")
		return
	}
	at, stamped := l.clock.Arrival(h.came.stamp, c.x.sent, h.came.now)
	if at > c.x.limit {
		l.outOfTime(v, h.came.now)
		return
	}
	l.answered(v, at, stamped, true)
}

// maxGoodbyes is how often a request is sent again that servers said goodbye to untouched: connections that carry the same load come to
// their last request at about the same time.
const maxGoodbyes = 5

// Failed takes the end of a request that comes to no answer.
func (h *carrier) Failed(stream int32, why h2.Failure, detail string) {
	l, v := h.loop, h.places[stream]
	h.places[stream] = none
	x := l.conns[v].x
	kind := exchange.BadResponse
	switch why {
	case h2.Untouched, h2.Refused:
		if x.retries == 0 || why == h2.Untouched && x.retries < maxGoodbyes {
			l.drop(v)
			l.relist(h.at)
			x.retries++
			l.wait(x, h.came.now)
			return
		}
		if kind = exchange.ClosedEarly; why == h2.Refused {
			kind = exchange.StreamReset
		}
	case h2.Reset:
		kind = exchange.StreamReset
	case h2.TooLong:
		kind = exchange.HeaderTooLong
	case h2.Cut:
		kind = exchange.ClosedEarly
	}
	l.failBusy(v, h.came.now, exchange.Failed, kind, detail)
}

// share gives requests that wait places on connections that have had room since an instant.
func (l *loop) share(origin int, at time.Duration) {
	if !l.Origins[origin].http2 {
		return
	}
	for q := &l.waiting[origin]; q.len() > 0 && l.idle[origin].first != none; {
		x := q.pop()
		if x.sent == 0 {
			x.free = max(x.free, at)
		}
		l.render(l.claim(l.idle[origin].first), x, l.now())
	}
}

// assumedStreams is how many requests at once a server is taken to carry over a connection until it says so.
const assumedStreams = 100

// lacks reports whether another connection to an origin is to be opened: each request that waits is to have one, and of HTTP/2
// a place on one, or as many connections as were asked for.
func (l *loop) lacks(origin int) bool {
	o, opening := l.Origins[origin], l.opening[origin]
	switch waiting := l.waiting[origin].len(); {
	case !o.http2:
		return opening < waiting
	case o.connections > 0:
		return l.carriers[origin]+opening < o.connections
	default:
		return opening*l.streams[origin] < waiting
	}
}
