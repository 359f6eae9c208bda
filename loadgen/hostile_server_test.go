package loadgen_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// peer is one connection to a server that does what a test says.
type peer struct {
	*net.TCPConn
	secure *tls.Conn // over it; nil: there is no TLS
	in     *bufio.Reader
	over   <-chan struct{} // closed when the test is
}

// request reads one request, and returns false when none comes any more.
func (p *peer) request() bool {
	r, err := http.ReadRequest(p.in)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r.Body)
	return err == nil
}

// send writes all of text, and returns false when the other side is gone.
func (p *peer) send(text string) bool {
	var out io.Writer = p.TCPConn
	if p.secure != nil {
		out = p.secure
	}
	_, err := io.WriteString(out, text)
	return err == nil
}

// silent reads and says nothing until the other side is gone.
func (p *peer) silent() { _, _ = io.Copy(io.Discard, p.in) }

// overTLS shakes hands before each does to a connection what its test says.
func overTLS(config *tls.Config, each func(*peer)) func(*peer) {
	return func(p *peer) {
		p.secure = tls.Server(p.TCPConn, config)
		p.in = bufio.NewReader(p.secure)
		if p.secure.Handshake() == nil {
			each(p)
		}
	}
}

// reset makes the close that follows a reset.
func (p *peer) reset() { _ = p.SetLinger(0) }

// pause waits a moment, and returns false if the test is over first.
func (p *peer) pause(d time.Duration) bool {
	select {
	case <-p.over:
		return false
	case <-time.After(d):
		return true
	}
}

// drip sends text one byte at a time, over and over, each time after a pause.
func (p *peer) drip(text string) {
	for i := 0; p.send(text[i : i+1]); i = (i + 1) % len(text) {
		if !p.pause(20 * time.Millisecond) {
			return
		}
	}
}

// endlessly sends what next returns, over and over, but leaves the processor to others now and then.
func (p *peer) endlessly(next func() string) {
	for p.send(next()) && p.pause(time.Millisecond) {
	}
}

// answers sends text after each request.
func answers(text string) func(*peer) {
	return func(p *peer) {
		for p.request() && p.send(text) {
		}
	}
}

// once sends text after the first request, and then does what then says.
func once(text string, then func(*peer)) func(*peer) {
	return func(p *peer) {
		if p.request() && p.send(text) {
			then(p)
		}
	}
}

// closing is an end without more ado: the connection is closed after it.
func closing(*peer) {}

// resetting has the other side read what was sent before the reset takes it away.
func resetting(p *peer) {
	p.pause(30 * time.Millisecond)
	p.reset()
}

// hostileServer does to each connection what its test says, and returns its address.
func hostileServer(t testing.TB, each func(*peer)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	var (
		mu    sync.Mutex
		conns = map[net.Conn]bool{}
		wg    sync.WaitGroup
	)
	wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			wg.Go(func() {
				each(&peer{TCPConn: conn.(*net.TCPConn), in: bufio.NewReader(conn), over: over})
				conn.Close()
				mu.Lock()
				delete(conns, conn)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		close(over)
		listener.Close()
		mu.Lock()
		for conn := range conns {
			conn.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return listener.Addr().String()
}

// fields returns n bytes or a little more of header lines, each with a name of its own.
func fields(n int, prefix string) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		b.WriteString(prefix)
		b.WriteString(strings.Repeat(string(rune('a'+i%26)), 1+i/26%40))
		b.WriteString(": x\r\n")
	}
	return b.String()
}
