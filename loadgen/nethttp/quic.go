package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// ProtoHTTP3 is what a connection of HTTP/3 is said to speak.
const ProtoHTTP3 = "HTTP/3.0"

// minPatience is for how long a connection of QUIC goes unheard at least before it is given up: as clients have it. A server that is
// frozen for less is not gone; one that was killed without a word is missed as late.
const minPatience = 30 * time.Second

// quicConfig bounds how long a connection may take to be there, and how long it may be silent.
func quicConfig(timeout time.Duration) *quic.Config {
	patience := max(timeout, minPatience)
	return &quic.Config{HandshakeIdleTimeout: timeout, MaxIdleTimeout: patience, KeepAlivePeriod: patience / 3}
}

// HandshakeQUIC opens a connection of QUIC that speaks HTTP/3 to host:port, and closes it. No request goes with it.
func HandshakeQUIC(ctx context.Context, address string, config *tls.Config) error {
	q := &quicDialer{timeout: minPatience, lookUp: udpAddresses}
	defer q.close()
	config = config.Clone()
	config.NextProtos = []string{http3.NextProtoH3}
	c, err := q.dial(ctx, address, config, quicConfig(minPatience))
	if err != nil {
		return err
	}
	return c.CloseWithError(0, "")
}

// quicDialer opens connections over one socket. 0-RTT is off: a request is sent when the connection is there, as over TCP.
type quicDialer struct {
	timeout time.Duration
	to      string // host:port of all connections; "": their URLs' hosts
	lookUp  func(ctx context.Context, address string) ([]*net.UDPAddr, error)
	opened  func(exchange.Connection)

	mu     sync.Mutex
	socket *quic.Transport
}

func (q *quicDialer) transport() (*quic.Transport, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.socket == nil {
		conn, err := net.ListenUDP("udp", nil)
		if err != nil {
			return nil, err
		}
		q.socket = &quic.Transport{Conn: conn}
	}
	return q.socket, nil
}

func (q *quicDialer) dial(ctx context.Context, address string, config *tls.Config, limits *quic.Config) (*quic.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, q.timeout, &quic.HandshakeTimeoutError{})
	defer cancel()
	if q.to != "" {
		address = q.to
	}
	list, err := q.lookUp(ctx, address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "udp", Err: err}
	}
	t, err := q.transport()
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "udp", Err: err}
	}
	c, err := race(ctx, len(list), func(ctx context.Context, i int) (*quic.Conn, error) {
		return t.Dial(ctx, list[i], config, limits)
	}, func(c *quic.Conn) { _ = c.CloseWithError(0, "") })
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	if q.opened != nil {
		state := c.ConnectionState().TLS
		q.opened(exchange.Connection{Protocol: ProtoHTTP3, TLS: state.Version, Suite: state.CipherSuite, Resumed: state.DidResume})
	}
	return c, nil
}

func (q *quicDialer) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.socket != nil {
		_ = q.socket.Close()
		_ = q.socket.Conn.Close() // quic-go leaves a socket that it was given open
	}
}

// newQUIC returns what sends by HTTP/3, and what ends its connections.
func newQUIC(c *Config) (send http.RoundTripper, disconnect func()) {
	q := &quicDialer{timeout: c.Timeout, to: c.ConnectTo, lookUp: udpAddresses, opened: c.Connected}
	t := &http3.Transport{
		TLSClientConfig: c.TLS.Clone(), QUICConfig: quicConfig(c.Timeout), Dial: q.dial,
		MaxResponseHeaderBytes: maxHeaderBytes, DisableCompression: true,
	}
	return t, func() {
		_ = t.Close()
		q.close()
	}
}

// traceStream has a request of HTTP/3 begin when there is a stream for it, which a peer limits: quic-go tells of a connection before that,
// and writes the first header field right after it.
func (e *exchanging) traceStream(trace *httptrace.ClientTrace) {
	var got *httptrace.GotConnInfo // until there is a stream
	var connected time.Duration
	trace.GotConn = func(info httptrace.GotConnInfo) { got, connected = &info, e.run.now() }
	trace.WroteHeaderField = func(string, []string) {
		if got != nil {
			e.gotConn(*got, connected)
			got = nil
		}
	}
}

// classifyQUIC names a failure of QUIC or HTTP/3 by its cause; "": it is another failure.
func classifyQUIC(err error) string {
	var (
		slow    *quic.HandshakeTimeoutError
		idle    *quic.IdleTimeoutError
		reset   *quic.StatelessResetError
		version *quic.VersionNegotiationError
		carrier *quic.TransportError
		stream  *quic.StreamError
		closed  *quic.ApplicationError
	)
	switch {
	case errors.As(err, &slow):
		return exchange.ConnectTimeout
	case errors.As(err, &idle):
		return exchange.Lost
	case errors.As(err, &reset):
		return exchange.Reset
	case errors.As(err, &version):
		return exchange.ConnectFailed
	case errors.As(err, &carrier) && carrier.ErrorCode.IsCryptoError():
		return exchange.TLS
	case carrier != nil && carrier.ErrorCode == quic.ConnectionRefused:
		return exchange.ConnectRefused
	case carrier != nil && carrier.Remote:
		return exchange.Broken
	case errors.As(err, &stream) && stream.Remote:
		return exchange.StreamReset
	case errors.As(err, &closed) && closed.Remote:
		return exchange.ClosedEarly
	case carrier != nil, stream != nil, closed != nil: // what the server did is against the protocol
		return exchange.BadResponse
	}
	text := innermost(err).Error()
	for _, start := range []string{"http3: HEADERS frame too large", "http3: headers too large"} {
		if strings.HasPrefix(text, start) {
			return exchange.HeaderTooLong
		}
	}
	return ""
}
