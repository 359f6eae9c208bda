//go:build amd64 || arm64

package wire

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

const idleClosed = "the server closed a connection that had been idle, as a request came over it that cannot be sent twice"

// fresh returns an idle connection for a request that cannot be sent twice: one that is long idle is looked at.
func (l *loop) fresh(i int32, origin int, now time.Duration) int32 {
	if i != none && l.conns[i].carrier != nil {
		if now-l.conns[i].idleSince > exchange.LookedAtAfter && l.conns[i].carrier.frames.Open() == 0 {
			l.readable(i)
		}
		return l.idleFor(origin, now)
	}
	for i != none && now-l.conns[i].idleSince > exchange.LookedAtAfter && l.hasEnded(i) {
		i = l.idleFor(origin, now)
	}
	return i
}

// hasEnded closes an idle connection that the peer has closed, or over which something came that nobody asked for, and reports
// whether it did.
func (l *loop) hasEnded(i int32) bool {
	l.readable(i)
	return l.conns[i].state != idle
}

// metIdleEnd reports whether a request whose connection ended without an answer met the end of its idle time.
func (c *conn) metIdleEnd() bool {
	return c.served > 0 && !c.x.resendable && !c.answer.Begun() && c.x.sent-c.idleSince >= exchange.IdleRace
}
