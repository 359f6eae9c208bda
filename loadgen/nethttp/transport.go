package nethttp

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
)

// proxyRefusal is the status with which a proxy refused a connection to a host.
type proxyRefusal int

func (r proxyRefusal) Error() string { return "the proxy refused with status " + strconv.Itoa(int(r)) }

// maxHeaderBytes bounds the header of an answer, interim answers (1xx) included, which bounds their number.
const maxHeaderBytes = 256 << 10

// newSender returns what sends requests, and what ends its connections.
func newSender(c *Config) (send http.RoundTripper, disconnect func()) {
	if c.HTTP3 {
		return newQUIC(c)
	}
	t := newTransport(*c)
	return t, t.CloseIdleConnections
}

func newTransport(c Config) *http.Transport {
	return &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			if c.Proxy == nil {
				return nil, nil
			}
			return c.Proxy(r.URL)
		},
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				return proxyRefusal(answer.StatusCode)
			}
			return nil
		},
		DialContext:            c.dial(c.ConnectTo),
		TLSClientConfig:        c.TLS.Clone(), // net/http changes it
		TLSHandshakeTimeout:    c.Timeout,
		ForceAttemptHTTP2:      c.Protocols == nil,
		Protocols:              c.Protocols,
		DisableCompression:     true,
		DisableKeepAlives:      c.NoKeepAlive,
		MaxIdleConns:           0,
		MaxIdleConnsPerHost:    c.Slots,
		MaxConnsPerHost:        c.Slots,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// RoundTrip sends what is due, one request after the other as long as there is any, in place of the request it is given.
//
// Going back to vegeta between two of them costs a slot four goroutine hand-offs, each behind all that are runnable.
// After a server with 256 requests outstanding had been frozen, every next request of a slot was 22 ms late that way,
// and 1 ms without going back.
func (r *run) RoundTrip(hit *http.Request) (*http.Response, error) {
	if r.crowd != nil {
		r.serveUsers()
	} else {
		r.serveDue()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: hit,
	}, nil
}

// serveDue sends what is due, one after the other.
func (r *run) serveDue() {
	for x := r.queue.take(); x != nil; x = r.queue.take() {
		e := &exchanging{run: r, Exchange: x, free: r.slots.take()}
		e.perform()
		r.slots.release(e.released)
		if x.Over() {
			r.queue.follow(x)
		}
		r.over <- x
	}
}

// buffers are what bodies are read into.
var buffers = sync.Pool{New: func() any { return new([16 << 10]byte) }}

// discard reads a body to its end, counting it.
func (e *exchanging) discard(response *http.Response) error {
	if response.StatusCode == http.StatusSwitchingProtocols {
		return errSwitched // no body follows, and no end need come
	}
	buffer := buffers.Get().(*[16 << 10]byte)
	defer buffers.Put(buffer)
	for {
		n, err := response.Body.Read(buffer[:])
		e.BytesIn += uint64(n)
		if room := e.keep - len(e.kept); room > 0 {
			e.kept = append(e.kept, buffer[:min(n, room)]...)
		}
		switch {
		case e.BytesIn > e.run.MaxBody:
			return fmt.Errorf("%w: %d bytes", errLongBody, e.run.MaxBody)
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case n > 0:
			e.run.silence.received(e.run.now())
		}
	}
}
