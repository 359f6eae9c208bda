package nethttp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// maxDetail bounds the words of a failure that are kept, in bytes.
const maxDetail = 200

var (
	errTimeout  = errors.New("no whole answer within the timeout")
	errDeadline = errors.New("older than the deadline")
	errLongBody = errors.New("the body is longer than it may be")
	errSwitched = errors.New("101 Switching Protocols to a request that asked for none")
	errStatus   = errors.New("a status that has not three digits")
)

// exchanging is an exchange on its way. It belongs to the worker that performs it, but for first.
type exchanging struct {
	*exchange.Exchange
	run      *run
	free     time.Duration // since when the slot has been free
	conn     net.Conn      // the last connection; nil: no connection yet
	asked    time.Duration // when a connection was asked for; 0: it was not
	sent     bool
	once     bool          // it cannot be sent twice
	idle     time.Duration // idle time of its connection before it
	hops     int           // redirects that were followed
	got      int           // of them, those for which there was a connection
	stamps   *stampedConn  // below conn; nil: it does not tell when what is read arrived
	first    atomic.Int64  // first byte; set by net/http's reading goroutine
	shaking  atomic.Int64  // when TLS began; set by its dialling goroutine, as is the next
	shook    atomic.Int64  // length of the TLS handshake, in ns
	released time.Duration // when the slot was free again
	timer    *time.Timer
	until    atomic.Int64 // instant of the timeout, in ns; passed: it is over
	keep     int          // bytes of a body that are kept
	kept     []byte       // the beginning of the body
	patience *patience    // with the address that it is being sent to; nil: there is no other
}

// perform sends the request, reads the answer and says what became of it.
func (e *exchanging) perform() {
	e.Slot = max(e.Intended, e.free)
	e.Free = e.Slot
	if !e.run.flights.keep(e.Exchange) {
		e.end(exchange.Unsent, "", nil, false)
		return
	}
	request, err := e.run.source.Render(e.K, e.Intended)
	if err != nil {
		e.end(exchange.Failed, exchange.RefusalKind(err), err, false)
		return
	}
	now := e.run.now()
	limit, ok := e.limit(now)
	if !ok {
		e.end(exchange.Shed, exchange.Deadline, errDeadline, false)
		return
	}
	ctx, cancel := context.WithCancelCause(e.run.requests)
	defer cancel(nil)
	e.keep = e.run.Keep(e.K)
	e.watch(now, limit, cancel)
	defer e.timer.Stop()
	response, err := e.send(ctx, request)
	if err == nil {
		err = e.take(response)
	}
	if err == nil && !e.sent { // it took too long, and net/http has not heard of it
		<-ctx.Done()
		err = context.Cause(ctx)
	}
	if err == nil && e.run.Follow > 0 {
		_, err = e.follow(ctx, request, response)
	}
	if err != nil {
		e.fail(ctx, err)
		return
	}
	e.end(exchange.Succeeded, "", nil, true)
	// Judged after the clock was read: a search in the body is bench's own time.
	if kind := e.run.Failure(e.Exchange, e.kept); kind != "" {
		e.Outcome, e.Kind = exchange.Failed, kind
	}
}

// take reads an answer.
func (e *exchanging) take(response *http.Response) error {
	if response.StatusCode < 100 || response.StatusCode > 999 { // which net/http looks at in HTTP/1.1 alone
		_ = response.Body.Close()
		return errStatus
	}
	e.Status, e.Header.Fields = response.StatusCode, response.Header
	if response.ProtoMajor != 1 {
		e.stamps = nil // the connection carries other answers too
	}
	err := e.discard(response)
	// The body is at its end or broken; closing it tells no more.
	_ = response.Body.Close()
	return err
}

// limit returns how long the request may take from now on, and false if it is too old already.
func (e *exchanging) limit(now time.Duration) (limit time.Duration, ok bool) {
	limit = e.run.Timeout
	if e.run.Deadline > 0 {
		limit = min(limit, e.Intended+e.run.Deadline-now)
	}
	return limit, limit > 0
}

// passed is the end of a request that has taken too long.
const passed = -1

// watch has the request cancelled when it has taken too long, which is a limit after now unless that is put off.
func (e *exchanging) watch(now, limit time.Duration, cancel context.CancelCauseFunc) {
	e.until.Store(int64(now + limit))
	e.timer = time.AfterFunc(limit, func() {
		if until := e.until.Load(); e.run.now() >= time.Duration(until) && e.until.CompareAndSwap(until, passed) {
			cancel(e.exceeded())
		}
	})
}

// putOff counts the limit from now on. It returns false if the request has taken too long already.
func (e *exchanging) putOff(now time.Duration) bool {
	limit, _ := e.limit(now)
	limit = max(limit, 0)
	until := e.until.Load()
	if until == passed || !e.until.CompareAndSwap(until, int64(now+limit)) {
		return false
	}
	e.timer.Reset(limit)
	return true
}

// exceeded says which limit has passed.
func (e *exchanging) exceeded() error {
	if e.run.Deadline > 0 && e.run.now() >= e.Intended+e.run.Deadline {
		return errDeadline
	}
	return errTimeout
}

func (e *exchanging) send(ctx context.Context, r Request) (*http.Response, error) {
	trace := &httptrace.ClientTrace{
		GotConn:              func(info httptrace.GotConnInfo) { e.gotConn(info, e.run.now()) },
		GotFirstResponseByte: e.gotFirstByte,
		TLSHandshakeStart:    func() { e.shaking.Store(int64(e.run.now())) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { e.shook.Store(int64(e.run.now()) - e.shaking.Load()) },
	}
	if e.run.HTTP3 {
		e.traceStream(trace)
	}
	ctx = httptrace.WithClientTrace(ctx, trace)
	out := (&http.Request{
		Method: r.Method, URL: r.URL, Header: r.Header, Host: r.Header.Get("Host"),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if len(r.Body) > 0 {
		e.BytesOut += uint64(len(r.Body))
		out.ContentLength = int64(len(r.Body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
		out.Body, _ = out.GetBody() // as above: it cannot fail
	}
	e.once = !exchange.Idempotent(r.Method)
	e.asked = e.run.now()
	if pool := e.run.pool(out.URL); pool != nil {
		return e.roundTrip(pool, out)
	}
	return e.run.inner.RoundTrip(out)
}

// gotConn is called when the request is about to be written over a connection that was there at an instant, again for each silent retry of
// net/http: the clock keeps the first.
func (e *exchanging) gotConn(info httptrace.GotConnInfo, connected time.Duration) {
	now := e.run.now()
	e.conn, e.stamps = info.Conn, stampedIn(info.Conn)
	if c := wholeOf(info.Conn); c != nil {
		stale := e.once && info.WasIdle && info.IdleTime > exchange.LookedAtAfter && e.stamps.hasEnded()
		if !e.run.carriesOthers(info.Conn) && c.retire(&e.run.Config, now, stale) {
			return // net/http asks for another
		}
		c.written.Store(false)
	}
	if !e.patience.got() {
		return // too late: the request goes to another address
	}
	if !info.Reused && e.run.Connected != nil && !e.run.HTTP3 {
		e.run.Connected(e.run.describe(info.Conn))
	}
	if e.sent {
		if e.hops == e.got {
			e.Retries++
		}
		e.got = e.hops
		return
	}
	if !e.putOff(now) {
		return // there was no connection in time
	}
	e.sent, e.Sent, e.idle = true, now, info.IdleTime
	if !info.WasIdle {
		// Had the engine asked the moment it could, it would have waited just as long.
		e.Free += now - e.asked
		if !info.Reused {
			e.Connect = connected - e.asked
			e.Handshake = min(time.Duration(e.shook.Load()), e.Connect)
		}
	}
	if !e.run.flights.keep(e.Exchange) {
		return
	}
	e.run.silence.sent(now)
	e.run.sink.Sent(max(e.Intended, e.Free), now)
}

func (e *exchanging) gotFirstByte() {
	now := e.run.now()
	at, _ := e.arrival(now)
	e.first.CompareAndSwap(0, int64(at))
	e.run.silence.received(now)
}

// arrival returns when what was last read of the answer arrived, as far as that is known; else now.
func (e *exchanging) arrival(now time.Duration) (at time.Duration, ok bool) {
	if e.stamps == nil {
		return now, false
	}
	return e.run.clock.arrival(e.stamps.last.Load(), e.Sent, now)
}

// fail ends an exchange that got no whole response. The cause tells why the context ended, if it did.
func (e *exchanging) fail(ctx context.Context, err error) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTimeout) && !e.sent:
		e.end(exchange.TimedOut, exchange.ConnectTimeout, cause, false)
	case errors.Is(cause, errTimeout):
		e.end(exchange.TimedOut, exchange.Timeout, cause, false)
	case errors.Is(cause, errDeadline):
		e.end(exchange.TimedOut, exchange.Deadline, cause, false)
	case cause != nil && !e.sent:
		e.end(exchange.Unsent, "", nil, false)
	case cause != nil:
		e.end(exchange.Unfinished, "", nil, false)
	default:
		kind, outcome := classifyEnd(err, endOf(e.conn)), exchange.Failed
		if kind == exchange.BadResponse && saidBye(e.conn) {
			kind = classifyEnd(err, io.EOF)
		}
		if e.metIdleEnd(kind) {
			kind = exchange.IdleClosed
		}
		if kind == exchange.ConnectTimeout {
			outcome = exchange.TimedOut
		}
		free := e.Free
		e.end(outcome, kind, err, true)
		if exchange.OwnLimit(kind) {
			e.Free = free // the target would have taken a connection
		}
	}
}

// end says what became of the exchange; heard, whether its end was something received.
func (e *exchanging) end(outcome exchange.Outcome, kind string, err error, heard bool) {
	now := e.run.now()
	at := now
	e.UserClock = true
	if outcome == exchange.Succeeded {
		var stamped bool
		at, stamped = e.arrival(now)
		e.UserClock = !stamped
	}
	e.Outcome, e.Kind, e.End, e.released = outcome, kind, at, at
	if err != nil {
		e.Detail = err.Error()
		e.Detail = e.Detail[:min(len(e.Detail), maxDetail)]
	}
	if !e.sent && e.asked > 0 {
		e.Free = exchange.NeverFree
	}
	if e.sent {
		e.FirstByte = time.Duration(e.first.Load())
		e.run.silence.ended(now, heard)
	}
}
