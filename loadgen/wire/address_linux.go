//go:build amd64 || arm64

package wire

import (
	"net/netip"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"golang.org/x/sys/unix"
)

// maxLooks is how many idle connections are looked at for one to the address whose turn it is.
const maxLooks = 64

// idleFor returns the idle connection that the next request to an origin takes: to the address whose turn it is, or to any
// where no more connections may be open. none: one is to be opened.
func (l *loop) idleFor(origin int, now time.Duration) int32 {
	list := &l.idle[origin]
	if o := l.Origins[origin]; o.http2 {
		if o.connections > 0 && l.lacks(origin) {
			l.openFor(origin, now)
		}
		return l.carrierFor(origin)
	}
	for list.first != none && l.ConnAge > 0 && now-l.conns[list.first].began >= l.ConnAge {
		old := list.first
		l.unlink(list, old)
		l.close(old)
	}
	o := l.Origins[origin]
	if list.first == none || !o.several() {
		return list.first
	}
	want := o.pool.Peek(now)
	for i, n := list.first, 0; i != none && n < maxLooks; i, n = l.conns[i].next, n+1 {
		if l.conns[i].address == want {
			return i
		}
	}
	if l.sockets == l.Slots {
		return list.first
	}
	return none
}

// elsewhere notes that an address of several took no connection of an attempt that began at an instant, and reports whether another may. What the other attempts met
// is the pool's to know: requests share the connections that are being opened, and none has attempts of its own to count.
func (l *loop) elsewhere(origin int, a netip.AddrPort, errno syscall.Errno, began, now time.Duration) bool {
	kind := connectKind(errno)
	if exchange.OwnLimit(kind) || errno == unix.ENOMEM { // this system's, whatever the address
		return false
	}
	return l.Origins[origin].pool.Failed(a, began, now, kind)
}

// stillConnecting reports whether the kernel still waits for an answer to a socket's attempt to connect: a loop that comes late has not
// heard of the end yet.
func stillConnecting(fd int) bool {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 0)
	return n == 0 && err == nil
}

// tooSlow reports whether a connection that is being opened is to be given up for another address, and gives it up: should
// it open, it is used all the same.
func (l *loop) tooSlow(c *conn, now time.Duration) bool {
	o := l.Origins[c.origin]
	if !o.several() || !stillConnecting(c.fd) || !o.pool.Failed(c.address, c.began, now, exchange.ConnectTimeout) {
		return false
	}
	c.slow = true
	l.opening[c.origin]--
	return true
}

// usedUp reports whether a connection has been used for as long, or as often, as one may be.
func (l *loop) usedUp(c *conn, now time.Duration) bool {
	return l.ConnAge > 0 && now-c.began >= l.ConnAge || l.ConnUses > 0 && c.served >= l.ConnUses
}
