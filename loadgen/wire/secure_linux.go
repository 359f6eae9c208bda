//go:build amd64 || arm64

package wire

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// secure is TLS over a connection. Crypto/tls takes it for the socket: there it reads the records that came, and writes those
// that go out. The socket itself is the loop's, so that reads do not block and keep their stamps. Answers are fed from
// what [secure.open] returns, requests go through [loop.seal]; whatever protocol is spoken inside needs no more of it.
//
// Crypto/tls does not remember a temporary error of a read, in mid-record neither, but each of a write. So a read that
// finds nothing says so, and what is written is always taken. It is given a record, and with it those behind it that are whole and fit
// where it reads to, as a read of its own would cost each of them an allocation: what lies here unread is known, and its buffer
// grows no larger than a record.
type secure struct {
	conn  *tls.Conn
	shake *handshake // nil once it is over

	in     []byte // what came and was not taken yet
	header [recordHeader]byte
	known  int // bytes of the present record's header
	left   int // bytes to come of the record whose header is known
	ahead  int // whole records that crypto/tls was given, less those that it returned anything of; some may have held no data

	out *[]byte // records that are to be sent
}

const (
	recordHeader = 5        // bytes (RFC 8446, section 5.1)
	recordOfData = 23       // the type of one with application data, and in TLS 1.3 of all that are encrypted
	maxPlaintext = 16 << 10 // bytes of a record's content
)

// nothing is what a read says that finds nothing.
type nothing struct{}

func (*nothing) Error() string   { return "nothing has come" }
func (*nothing) Timeout() bool   { return true }
func (*nothing) Temporary() bool { return true }

var errNothing net.Error = new(nothing)

// open returns n bytes of application data in p, which has room for a record's. errNothing: what came held no more; io.EOF:
// the peer has said that it sends no more. Any other error is a fault of TLS.
func (s *secure) open(p []byte) (n int, err error) {
	if len(s.in) == 0 && s.ahead == 0 {
		return 0, errNothing // crypto/tls would allocate to find that out
	}
	if n, err = s.conn.Read(p); err == nil {
		s.ahead = max(0, s.ahead-1)
	} else {
		s.ahead = 0
	}
	return n, err
}

// within reports whether what came ends within a record.
func (s *secure) within() bool { return s.known > 0 || s.left > 0 }

// Read hands out what came.
func (s *secure) Read(p []byte) (n int, err error) {
	if s.shake != nil {
		return s.shake.read(s, p)
	}
	return s.handOut(p)
}

func (s *secure) handOut(p []byte) (n int, err error) {
	if len(s.in) == 0 {
		return 0, errNothing
	}
	if s.left == 0 {
		before := s.known
		s.known += copy(s.header[s.known:], s.in)
		if s.known < recordHeader {
			n = copy(p, s.in)
			s.in = s.in[n:]
			return n, nil
		}
		s.left = recordHeader - before + int(binary.BigEndian.Uint16(s.header[3:]))
		s.known = 0
	}
	n = copy(p, s.in[:min(s.left, len(s.in))])
	if s.left -= n; s.left == 0 && s.shake == nil {
		s.ahead++
		for more := s.wholeRecord(n); more > 0 && n+more <= len(p); more = s.wholeRecord(n) {
			n += copy(p[n:], s.in[n:n+more])
			s.ahead++
		}
	}
	s.in = s.in[n:]
	return n, nil
}

// wholeRecord returns the length of the record of application data behind the first n bytes of what came, if it came whole; else 0.
func (s *secure) wholeRecord(n int) int {
	in := s.in[n:]
	if len(in) < recordHeader || in[0] != recordOfData {
		return 0
	}
	if whole := recordHeader + int(binary.BigEndian.Uint16(in[3:])); whole <= len(in) {
		return whole
	}
	return 0
}

// Write takes records that are to be sent.
func (s *secure) Write(p []byte) (int, error) {
	if s.shake != nil {
		return s.shake.write(p)
	}
	*s.out = append(*s.out, p...)
	return len(p), nil
}

func (*secure) Close() error                     { return nil }
func (*secure) LocalAddr() net.Addr              { return noAddress{} }
func (*secure) RemoteAddr() net.Addr             { return noAddress{} }
func (*secure) SetDeadline(time.Time) error      { return nil }
func (*secure) SetReadDeadline(time.Time) error  { return nil }
func (*secure) SetWriteDeadline(time.Time) error { return nil }

// noAddress stands for the peer's: sessions are kept by the server's name.
type noAddress struct{}

func (noAddress) Network() string { return "tcp" }
func (noAddress) String() string  { return "" }

// secureWays is what the loop's TLS connections share.
type secureWays struct {
	plain   [maxPlaintext]byte // what was decrypted
	sealed  []byte             // records that are to be sent next
	surplus [1]byte
	shaken  shaken
}

// maxSealed is the longest buffer for sealed records that is kept, in bytes.
const maxSealed = 1 << 20

// seal returns p as it goes over a connection: as it is, or in records that last until something else is sealed.
func (l *loop) seal(c *conn, p []byte) ([]byte, error) {
	if c.secure == nil {
		return p, nil
	}
	if cap(l.sealed) > maxSealed {
		l.sealed = nil
	}
	l.sealed = l.sealed[:0]
	_, err := c.secure.conn.Write(p)
	return l.sealed, err
}

// reply sends what crypto/tls wrote as it read: new keys, or an alert.
func (l *loop) reply(c *conn) {
	p := l.sealed
	if len(p) == 0 {
		return
	}
	l.sealed = l.sealed[:0]
	if len(c.rest) > 0 {
		c.rest = append(c.rest, p...)
		return
	}
	n, errno := send(c.fd, p)
	if errno != 0 {
		n = 0 // a broken connection is found out by reading
	}
	if n < len(p) {
		c.rest = append(c.rest[:0], p[n:]...)
	}
}

// takeSecure takes what came over a busy TLS connection, and reports whether its request is over.
func (l *loop) takeSecure(i int32, p []byte, a arrival) (over bool) {
	c := &l.conns[i]
	s := c.secure
	s.in = p
	c.received += int64(len(p))
	for brought := false; ; {
		l.sealed = l.sealed[:0] // what was taken may have had something sent over another connection
		n, err := s.open(l.plain[:])
		l.reply(c)
		if !brought && (n > 0 || s.within()) {
			brought = true
			c.reads++
		}
		switch {
		case err == errNothing:
			return false
		case err == io.EOF:
			l.ended(i, a.now, false)
			return true
		case err != nil:
			l.faulty(i, a.now, err)
			return true
		case l.feed(i, l.plain[:n], a):
			return true
		}
	}
}

// clean reports whether nothing follows an answer but what belongs to TLS, as far as it came.
func (l *loop) clean(c *conn) bool {
	if c.secure == nil {
		return true
	}
	n, err := c.secure.open(l.surplus[:])
	l.reply(c)
	return n == 0 && err == errNothing
}

// stays reports whether an idle connection can go on being one after what came over it, which may belong to TLS.
func (l *loop) stays(c *conn, p []byte) bool {
	if c.secure == nil || len(p) == 0 {
		return false
	}
	c.secure.in, l.sealed = p, l.sealed[:0]
	return l.clean(c) && len(c.rest) == 0
}

// faulty goes on with a busy connection whose TLS failed.
func (l *loop) faulty(i int32, now time.Duration, err error) {
	c := &l.conns[i]
	switch {
	case c.carrier != nil:
		kind, detail := secureKind(err)
		l.lose(i, now, kind, detail)
	case !c.answer.Begun() && l.resend(i, now):
	case errors.Is(err, io.ErrUnexpectedEOF):
		l.ended(i, now, true)
	default:
		kind, detail := secureKind(err)
		l.failBusy(i, now, exchange.Failed, kind, detail)
	}
}

// describe returns what there is to tell of a connection that is open. Without TLS s is nil.
func (s *secure) describe() exchange.Connection {
	c := exchange.Connection{Protocol: "HTTP/1.1"}
	if s != nil {
		state := s.conn.ConnectionState()
		c.TLS, c.Suite, c.Resumed = state.Version, state.CipherSuite, state.DidResume
	}
	return c
}
