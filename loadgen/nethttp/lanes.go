package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"sync"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// lanes are the transports to the addresses of hosts that have several. Each has connections of its own: net/http would
// send what it can over the connection that was used last, to one address.
type lanes struct {
	mu sync.Mutex
	to map[netip.AddrPort]*http.Transport
}

func (l *lanes) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.to {
		t.CloseIdleConnections()
	}
}

// pool returns the addresses of a URL's host; nil where it has one, or a proxy knows it.
func (r *run) pool(u *url.URL) *address.Pool {
	if len(r.Hosts) == 0 {
		return nil
	}
	return r.Hosts[u.Scheme+"://"+u.Host]
}

// lane returns the transport to an address of a pool.
func (r *run) lane(pool *address.Pool, a netip.AddrPort) *http.Transport {
	r.lanes.mu.Lock()
	defer r.lanes.mu.Unlock()
	t := r.lanes.to[a]
	if t == nil {
		t = newTransport(r.Config)
		t.Proxy = nil
		dial := r.dial(a.String())
		t.DialContext = func(ctx context.Context, network, where string) (net.Conn, error) {
			began := r.now()
			c, err := dial(ctx, network, where)
			switch now := r.now(); {
			case err == nil:
				pool.Took(a, now)
			case isOwnLimit(err), ctx.Err() != nil:
			default:
				pool.Failed(a, began, now, classify(err))
			}
			return c, err
		}
		r.lanes.to[a] = t
	}
	return t
}

func isOwnLimit(err error) bool {
	return exchange.OwnLimit(classify(err))
}

var errSlow = errors.New("no answer to an attempt to connect while others answer")

// roundTrip sends a request to the address whose turn it is, or to the next where that takes no connection. One that does
// not answer is asked again by the last attempt: net/http goes on connecting meanwhile.
func (e *exchanging) roundTrip(pool *address.Pool, out *http.Request) (*http.Response, error) {
	for tries := 1; ; tries++ {
		a := pool.Next(e.run.now())
		e.Address = a
		attempt := out
		if tries > 1 && out.GetBody != nil {
			attempt = out.Clone(out.Context())
			attempt.Body, _ = out.GetBody() // it cannot fail
		}
		response, err := e.attempt(pool, a, attempt, tries <= pool.Len())
		var op *net.OpError
		connecting := !e.sent || errors.Is(err, errSlow) || errors.As(err, &op) && op.Op == "dial" // that of a silent retry, too
		if err == nil || !connecting || isOwnLimit(err) || out.Context().Err() != nil || tries > pool.Len() {
			return response, err
		}
	}
}

func (e *exchanging) attempt(pool *address.Pool, a netip.AddrPort, out *http.Request, patient bool) (*http.Response, error) {
	lane := e.run.lane(pool, a)
	if !patient {
		e.patience = nil
		return lane.RoundTrip(out)
	}
	ctx, cancel := context.WithCancelCause(out.Context()) // it ends with the parent: the body is still to be read
	p := new(patience)
	p.giveUp = func() {
		now := e.run.now()
		if pool.Failed(a, now-address.SlowAfter, now, exchange.ConnectTimeout) && p.state.CompareAndSwap(waiting, ranOut) {
			cancel(errSlow)
		}
	}
	e.patience = p
	defer p.end()
	traced := httptrace.WithClientTrace(context.WithValue(ctx, patienceKey{}, p), &httptrace.ClientTrace{ConnectDone: func(_, _ string, err error) {
		if err == nil {
			p.got()
		}
	}})
	response, err := lane.RoundTrip(out.WithContext(traced))
	if err == nil {
		pool.Answered(a, e.Sent, e.run.now())
	}
	if err != nil {
		cancel(nil)
		if p.state.Load() == ranOut {
			err = errSlow
		}
	}
	return response, err
}

// describe returns what there is to tell of a connection that is open.
func (r *run) describe(c net.Conn) exchange.Connection {
	x := exchange.Connection{Protocol: "HTTP/1.1"}
	if r.carriesOthers(c) {
		x.Protocol = "HTTP/2.0"
	}
	if secure, ok := c.(*tls.Conn); ok {
		state := secure.ConnectionState()
		x.TLS, x.Suite, x.Resumed = state.Version, state.CipherSuite, state.DidResume
	}
	return x
}

// carriesOthers reports whether a connection carries several requests at once.
func (r *run) carriesOthers(c net.Conn) bool {
	if p := r.Protocols; p != nil && !p.HTTP1() {
		return true
	}
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}
