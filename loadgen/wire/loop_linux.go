//go:build amd64 || arm64

package wire

import (
	"context"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/stamp"
	"golang.org/x/sys/unix"
)

// Supported reports whether this system has the engine.
const Supported = true

// The bounds of lazy harvest.
const (
	harvestEvery  = 10 * time.Millisecond // the longest that an answer lies unread
	lazyAfter     = 16                    // answers of an endpoint in a row that were small and came in one read
	maxLazyAnswer = 16 << 10              // bytes
)

// loop is one event loop. All of it belongs to the goroutine that runs it, but for interrupted and the wake-up.
type loop struct {
	Config
	clock  stamp.Clock
	source Source
	sink   Sink
	poller poller
	reader stamp.Reader
	buffer [64 << 10]byte // what is read goes there first
	pace   pace

	conns      []conn
	used       int32   // places in conns that have ever been used
	unused     []int32 // those of them that are free again
	idle       []list  // by origin; the one used last is first
	busy       list
	connecting list
	full       list     // carry as many requests of HTTP/2 as they may
	sockets    int      // open ones
	carriers   []int    // connections that carry HTTP/2, by origin
	streams    []int    // that the server last took over one, by origin
	answering  *carrier // has taken answers, and what is due now may go out over it with one write; nil
	waiting    []queue  // by origin
	opening    []int    // connections being opened, by origin
	again      []int32
	slots      slots
	silence    silence

	k     uint64 // the next request, if there is more
	at    time.Duration
	more  bool
	later exchange.Later // the follow-ups

	inFlight  int // requests that hold a slot
	eager     int // busy connections whose answers are to be read as they arrive
	streak    []uint8
	earliest  time.Duration // nothing takes too long before it
	harvested time.Duration // when it was last looked for answers
	nextTick  time.Duration
	looked    time.Duration // at the clock; asleep, the instant at which it asked to be woken
	backOff   time.Duration

	interrupted atomic.Bool
	stopped     bool
	hardEnd     time.Duration
	x           exchange.Exchange // to be recorded
	secureWays
	judged judged
	end    exchange.End
}

// Run sends what source has and records it in sink, until the source is exhausted and all is answered, the drain is
// over, or ctx is cancelled and a second has passed. It occupies an operating system thread and one of the scheduler's
// processors (GOMAXPROCS) meanwhile, of which there must be another. An error means that the system lacks what the loop
// stands on, and nothing was sent.
func Run(ctx context.Context, c Config, source Source, sink Sink) (exchange.End, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer sharpTimers()()
	l := newLoop(c, source, sink)
	defer l.poller.close()
	if err := l.poller.open(); err != nil {
		return exchange.End{}, err
	}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		l.interrupted.Store(true)
		l.poller.wake()
		close(woken)
	})
	l.takeNext()
	l.looked = time.Since(c.Epoch)
	l.run()
	l.giveUp()
	l.shaken.running.Wait()
	if !stop() {
		<-woken // the wake-up is not to be written to when it is closed, and its number somebody else's
	}
	return l.end, nil
}

func newLoop(c Config, source Source, sink Sink) *loop {
	l := &loop{
		Config: c, clock: stamp.NewClock(c.Epoch), source: source, sink: sink,
		conns: make([]conn, c.Slots),
		idle:  make([]list, len(c.Origins)), busy: list{none, none}, connecting: list{none, none}, full: list{none, none},
		carriers: make([]int, len(c.Origins)), streams: make([]int, len(c.Origins)),
		waiting: make([]queue, len(c.Origins)), opening: make([]int, len(c.Origins)),
		slots: newSlots(c.Slots), silence: silence{tell: sink.Silence}, streak: make([]uint8, c.Endpoints),
		earliest: never, hardEnd: c.Length + c.Tail + c.Drain, end: exchange.End{Cut: c.Length + c.Tail}, nextTick: time.Second,
		pace: pace{most: c.Spin},
	}
	l.shaken.turns.free = shakingAtOnce
	for i := range l.idle {
		l.idle[i] = list{none, none}
		l.streams[i] = assumedStreams
		if c.Origins[i].http2 {
			l.conns = make([]conn, 2*c.Slots) // sockets, and places of requests
		}
	}
	return l
}

func (l *loop) now() time.Duration { return l.look(time.Since(l.Epoch)) }

// look takes what the clock says, and tells where the loop did not run since it last did.
func (l *loop) look(now time.Duration) time.Duration {
	if now-l.looked > MinStanding {
		l.sink.Stood(l.looked, now)
	}
	l.looked = now
	return now
}

// worked leaves out a piece of the loop's own work that may take long.
func (l *loop) worked() { l.looked = time.Since(l.Epoch) }

// muchWork is from how many bytes on rendering and sending a request may take long.
const muchWork = 64 << 10

// never is later than any instant.
const never = time.Duration(1<<63 - 1)

func (l *loop) run() {
	for {
		now := l.now()
		if l.interrupted.Load() && !l.stopped {
			l.stop(now)
			l.end.Cut = min(l.end.Cut, now)
			l.hardEnd = min(l.hardEnd, now+min(l.Drain, exchange.InterruptDrain))
		}
		if l.sendDue(now, false) {
			// No connection is idle. One may be, as soon as its answer is read; else another is opened.
			l.handle(l.poller.look())
			now = l.now()
			l.sendDue(now, true)
		}
		if now >= l.hardEnd || l.inFlight == 0 && len(l.judged.ends) == 0 && !l.startsLater(now) {
			return
		}
		if now >= l.earliest {
			l.expire(now)
		}
		if now >= l.nextTick {
			l.tick(now)
		}
		l.await(now)
	}
}

// startsLater reports whether there is a request still to be started.
func (l *loop) startsLater(now time.Duration) bool {
	switch {
	case l.stopped:
		return false
	case l.Users != nil:
		return l.Users.Due() != never || l.more && now < l.Length
	}
	return l.more || l.later.Len() > 0
}

// next returns the request that is due first, from the schedule or of the follow-ups; there is one.
func (l *loop) next() (k uint64, at time.Duration, follows bool) {
	if l.Users != nil {
		if k, follows = l.Users.Follows(); !follows {
			k = l.k
		}
		return k, l.Users.Due(), follows
	}
	if k, at, ok := l.later.First(); ok && (!l.more || at <= l.at) {
		return k, at, true
	}
	return l.k, l.at, false
}

// advance takes the request that is due first, which was started.
func (l *loop) advance(follows bool) {
	switch {
	case !follows:
		l.takeNext()
	case l.Users == nil:
		l.later.Pop()
	}
}

// takeNext takes a request from the source.
func (l *loop) takeNext() {
	l.k, l.at, l.more = l.source.Next()
	l.end.Next = l.k
	if !l.more && l.Users != nil {
		l.Users.Close()
	}
}

// record records an exchange that is over, and keeps its follow-up.
func (l *loop) record(x *exchange.Exchange) {
	if l.FollowUp != nil {
		at, ok := l.FollowUp(x)
		switch ok = ok && x.Over(); {
		case ok && l.Users != nil:
			l.Users.GoOn(x.User, x.K, at)
		case ok:
			l.later.Push(x.K, at)
		}
	}
	l.sink.Record(x)
}

// free tells that the slot of a request can be used again from an instant on.
func (l *loop) free(x *pending, at time.Duration) {
	if l.Users != nil {
		l.Users.Over(x.user, x.k, at)
	} else {
		l.slots.release(at)
	}
}

// due returns when the next request can be started: it is due and there is a slot. Never, where none is to be.
func (l *loop) due() time.Duration {
	switch {
	case l.stopped:
		return never
	case l.Users != nil:
		return l.Users.Due()
	case !l.more && l.later.Len() == 0:
		return never
	case l.slots.n == 0:
		return never
	}
	_, at, _ := l.next()
	return max(at, l.slots.since())
}

// sendDue starts what is due. It returns true where a request could be started but for a connection, and opening one was
// not allowed.
func (l *loop) sendDue(now time.Duration, mayOpen bool) (blocked bool) {
	for now >= l.due() {
		k, intended, follows := l.next()
		r, err := l.source.Render(k, intended)
		i := none
		if err == nil {
			i = l.idleFor(r.Origin, now)
			if !r.Idempotent {
				i = l.fresh(i, r.Origin, now)
			}
			if i == none && !mayOpen {
				return true
			}
		}
		ready, user := intended, 0
		if l.Users != nil {
			user = l.Users.Ask()
		} else {
			ready = max(intended, l.slots.take())
		}
		x := pending{k: k, user: user, intended: intended, slot: ready, free: ready}
		l.inFlight++
		l.advance(follows)
		switch {
		case err != nil:
			l.fail(&x, now, now, exchange.Failed, exchange.RefusalKind(err), err.Error())
		case l.Deadline > 0 && now >= x.intended+l.Deadline:
			l.fail(&x, now, now, exchange.Shed, exchange.Deadline, "older than the deadline")
		default:
			x.endpoint, x.origin, x.body, x.resendable = int32(r.Endpoint), int32(r.Origin), r.Body, r.Idempotent
			if i != none {
				i = l.claim(i)
				if o := l.Origins[r.Origin]; o.several() {
					o.pool.Next(now)
				}
				l.begin(i, x, r)
			} else {
				x.asked = now
				l.wait(x, now)
			}
		}
		now = l.now()
	}
	return false
}

// limit notes when a request will have taken too long, from an instant on.
func (l *loop) limit(x *pending, from time.Duration) {
	x.limit = from + l.Timeout
	if l.Deadline > 0 {
		x.limit = min(x.limit, x.intended+l.Deadline)
	}
	l.earliest = min(l.earliest, x.limit)
}

// hurry has the answer of a busy connection read as it arrives.
func (l *loop) hurry(c *conn) {
	if c.lazy {
		c.lazy = false
		l.eager++
	}
}

// render sends a request that waited over a connection.
func (l *loop) render(i int32, x pending, now time.Duration) {
	r, err := l.source.Render(x.k, x.intended)
	if err != nil { // it did render when it was due
		l.fail(&x, now, now, exchange.Failed, exchange.RefusalKind(err), err.Error())
		l.release(i, now)
		return
	}
	l.begin(i, x, r)
}

// begin sends a request over an open connection that is in no list.
func (l *loop) begin(i int32, x pending, r Request) {
	c := &l.conns[i]
	c.state, c.reads, c.received, c.first = busy, 0, 0, 0
	c.answer.Begin(r.Head, l.Keep(x.k))
	c.lazy = l.Users == nil && l.FollowUp == nil && l.streak[x.endpoint] >= lazyAfter
	if l.Origins[c.origin].several() {
		x.address = c.address
	}
	if !c.lazy {
		l.eager++
	}
	c.x = x
	l.push(&l.busy, i)
	if c.on != nil {
		l.beginStream(i, r)
		return
	}
	data, err := l.seal(c, r.Bytes)
	if len(r.Bytes) > muchWork {
		l.worked()
	}
	now := l.now() // nothing comes between it and the write
	n, errno := 0, unix.EAGAIN
	if err == nil {
		n, errno = send(c.fd, data)
	}
	if c.x.sent == 0 {
		c.x.sent = now
		l.sink.Sent(max(c.x.intended, c.x.free), now)
		l.silence.sent(now)
	}
	l.limit(&c.x, c.x.sent)
	switch {
	case err != nil:
		l.faulty(i, now, err)
	case errno != 0 && errno != unix.EAGAIN:
		l.broken(i, errno)
	case n < len(data):
		c.rest = append(c.rest[:0], data[n:]...)
		l.hurry(c) // for that the loop has to hear when the socket takes more
	}
}

// writable sends what a socket would not take before.
func (l *loop) writable(i int32) {
	c := &l.conns[i]
	for len(c.rest) > 0 {
		n, errno := send(c.fd, c.rest)
		if errno == unix.EAGAIN {
			return
		}
		if errno != 0 {
			l.refusedRest(i, errno)
			return
		}
		c.rest = c.rest[n:]
	}
}

// refusedRest goes on with a connection that takes no more of its request. The answer may have come all the same: who
// refuses a body need not read it.
func (l *loop) refusedRest(i int32, errno syscall.Errno) {
	c := &l.conns[i]
	if c.carrier != nil {
		l.refusedFrames(i, errno)
		return
	}
	k := c.x.k
	c.rest, c.ending = nil, true
	if l.readable(i); c.state == busy && c.x.k == k && !c.again {
		l.broken(i, errno)
	}
}
