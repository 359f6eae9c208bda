//go:build amd64 || arm64

package wire

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"golang.org/x/sys/unix"
)

const idleClosed = "the server closed a connection that had been idle, as a request came over it that cannot be sent twice"

// fresh returns an idle connection for a request that cannot be sent twice: one that is long idle is looked at.
func (l *loop) fresh(i int32, origin int, now time.Duration) int32 {
	for i != none && now-l.conns[i].idleSince > exchange.LookedAtAfter && hasEnded(l.conns[i].fd) {
		l.unlink(&l.idle[origin], i)
		l.close(i)
		i = l.idleFor(origin, now)
	}
	return i
}

// hasEnded reports whether a connection over which nothing is to come was closed, or brought something all the same.
func hasEnded(fd int) bool {
	var b [1]byte
	_, _, err := unix.Recvfrom(fd, b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	return err != unix.EAGAIN && err != unix.EINTR
}

// metIdleEnd reports whether a request whose connection ended without an answer met the end of its idle time.
func (c *conn) metIdleEnd() bool {
	return c.served > 0 && !c.x.resendable && !c.answer.Begun() && c.x.sent-c.idleSince >= exchange.IdleRace
}
