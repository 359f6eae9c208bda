//go:build amd64 || arm64

package wire

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// networkSample is how many connections are asked about the network in a second.
const networkSample = 4

// expire ends requests past their timeout or deadline, and finds the next such instant.
func (l *loop) expire(now time.Duration) {
	l.earliest = never
	for i := l.busy.first; i != none; {
		c := &l.conns[i]
		next := c.next
		if now >= c.x.limit {
			l.exceeded(i, now)
		} else {
			l.earliest = min(l.earliest, c.x.limit)
		}
		i = next
	}
	for i := l.connecting.first; i != none; {
		c := &l.conns[i]
		next := c.next
		o := l.Origins[c.origin]
		switch {
		case now >= c.began+l.Timeout:
			l.attempted(i)
			l.close(i)
		case c.state == connecting && !c.slow && o.several() && now < c.began+address.SlowAfter:
			l.earliest = min(l.earliest, c.began+min(l.Timeout, address.SlowAfter))
		default:
			if c.state == connecting && !c.slow {
				l.tooSlow(c, now)
			}
			l.earliest = min(l.earliest, c.began+l.Timeout)
		}
		i = next
	}
	for o := range l.waiting {
		q := &l.waiting[o]
		for n := q.len(); n > 0; n-- {
			x := q.pop()
			switch {
			case now < x.limit:
				l.earliest = min(l.earliest, x.limit)
				q.push(x)
			case l.pastDeadline(&x, now):
				l.fail(&x, now, now, exchange.TimedOut, exchange.Deadline, "older than the deadline")
			case x.sent > 0:
				l.fail(&x, now, now, exchange.TimedOut, exchange.Timeout, "no whole answer within the timeout")
			default:
				l.fail(&x, now, now, exchange.TimedOut, exchange.ConnectTimeout, "no connection within the timeout")
			}
		}
		l.openFor(o, now)
	}
}

// exceeded ends a request that has waited too long for its answer, unless that lies here, unread.
func (l *loop) exceeded(i int32, now time.Duration) {
	c := &l.conns[i]
	k, from := c.x.k, i
	if c.on != nil {
		from = c.on.at
	}
	if l.readable(from); c.state != busy || c.x.k != k {
		return
	}
	l.outOfTime(i, now)
}

// outOfTime ends a request that was not answered in time.
func (l *loop) outOfTime(i int32, now time.Duration) {
	if l.pastDeadline(&l.conns[i].x, now) {
		l.failBusy(i, now, exchange.TimedOut, exchange.Deadline, "older than the deadline")
	} else {
		l.failBusy(i, now, exchange.TimedOut, exchange.Timeout, "no whole answer within the timeout")
	}
}

func (l *loop) pastDeadline(x *pending, now time.Duration) bool {
	return l.Deadline > 0 && now >= x.intended+l.Deadline
}

// tick does the work of each second.
func (l *loop) tick(now time.Duration) {
	l.nextTick = now.Truncate(time.Second) + time.Second
	if now, step := l.clock.Check(); step != 0 {
		l.sink.ClockStep(now, step)
	}
	asked := 0
	for i := l.busy.first; i != none && asked < networkSample; i = l.conns[i].next {
		asked += l.askNetwork(i)
	}
	for o := range l.idle {
		for i := l.idle[o].first; i != none && asked < networkSample; i = l.conns[i].next {
			asked += l.askNetwork(i)
		}
	}
}

// askNetwork asks the kernel about a connection, and returns 1 where it answered.
func (l *loop) askNetwork(i int32) int {
	c := &l.conns[i]
	if l.Origins[c.origin].path != "" || c.served == 0 {
		return 0
	}
	roundTrip, retransmitted, ok := tcpInfo(c.fd)
	if !ok {
		return 0
	}
	l.sink.Network(time.Duration(roundTrip)*time.Microsecond, retransmitted-c.retransmitted)
	c.retransmitted = retransmitted
	return 1
}

// stop ends the sending.
func (l *loop) stop(now time.Duration) {
	l.stopped = true
	l.end.Stopped, l.end.FreeSince = now, l.slots.since()
	if l.end.FreeSince > now { // kept back after a refusal
		l.end.FreeSince = -1
	}
}

// giveUp ends outstanding requests when the run is over, and closes every connection.
func (l *loop) giveUp() {
	now := l.now()
	l.silence.received(now)
	l.end.At = now
	if !l.stopped {
		l.stop(now)
	}
	for i := range l.used {
		if h := l.conns[i].carrier; h != nil {
			h.corked = true // nothing more is written
		}
	}
	for i := l.busy.first; i != none; i = l.busy.first {
		c := &l.conns[i]
		x := l.over(&c.x, now)
		x.Outcome, x.FirstByte = exchange.Unfinished, c.first
		l.heard(c)
		l.record(x)
		l.drop(i)
	}
	for o := range l.waiting {
		for q := &l.waiting[o]; q.len() > 0; {
			waiting := q.pop()
			x := l.over(&waiting, now)
			if x.Outcome = exchange.Unfinished; waiting.sent == 0 {
				x.Outcome, x.Free = exchange.Unsent, exchange.NeverFree
			}
			l.record(x)
		}
	}
	l.judged.running.Wait()
	l.takeJudged()
	l.later.GiveUp(&l.end, l.record)
	for i := l.connecting.first; i != none; i = l.connecting.first {
		l.unlink(&l.connecting, i)
		l.close(i)
	}
	for o := range l.idle {
		for i := l.idle[o].first; i != none; i = l.idle[o].first {
			l.unlink(&l.idle[o], i)
			l.close(i)
		}
	}
	for i := l.full.first; i != none; i = l.full.first {
		l.unlink(&l.full, i)
		l.close(i)
	}
}
