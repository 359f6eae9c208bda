package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// conn remembers how reading from it ended. Net/http tells that only in part: an answer that was cut short within a line
// it calls malformed, and a reset within the header an early end.
//
// It also lets an answer be read that came before the whole request was sent, by a server that closed at once: net/http
// would end the exchange with the write that failed.
type conn struct {
	net.Conn
	end     atomic.Pointer[error] // of the first read that failed
	refused atomic.Pointer[error] // of a write that the peer's reset failed
	written atomic.Bool           // something of the present request was
	usedUp  atomic.Bool           // it carries no further request
	opened  time.Duration
	uses    atomic.Uint32
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if refused := c.refused.Load(); refused != nil && (err == io.EOF || errors.Is(err, net.ErrClosed)) {
		err = *refused // the kernel tells a reset once, and net/http closes what failed to write
	}
	if err != nil {
		c.end.CompareAndSwap(nil, &err)
	}
	return n, err
}

// errUsedUp makes net/http send a request over another connection: nothing of it was written.
var errUsedUp = errors.New("the connection has been used for as long as one may be, or was closed")

// Write leaves it to Read to tell that the peer takes no more of what was begun.
func (c *conn) Write(p []byte) (int, error) {
	if c.usedUp.Load() {
		return 0, errUsedUp
	}
	if c.refused.Load() != nil && c.written.Load() {
		return len(p), nil
	}
	n, err := c.Conn.Write(p)
	if n > 0 {
		c.written.Store(true)
	}
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		c.refused.CompareAndSwap(nil, &err)
		if c.written.Load() {
			return len(p), nil
		}
	}
	return n, err
}

// dial connects within the timeout, to an address of its own unless that is empty.
func (cfg *Config) dial(to string) func(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: cfg.Timeout, ControlContext: beginPatience}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if to != "" {
			address = to
		}
		if path, ok := strings.CutPrefix(to, "unix:"); ok {
			network, address = "unix", path
		}
		c, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &conn{Conn: withStamps(c), opened: time.Since(cfg.Epoch)}, nil
	}
}

// retire reports whether a connection that is about to carry a request has carried all that it may, and sees to it that it
// carries no more.
func (c *conn) retire(limits *Config, now time.Duration, stale bool) bool {
	old := limits.ConnAge > 0 && now-c.opened >= limits.ConnAge
	if uses := c.uses.Add(1); stale || old && uses > 1 || limits.ConnUses > 0 && uses > limits.ConnUses {
		c.usedUp.Store(true)
	}
	return c.usedUp.Load()
}

// wholeOf returns the connection that dial made, below c, which may be TLS; nil if none is.
func wholeOf(c net.Conn) *conn {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	whole, _ := c.(*conn)
	return whole
}

// endOf returns how reading from a connection ended, nil if it did not. c may be one of TLS.
func endOf(c net.Conn) error {
	if c := wholeOf(c); c != nil {
		if end := c.end.Load(); end != nil {
			return *end
		}
	}
	return nil
}

// saidBye reports whether the peer of a connection that has failed said in TLS that it sends no more, which crypto/tls keeps to
// itself. A connection of HTTP/2 goes on carrying other requests, and is left alone.
func saidBye(c net.Conn) bool {
	secure, ok := c.(*tls.Conn)
	if !ok || secure.ConnectionState().NegotiatedProtocol == "h2" {
		return false
	}
	_ = secure.SetReadDeadline(time.Unix(1, 0)) // what came is enough
	_, err := secure.Read(make([]byte, 1))
	return err == io.EOF
}

// classifyEnd names a failure as classify does, but for the connection's end where that is its cause. An answer that is
// malformed before its end fails without reading that far.
func classifyEnd(err, end error) string {
	kind := classify(err)
	switch {
	case kind != exchange.BadResponse && kind != exchange.ClosedEarly:
		return kind
	case errors.Is(end, syscall.ECONNRESET):
		return exchange.Reset
	case errors.Is(end, io.EOF) && cutShort(innermost(err).Error()):
		return exchange.ClosedEarly
	default:
		return kind
	}
}

// cutShort reports whether an error of net/http about the line at the end of what was received may come from that end. A
// line that is no part of a status line is garbage, wherever it ends.
func cutShort(text string) bool {
	line, ok := strings.CutPrefix(text, `malformed HTTP response "`)
	return strings.HasPrefix(text, "malformed ") && (!ok || strings.HasPrefix(line, "HTTP/") || strings.HasPrefix(`HTTP/"`, line))
}
