//go:build amd64 || arm64

package wire

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"golang.org/x/sys/unix"
)

// Bounds on handshakes.
const (
	shakingAtOnce = 2        // that compute: half a millisecond each; any number waits for the peer
	maxShakeInput = 64 << 10 // bytes that came and that crypto/tls has not taken
	maxDetail     = 200      // bytes of a failure's words
)

var errLongShake = errors.New("tls: the peer sends more than a handshake takes")

// handshake is one on its way. Crypto/tls cannot take one up again, so it has a goroutine, which computes and writes; the
// loop reads for it.
type handshake struct {
	began time.Duration // when TCP was connected
	turns *turns
	came  chan struct{} // something did

	mu    sync.Mutex // also for secure.in, as long as it lasts
	fd    int        // -1 once it is closed
	stamp int64      // of what came last
	end   error      // what reading ends with
	rest  []byte     // what the socket did not take yet
	over  bool
	err   error // how it ended
}

// shaken tells the loop which handshakes are over.
type shaken struct {
	handover[shook]
	turns turns
}

// shook names a connection whose handshake is over, unless its place has another turn by now.
type shook struct{ place, turn int32 }

// shake begins the handshake of a connection that is open.
func (l *loop) shake(i int32, now time.Duration) {
	c := &l.conns[i]
	h := &handshake{began: now, turns: &l.shaken.turns, came: make(chan struct{}, 1), fd: c.fd}
	s := &secure{shake: h, out: &l.sealed}
	s.conn = tls.Client(s, l.Origins[c.origin].tls)
	c.state, c.secure = shaking, s
	over := shook{i, c.turn}
	l.shaken.running.Add(1)
	l.shaken.turns.begin(func() {
		defer l.shaken.running.Done()
		h.run(s.conn)
		l.shaken.deliver(&l.poller, over)
	})
}

func (h *handshake) run(conn *tls.Conn) {
	defer h.turns.pass()
	h.mu.Lock()
	defer h.mu.Unlock()
	err := net.ErrClosed // it was closed while it waited
	if h.fd >= 0 {
		h.mu.Unlock()
		err = conn.Handshake()
		h.mu.Lock()
	}
	h.over, h.err = true, err
}

// read waits for what the loop reads.
func (h *handshake) read(s *secure, p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(s.in) == 0 && h.end == nil {
		h.mu.Unlock()
		h.turns.pass()
		<-h.came
		h.turns.resume()
		h.mu.Lock()
	}
	if len(s.in) == 0 {
		return 0, h.end
	}
	return s.handOut(p)
}

// write sends what the socket takes, and keeps the rest.
func (h *handshake) write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fd < 0 {
		return 0, net.ErrClosed
	}
	h.rest = append(h.rest, p...)
	return len(p), h.flush()
}

// flush sends of what was kept what the socket takes. The caller holds the lock.
func (h *handshake) flush() error {
	for len(h.rest) > 0 {
		n, errno := send(h.fd, h.rest)
		if errno == unix.EAGAIN {
			return nil
		}
		if errno != 0 {
			return errno
		}
		h.rest = h.rest[n:]
	}
	return nil
}

// shakes hands a handshake what came for it, and reports whether nothing more will.
func (l *loop) shakes(s *secure, p []byte, stamp int64, errno syscall.Errno) (ended bool) {
	h := s.shake
	h.mu.Lock()
	switch {
	case errno != 0:
		h.end = errno
	case len(p) == 0:
		h.end = io.EOF
	case len(s.in)+len(p) > maxShakeInput:
		h.end = errLongShake
	default:
		s.in, h.stamp = append(s.in, p...), stamp
	}
	ended = h.end != nil
	h.mu.Unlock()
	h.poke()
	return ended
}

func (h *handshake) poke() {
	select {
	case h.came <- struct{}{}:
	default:
	}
}

// writableShake goes on with a handshake whose socket takes more.
func (l *loop) writableShake(i int32) {
	h := l.conns[i].secure.shake
	h.mu.Lock()
	kept := len(h.rest) > 0
	if err := h.flush(); err != nil {
		h.rest, h.end = nil, err
	}
	h.mu.Unlock()
	h.poke()
	if kept {
		l.settle(i)
	}
}

// takeShaken goes on with the connections whose handshakes are over.
func (l *loop) takeShaken() {
	for _, p := range l.shaken.take() {
		if c := &l.conns[p.place]; c.turn == p.turn && c.state == shaking {
			l.settle(p.place)
		}
	}
}

// settle takes over a connection from its handshake, if that is over and the socket has taken all of it.
func (l *loop) settle(i int32) {
	c := &l.conns[i]
	s := c.secure
	h := s.shake
	h.mu.Lock()
	over, err, kept := h.over, h.err, len(h.rest)
	h.mu.Unlock()
	now := l.now()
	switch {
	case !over, err == nil && kept > 0:
	case err != nil:
		l.unshaken(i, now, err)
	default:
		s.shake = nil
		c.state = connecting
		turn := c.turn
		l.ready(i, now, h)
		if c.turn == turn && c.state != closed {
			l.leftBehind(i, h)
		}
	}
}

// leftBehind takes what came behind a handshake before the loop took the connection over.
func (l *loop) leftBehind(i int32, h *handshake) {
	c := &l.conns[i]
	p, now, k := c.secure.in, l.now(), c.x.k
	c.secure.in = nil
	gone := func() bool { return c.state == closed || c.state == busy && c.x.k != k }
	if len(p) > 0 && l.take(i, p, arrival{stamp: h.stamp, now: now, early: true}) || gone() || h.end == nil {
		return
	}
	var errno syscall.Errno
	switch {
	case c.state == idle:
		l.dismiss(i)
	case errors.As(h.end, &errno):
		l.broken(i, errno)
	default:
		l.ended(i, now, c.secure.within())
	}
}

// unshaken goes on without a connection whose handshake failed.
func (l *loop) unshaken(i int32, now time.Duration, err error) {
	kind, detail := secureKind(err)
	l.unusable(i, now, kind, detail)
}

// secureKind names the failure of a handshake, or of TLS after it.
func secureKind(err error) (kind, detail string) {
	detail = err.Error()
	detail = detail[:min(len(detail), maxDetail)]
	var errno syscall.Errno
	switch {
	case errors.As(err, &errno):
		return kindOf(errno), detail
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return exchange.ClosedEarly, "the connection was closed within the TLS handshake"
	default:
		return exchange.TLS, detail
	}
}

// closeSecure tells a peer that no more is sent, or a handshake that it is over.
func (l *loop) closeSecure(c *conn) {
	s := c.secure
	c.secure = nil
	if h := s.shake; h != nil {
		h.mu.Lock()
		h.fd, h.end, s.in = -1, net.ErrClosed, nil
		h.mu.Unlock()
		h.poke()
		return
	}
	if len(c.rest) > 0 || c.ending {
		return
	}
	l.sealed = l.sealed[:0]
	if s.conn.CloseWrite() == nil && len(l.sealed) > 0 {
		_, _ = send(c.fd, l.sealed)
	}
}
