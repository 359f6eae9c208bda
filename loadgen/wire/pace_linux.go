//go:build amd64 || arm64

package wire

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// pace decides how long before a request is due the loop wakes up, to spin for the rest and be there in time: about as
// long as the kernel is late in waking it, which differs between machines by a factor of ten.
type pace struct {
	most  time.Duration // 0: no spinning
	lead  time.Duration
	spent time.Duration // on spinning, less what may be
	seen  time.Duration
}

const (
	leadStep  = 500 * time.Nanosecond
	spinShare = 10 // of the time, one part in so many may be spun away
	maxCredit = time.Millisecond
)

// before returns how much earlier than needed the loop is to wake up.
func (p *pace) before(now time.Duration) time.Duration {
	p.spent = max(p.spent-(now-p.seen)/spinShare, -maxCredit)
	p.seen = now
	if p.spent > 0 {
		return 0
	}
	return p.lead
}

// woke takes how late the loop was, ready to send, after the instant it had asked for. The lead follows the third
// quartile of that: three steps up where it was too short, one down where it was long enough.
func (p *pace) woke(late time.Duration) {
	if late > p.lead {
		p.lead += 3 * leadStep
	} else {
		p.lead -= leadStep
	}
	p.lead = min(max(p.lead, 0), p.most)
}

// await waits for answers, or until something is to be done.
func (l *loop) await(now time.Duration) {
	if len(l.again) > 0 {
		l.handle(l.poller.look())
		return
	}
	due := l.due()
	l.sink.Cleared(l.judged.notBefore(l.clear(now, due)))
	wake := min(due, l.earliest, l.hardEnd, l.nextTick)
	set := l.poller.all
	if l.lazily() {
		set = l.poller.control
		wake = min(wake, l.harvested+harvestEvery)
	}
	if l.Users != nil && now < l.Length {
		wake = min(wake, l.Length)
	}
	var lead time.Duration
	if wake == due {
		lead = l.pace.before(now)
	}
	asked := wake - lead
	slept := asked > now
	if slept {
		l.sleep(set, now, asked)
	} else {
		l.handle(l.poller.look())
	}
	now = l.now()
	if wake != due || now < asked {
		return
	}
	if slept {
		l.pace.woke(now - asked)
	}
	// Only what was woken up for is spun for: an answer may have changed what is due next.
	if lead == 0 || l.due() != due {
		return
	}
	from := now
	for now < due {
		now = l.now()
	}
	l.pace.spent += now - from
}

// clear returns the instant before which nothing can have been ready to be sent and was not.
func (l *loop) clear(now, due time.Duration) time.Duration {
	if l.Users != nil || due == never {
		return now
	}
	return due
}

// lazily reports whether nothing needs to be read as it arrives.
func (l *loop) lazily() bool {
	return l.inFlight > 0 && l.eager == 0 && l.connecting.first == none && l.slots.n > 0
}

// sleep waits once, until an instant at the latest, and goes on with what has happened.
func (l *loop) sleep(set int, now, until time.Duration) {
	events := l.poller.wait(set, until-now)
	l.looked = until // woken before it, it is in time
	if set != l.poller.all {
		for i := range events {
			if events[i].Fd == wakeUpPlace {
				l.poller.drain()
			}
		}
		events = l.poller.look()
	}
	l.handle(events)
}

// sharpTimers lets the kernel wake this thread to the nanosecond; it rounds up by 50 µs unless told otherwise. It returns
// what undoes it.
func sharpTimers() (undo func()) {
	const prGetTimerSlack = 30
	slack, _, errno := syscall.RawSyscall(unix.SYS_PRCTL, prGetTimerSlack, 0, 0)
	if errno != 0 || unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) != nil {
		return func() {} // not allowed: later, but right
	}
	return func() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, slack, 0, 0, 0) }
}
