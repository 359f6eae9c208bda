//go:build amd64 || arm64

package wire

import (
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"golang.org/x/sys/unix"
)

// maxReads is how often a connection is read from before the others have their turn.
const maxReads = 64

// handle goes on with the connections that something happened to.
func (l *loop) handle(events []unix.EpollEvent) {
	l.harvested = l.now()
	l.takeShaken()
	l.takeJudged()
	for n := range events {
		e := &events[n]
		if e.Fd == wakeUpPlace {
			l.poller.drain()
			continue
		}
		c := &l.conns[e.Fd]
		if c.turn != e.Pad || c.state == closed {
			continue // it happened to a connection that is closed by now
		}
		if c.state == connecting {
			if l.opened(e.Fd); c.turn != e.Pad || c.state == closed {
				continue
			}
			// What came with it is told once: the peer may have closed its side already.
		}
		if len(c.rest) > 0 && e.Events&unix.EPOLLOUT != 0 {
			l.writable(e.Fd)
		} else if c.state == shaking && e.Events&unix.EPOLLOUT != 0 {
			l.writableShake(e.Fd)
		}
		if e.Events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
			c.ending = c.ending || e.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
			l.read(e.Fd, c.ending || l.Origins[c.origin].path != "")
		}
	}
	for n := len(l.again); n > 0; n-- {
		i := l.again[0]
		l.again = l.again[:copy(l.again, l.again[1:])]
		if l.conns[i].again {
			l.conns[i].again = false
			l.readable(i)
			l.loseRefused(i)
		}
	}
}

// readable reads all that has come on a connection.
func (l *loop) readable(i int32) { l.read(i, true) }

// read reads what has come on a connection, the end too where all is asked for. Else it stops where a read leaves room: TCP had no
// more then, and what comes later is an event of its own (epoll(7)).
func (l *loop) read(i int32, all bool) {
	c := &l.conns[i]
	for range maxReads {
		n, stamp, errno := l.reader.Read(c.fd, l.buffer[:])
		if errno == unix.EAGAIN {
			return
		}
		now, step := l.clock.Check()
		l.look(now)
		if step != 0 {
			l.sink.ClockStep(now, step)
		}
		switch {
		case c.state == closed:
			return
		case c.state == shaking:
			if l.shakes(c.secure, l.buffer[:n], stamp, errno) {
				return
			}
		case c.state == idle && (n == 0 || errno != 0):
			l.dismiss(i)
			return
		case errno != 0:
			l.broken(i, errno)
			return
		case n == 0:
			l.ended(i, now, c.secure != nil && c.secure.within())
			return
		case l.take(i, l.buffer[:n], arrival{stamp: stamp, now: now}):
			return
		}
		if !all && n < len(l.buffer) {
			return
		}
	}
	c.again = true
	l.again = append(l.again, i)
}

// arrival is when bytes came.
type arrival struct {
	stamp   int64         // the kernel's
	at      time.Duration // when they were received; unless stamped, when they had been read
	stamped bool
	early   bool // they were read before the request was sent that the connection has now
	now     time.Duration
}

// take takes what came over an open connection, its arrival to be told by the stamp, and reports whether to read no more: its request is
// over, or it is closed.
func (l *loop) take(i int32, p []byte, a arrival) (over bool) {
	c := &l.conns[i]
	if c.state == idle {
		// Bytes that nobody asked for: no request is sent after them.
		if l.stays(c, p) {
			return false
		}
		l.dismiss(i)
		return true
	}
	a.at, a.stamped = l.clock.Arrival(a.stamp, c.x.sent, a.now)
	l.silence.received(a.at)
	if c.carrier != nil {
		return l.takeFrames(i, p, a)
	}
	if c.secure != nil {
		return l.takeSecure(i, p, a)
	}
	c.reads++
	return l.feed(i, p, a)
}

// feed takes bytes of the answer that a busy connection awaits, and reports whether its request is over.
func (l *loop) feed(i int32, p []byte, a arrival) (over bool) {
	c := &l.conns[i]
	if c.carrier != nil {
		return c.carrier.feed(p)
	}
	if !c.answer.Begun() {
		if a.early || c.x.retries == 0 && l.clock.Before(a.stamp, c.x.sent) {
			l.failBusy(i, a.now, exchange.Failed, exchange.BadResponse, "an answer came before its request was sent")
			return true
		}
		if !c.lazy {
			c.first = a.at
		}
	}
	used, done, err := c.answer.Feed(p)
	switch {
	case err != nil:
		l.failBusy(i, a.now, exchange.Failed, malformedKind(err), err.Error())
	case done && a.at > c.x.limit: // read late, it came too late too
		l.outOfTime(i, a.now)
	case done:
		l.answered(i, a.at, a.stamped, used == len(p) && l.clean(c))
	}
	return done || err != nil
}

// dismiss closes an idle connection.
func (l *loop) dismiss(i int32) {
	l.unlink(&l.idle[l.conns[i].origin], i)
	l.close(i)
}

// ended goes on with a busy connection whose peer has closed its side. cut says that it did so within a record of TLS.
func (l *loop) ended(i int32, now time.Duration, cut bool) {
	c := &l.conns[i]
	if h := c.carrier; h != nil && h.refused != 0 {
		l.loseRefused(i) // the kernel tells of a reset once
		return
	} else if h != nil {
		l.lose(i, now, exchange.ClosedEarly, errClosedBefore.Error())
		return
	}
	begun := c.answer.Begun()
	done, err := c.answer.End()
	if cut && done {
		done, err = false, errCutRecord
	}
	switch {
	case done:
		// The body ended with the connection: at the last of its bytes, or with the close, which bears no stamp.
		l.answered(i, now, false, false)
	case !begun && l.resend(i, now):
	case !begun && c.metIdleEnd():
		l.failBusy(i, now, exchange.Failed, exchange.IdleClosed, idleClosed)
	default:
		l.failBusy(i, now, exchange.Failed, malformedKind(err), err.Error())
	}
}

// broken goes on with a busy connection that an operation failed on.
func (l *loop) broken(i int32, errno syscall.Errno) {
	now := l.now()
	if l.conns[i].carrier != nil {
		l.lose(i, now, kindOf(errno), errno.Error())
		return
	}
	if !l.conns[i].answer.Begun() && l.resend(i, now) {
		return
	}
	if kind := kindOf(errno); kind == exchange.Reset && l.conns[i].metIdleEnd() {
		l.failBusy(i, now, exchange.Failed, exchange.IdleClosed, idleClosed)
	} else {
		l.failBusy(i, now, exchange.Failed, kind, errno.Error())
	}
}

// resend sends a request once more over another connection, where this one was idle before and it may be taken to have
// been closed by the server meanwhile. Its clock keeps the first send.
func (l *loop) resend(i int32, now time.Duration) bool {
	c := &l.conns[i]
	if c.served == 0 || !c.x.resendable || c.x.retries > 0 {
		return false
	}
	x := c.x
	l.drop(i)
	x.retries++
	l.wait(x, now)
	return true
}

// drop closes a busy connection.
func (l *loop) drop(i int32) {
	c := &l.conns[i]
	l.unlink(&l.busy, i)
	if !c.lazy {
		l.eager--
	}
	l.close(i)
}

// release makes a connection that is in no list, and has been free since an instant, ready for the next request: one that
// waits, or any.
func (l *loop) release(i int32, at time.Duration) {
	c := &l.conns[i]
	if h := c.on; h != nil {
		l.close(i)
		l.conns[h.at].idleSince = at
		l.share(int(c.origin), at)
		return
	}
	c.idleSince = at
	if q := &l.waiting[c.origin]; q.len() > 0 {
		now := l.now()
		if q.items[q.head].retries > 0 {
			// What is sent again goes over a new connection: this one may be as stale as the one before.
			origin := int(c.origin)
			l.close(i)
			l.openFor(origin, now)
			return
		}
		x := q.pop()
		x.free = max(x.free, at) // whenever the engine asked: it would have got none before
		l.render(i, x, now)
		return
	}
	c.state = idle
	l.push(&l.idle[c.origin], i)
}

// answered goes on with a busy connection whose answer is whole. clean says that nothing came after it.
func (l *loop) answered(i int32, at time.Duration, stamped, clean bool) {
	c := &l.conns[i]
	shares, endpoint := c.on != nil, c.x.endpoint
	if c.reads == 1 && c.answer.WireBytes <= maxLazyAnswer {
		l.streak[endpoint] = min(l.streak[endpoint]+1, lazyAfter)
	} else {
		l.streak[endpoint] = 0
	}
	c.served++
	if c.first == 0 && c.reads == 1 && stamped && l.oneSegment(c) {
		c.first = at
	}
	if o := l.Origins[c.origin]; o.several() {
		o.pool.Answered(c.address, c.x.sent, at)
	}
	x := l.over(&c.x, at)
	x.Outcome, x.UserClock = exchange.Succeeded, !stamped
	x.FirstByte = c.first
	l.heard(c)
	l.silence.ended()
	l.judge(x, c.answer.Body())
	l.free(&c.x, at)
	l.inFlight--
	if !clean || c.ending || l.NoKeepAlive || !c.answer.KeepAlive || len(c.rest) > 0 || l.usedUp(c, at) {
		origin := int(c.origin)
		l.drop(i)
		l.openFor(origin, at)
	} else {
		l.unlink(&l.busy, i)
		if !c.lazy {
			l.eager--
		}
		l.release(i, at)
	}
	if !shares { // else others may have come with it, and what follows them all is one write
		l.sendDue(l.now(), false)
	}
}

// oneSegment reports whether the whole answer fits one segment of its path: then its first byte came with its last one,
// whenever they were read.
func (l *loop) oneSegment(c *conn) bool {
	least := c.answer.WireBytes
	if c.on != nil {
		c = &l.conns[c.on.at]
	}
	if c.segment == 0 {
		c.segment = maxSegment(c.fd)
	}
	return max(least, c.received) <= c.segment
}

// over begins the record of a request that ends at an instant.
func (l *loop) over(x *pending, at time.Duration) *exchange.Exchange {
	l.x = exchange.Exchange{
		K: x.k, Intended: x.intended, Slot: x.slot, Free: x.free, Sent: x.sent, End: at, Connect: x.connect, Retries: x.retries,
		BytesOut: uint64(x.body), Address: x.address, Handshake: x.handshake, User: x.user,
	}
	return &l.x
}

// heard adds to the record what an answer says, which may have come in part.
func (l *loop) heard(c *conn) {
	if c.answer.HasHeader() {
		l.x.Status, l.x.Header.Lines, l.x.BytesIn = c.answer.Status, c.answer.Header(), uint64(c.answer.BodyBytes)
	}
}

// failBusy ends a request whose connection is of no more use.
func (l *loop) failBusy(i int32, now time.Duration, outcome exchange.Outcome, kind, detail string) {
	c := &l.conns[i]
	l.streak[c.x.endpoint] = 0
	x := l.over(&c.x, now)
	x.Outcome, x.Kind, x.Detail, x.FirstByte, x.UserClock = outcome, kind, detail, c.first, true
	l.heard(c)
	l.silence.ended()
	l.record(x)
	l.free(&c.x, now)
	l.inFlight--
	origin := int(c.origin)
	l.drop(i)
	l.openFor(origin, now)
}

// fail ends a request that has no connection. Its slot can be used again from freed on.
func (l *loop) fail(x *pending, now, freed time.Duration, outcome exchange.Outcome, kind, detail string) {
	r := l.over(x, now)
	r.Outcome, r.Kind, r.Detail, r.UserClock = outcome, kind, detail, true
	if x.asked > 0 && x.sent == 0 {
		r.Free = exchange.NeverFree
	}
	if x.sent > 0 {
		l.silence.ended()
	}
	l.record(r)
	l.free(x, freed)
	l.inFlight--
}

// maxBackOff is the longest that a slot stays unused after a connection was refused.
const maxBackOff = 100 * time.Millisecond

// refused ends a request for which no connection could be opened. Its slot is free again only after a while, so that a
// server that refuses is not asked as fast as it can refuse.
func (l *loop) refused(x *pending, now time.Duration, kind, detail string) {
	l.backOff = min(max(2*l.backOff, time.Millisecond), maxBackOff)
	if exchange.OwnLimit(kind) {
		x.asked = 0 // the target would have taken a connection
	}
	l.fail(x, now, now+l.backOff, exchange.Failed, kind, detail)
}
