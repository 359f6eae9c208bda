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
)

// conn remembers how reading from it ended. Net/http tells that only in part: an answer that was cut short within a line
// it calls malformed, and a reset within the header an early end.
//
// It also lets an answer be read that came before the whole request was sent, by a server that closed at once: net/http
// would end the exchange with the write that failed.
type conn struct {
	net.Conn
	end     atomic.Pointer[error] // of the first read that failed
	refused atomic.Pointer[error] // of a write that failed within a request
	written atomic.Bool           // something of the present request was
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if refused := c.refused.Load(); err == io.EOF && refused != nil {
		err = *refused // the kernel tells a reset once
	}
	if err != nil {
		c.end.CompareAndSwap(nil, &err)
	}
	return n, err
}

// Write leaves it to Read to tell that the peer takes no more of what was begun.
func (c *conn) Write(p []byte) (int, error) {
	if c.refused.Load() != nil && c.written.Load() {
		return len(p), nil
	}
	n, err := c.Conn.Write(p)
	if n > 0 {
		c.written.Store(true)
	}
	if c.written.Load() && (errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)) {
		c.refused.CompareAndSwap(nil, &err)
		return len(p), nil
	}
	return n, err
}

// dial connects within timeout, to an address of its own unless that is empty.
func dial(timeout time.Duration, to string) func(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: timeout}
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
		return &conn{Conn: withStamps(c)}, nil
	}
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

// classifyEnd names a failure as classify does, but for the connection's end where that is its cause. An answer that is
// malformed before its end fails without reading that far.
func classifyEnd(err, end error) string {
	kind := classify(err)
	switch {
	case kind != "bad response" && kind != "connection closed early":
		return kind
	case errors.Is(end, syscall.ECONNRESET):
		return "connection reset"
	case errors.Is(end, io.EOF) && cutShort(innermost(err).Error()):
		return "connection closed early"
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
