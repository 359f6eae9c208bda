//go:build amd64 || arm64

package wire

import (
	"net/netip"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"golang.org/x/sys/unix"
)

// wait lets a request wait for a connection, and opens one for it if there may be another.
func (l *loop) wait(x pending, now time.Duration) {
	if x.sent == 0 {
		l.limit(&x, now)
	}
	if x.sent > 0 {
		l.waiting[x.origin].pushFront(x)
	} else {
		l.waiting[x.origin].push(x)
	}
	l.openFor(int(x.origin), now)
}

// openFor opens connections to an origin, one for each request that waits for one, as far as they may be.
func (l *loop) openFor(origin int, now time.Duration) {
	for l.share(origin, now); l.lacks(origin); {
		if l.sockets == l.Slots && !l.closeIdle() {
			return // one of the busy ones will be free
		}
		o := l.Origins[origin]
		several, patience := o.several(), l.Timeout
		var a netip.AddrPort
		if o.pool != nil {
			a = o.pool.Next(now)
		}
		if several {
			patience = min(patience, address.SlowAfter)
		}
		i, errno := l.dial(o, a)
		if errno != 0 {
			if several && l.elsewhere(origin, a, errno, now, now) {
				continue
			}
			if l.waiting[origin].len() == 0 {
				return
			}
			x := l.waiting[origin].pop()
			l.refused(&x, now, connectKind(errno), errno.Error())
			continue
		}
		c := &l.conns[i]
		l.sockets++
		c.state, c.origin, c.began, c.served, c.retransmitted, c.segment = connecting, int32(origin), now, 0, 0, 0
		c.ending, c.again = false, false
		c.address, c.slow = a, false
		l.push(&l.connecting, i)
		l.opening[origin]++
		l.earliest = min(l.earliest, now+patience)
	}
}

// dial begins to connect to an address of an origin, and returns the connection's place; errno tells a failure.
func (l *loop) dial(o *Origin, a netip.AddrPort) (i int32, errno syscall.Errno) {
	fd, errno := dial(o, a)
	if errno != 0 {
		return none, errno
	}
	i = l.place()
	c := &l.conns[i]
	c.fd = fd
	c.turn++
	if err := l.poller.add(fd, i, c.turn); err != nil {
		closeSocket(fd)
		l.unused = append(l.unused, i)
		return none, unix.ENOMEM
	}
	return i, 0
}

// place returns a free place for a connection, of which there is one.
func (l *loop) place() int32 {
	if n := len(l.unused); n > 0 {
		i := l.unused[n-1]
		l.unused = l.unused[:n-1]
		return i
	}
	l.used++
	return l.used - 1
}

// closeIdle closes an idle connection, to make room for one to another origin.
func (l *loop) closeIdle() bool {
	for o := range l.idle {
		i := l.idle[o].last
		for i != none && l.conns[i].carrier != nil && l.conns[i].carrier.frames.Open() > 0 {
			i = l.conns[i].prev
		}
		if i != none {
			if l.conns[i].carrier != nil {
				l.carriers[o]--
			}
			l.unlink(&l.idle[o], i)
			l.close(i)
			return true
		}
	}
	return false
}

// close closes a connection that is in no list.
func (l *loop) close(i int32) {
	c := &l.conns[i]
	if c.on != nil {
		l.leave(i)
	} else {
		if c.carrier != nil && c.carrier.shared > 0 && l.Shared != nil {
			l.Shared(c.describe(), c.carrier.shared)
		}
		if c.secure != nil {
			l.closeSecure(c)
		}
		closeSocket(c.fd)
		l.sockets--
	}
	c.state, c.rest, c.carrier = closed, nil, nil
	l.unused = append(l.unused, i)
}

// opened goes on with a connection whose attempt has ended.
func (l *loop) opened(i int32) {
	c := &l.conns[i]
	now := l.now()
	errno := connectError(c.fd)
	origin := int(c.origin)
	o := l.Origins[origin]
	if errno != 0 {
		l.attempted(i)
		l.close(i)
		switch {
		case o.several() && (c.slow || l.elsewhere(origin, c.address, errno, c.began, now)):
			l.openFor(origin, now)
		case l.waiting[origin].len() > 0:
			x := l.waiting[origin].pop()
			l.refused(&x, now, connectKind(errno), errno.Error())
		}
		return
	}
	if o.several() {
		o.pool.Took(c.address, now)
	}
	if o.tls != nil {
		l.shake(i, now)
	} else {
		l.ready(i, now, nil)
	}
}

// ready takes a connection into use that is open, TLS included.
func (l *loop) ready(i int32, now time.Duration, h *handshake) {
	c := &l.conns[i]
	origin := int(c.origin)
	if c.shook = 0; h != nil {
		c.shook = now - h.began
	}
	if l.Origins[origin].http2 {
		if c.secure != nil && c.secure.conn.ConnectionState().NegotiatedProtocol != alpnHTTP2 {
			l.unshaken(i, now, errNoHTTP2)
		} else {
			l.greet(i)
		}
		return
	}
	l.isOpen(i, now)
	if l.waiting[origin].len() == 0 {
		c.state = idle
		l.push(&l.idle[origin], i)
		return
	}
	x := l.waiting[origin].pop()
	c.opensFor(&x, now)
	l.render(i, x, now)
}

// attempted takes a connection out of those that are being opened.
func (l *loop) attempted(i int32) {
	c := &l.conns[i]
	l.unlink(&l.connecting, i)
	if !c.slow {
		l.opening[c.origin]--
	}
}

// isOpen takes a connection out of those that are being opened, as requests can be sent over it.
func (l *loop) isOpen(i int32, now time.Duration) {
	c := &l.conns[i]
	l.attempted(i)
	l.backOff = 0
	c.idleSince = now
	if l.Connected != nil {
		l.Connected(c.describe())
	}
}

// opensFor tells a request that has waited how long the opening of its connection took.
func (c *conn) opensFor(x *pending, now time.Duration) {
	if x.sent > 0 {
		return
	}
	x.free += now - x.asked // had the engine asked the moment it could, it would have waited just as long
	x.connect = now - max(c.began, x.asked)
	x.handshake = min(c.shook, x.connect)
}

// unusable closes a connection that TCP has and what is spoken over it has not.
func (l *loop) unusable(i int32, now time.Duration, kind, detail string) {
	origin := int(l.conns[i].origin)
	l.attempted(i)
	l.close(i)
	if l.waiting[origin].len() > 0 {
		x := l.waiting[origin].pop()
		l.refused(&x, now, kind, detail)
	}
	l.openFor(origin, now)
}
