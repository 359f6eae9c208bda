package nethttp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"
)

// The bounds on what a server may send. The body is thrown away as it is read; the bound ends a body without end that
// comes faster than the timeout.
const (
	maxHeaderBytes = 256 << 10
	maxBodyBytes   = 1 << 30
	maxDetail      = 200
)

var (
	errTimeout   = errors.New("no whole answer within the timeout")
	errDeadline  = errors.New("older than the deadline")
	errNotSent   = errors.New("not sent")
	errLongBody  = errors.New("the response body is longer than 1 GiB")
	errSetupOnly = errors.New("the request could not be built")
)

func newTransport(c Config) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: c.Timeout}).DialContext,
		TLSClientConfig:        c.TLS,
		TLSHandshakeTimeout:    c.Timeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConns:           0,
		MaxIdleConnsPerHost:    c.Slots,
		MaxConnsPerHost:        c.Slots,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// RoundTrip sends the request whose number vegeta's sequence number stands for, in place of the one it is given.
func (r *run) RoundTrip(hit *http.Request) (*http.Response, error) {
	seq, err := strconv.ParseUint(hit.Header.Get("X-Vegeta-Seq"), 10, 64)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	x, gaveUp := r.exchanges[seq], r.gaveUp
	r.mu.Unlock()
	e := &exchanging{run: r, Exchange: x, free: r.slots.take()}
	e.Free = max(e.Intended, e.free)
	if gaveUp {
		e.end(Unsent, "", nil, false)
		return nil, errNotSent
	}
	if r.Closed && !e.think() {
		e.end(notDue, "", nil, false)
		return nil, errNotSent
	}
	return e.send()
}

// exchanging is an exchange on its way.
type exchanging struct {
	*Exchange
	run    *run
	free   time.Duration // since when the slot has been free
	asked  time.Duration // when a connection was asked for
	cancel context.CancelCauseFunc
	timer  *time.Timer
	first  atomic.Int64 // first byte; set by net/http's reading goroutine
	sent   bool
}

// think waits until the closed model's user has thought, which is when the request is intended. It returns false when
// that is past the run's length or the run is interrupted.
func (e *exchanging) think() bool {
	e.Intended = e.free + e.run.Think
	e.Free = e.Intended
	return e.Intended < e.run.Length && e.run.waitUntil(e.Intended)
}

func (e *exchanging) send() (*http.Response, error) {
	r := e.run
	req, err := r.source.Render(e.K)
	if err != nil {
		e.end(Failed, "request", err, false)
		return nil, errSetupOnly
	}
	ctx, cancel := context.WithCancelCause(r.requests)
	e.cancel = cancel
	ready := e.Free
	limit := r.Timeout
	if r.Deadline > 0 {
		left := e.Intended + r.Deadline - r.now()
		if left <= 0 {
			e.end(Shed, "shed", errDeadline, false)
			return nil, errNotSent
		}
		limit = min(limit, left)
	}
	e.timer = time.AfterFunc(limit, func() { cancel(errTimeout) })
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(info httptrace.GotConnInfo) { e.gotConn(info, ready) },
		GotFirstResponseByte: e.gotFirstByte,
	})
	out := (&http.Request{
		Method: req.Method, URL: req.URL, Header: req.Header, Host: req.Header.Get("Host"),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if len(req.Body) > 0 {
		out.ContentLength = int64(len(req.Body))
		out.Body = io.NopCloser(bytes.NewReader(req.Body))
		out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(req.Body)), nil }
	}
	e.BytesOut = uint64(len(req.Body))
	e.asked = r.now()
	response, err := r.inner.RoundTrip(out)
	if err != nil {
		e.fail(ctx, err)
		return nil, err
	}
	e.Status, e.Header = response.StatusCode, response.Header
	response.Body = &body{ReadCloser: response.Body, e: e, ctx: ctx}
	return response, nil
}

// gotConn is called when the request is about to be written, again for each silent retry of net/http: the clock keeps
// the first.
func (e *exchanging) gotConn(info httptrace.GotConnInfo, ready time.Duration) {
	now := e.run.now()
	if e.sent {
		e.Retries++
		return
	}
	e.sent = true
	e.Sent = now
	if !info.WasIdle {
		// Had the engine asked the moment it could, it would have waited just as long.
		e.Free = ready + (now - e.asked)
		if !info.Reused {
			e.Connect = now - e.asked
		}
	}
	limit := e.run.Timeout
	if e.run.Deadline > 0 {
		limit = min(limit, e.Intended+e.run.Deadline-now)
	}
	e.timer.Reset(limit)
	e.run.silence.sent(now)
	e.run.sink.Sent()
}

func (e *exchanging) gotFirstByte() {
	now := e.run.now()
	e.first.CompareAndSwap(0, int64(now))
	e.run.silence.received(now)
}

// fail ends an exchange that got no whole response. The cause tells why the context ended, if it did.
func (e *exchanging) fail(ctx context.Context, err error) {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTimeout) && !e.sent:
		e.end(TimedOut, "connect: timeout", cause, false)
	case errors.Is(cause, errTimeout):
		e.end(TimedOut, "timeout", cause, false)
	case cause != nil && !e.sent:
		e.end(Unsent, "", nil, false)
	case cause != nil:
		e.end(Unfinished, "", nil, false)
	default:
		kind := classify(err)
		outcome := Failed
		if kind == "connect: timeout" {
			outcome = TimedOut
		}
		e.end(outcome, kind, err, true)
	}
}

// end is called once for each exchange, when its slot is free for the next.
func (e *exchanging) end(outcome Outcome, kind string, err error, heard bool) {
	now := e.run.now()
	if e.timer != nil {
		e.timer.Stop()
	}
	if e.cancel != nil {
		e.cancel(nil)
	}
	e.Outcome, e.Kind, e.End = outcome, kind, now
	if err != nil {
		e.Detail = err.Error()
		if len(e.Detail) > maxDetail {
			e.Detail = e.Detail[:maxDetail]
		}
	}
	if !e.sent && e.asked > 0 {
		e.Free = NeverFree
	}
	if e.sent {
		e.FirstByte = time.Duration(e.first.Load())
		e.run.silence.ended(now, heard)
	}
	e.run.slots.release(now)
}

// body counts and bounds what is read of a response, and ends the exchange at its last byte.
type body struct {
	io.ReadCloser
	e    *exchanging
	ctx  context.Context
	over bool
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	e := b.e
	e.BytesIn += uint64(n)
	switch {
	case b.over:
	case err == io.EOF:
		b.over = true
		if e.Status >= 200 && e.Status < 400 {
			e.end(Succeeded, "", nil, true)
		} else {
			e.end(Failed, "status "+strconv.Itoa(e.Status), nil, true)
		}
	case err != nil:
		b.over = true
		e.fail(b.ctx, err)
	case e.BytesIn > maxBodyBytes:
		b.over = true
		e.end(Failed, "body too long", errLongBody, true)
		return n, errLongBody
	case n > 0:
		e.run.silence.received(e.run.now())
	}
	return n, err
}
