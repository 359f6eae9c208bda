//go:build amd64 || arm64

package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"golang.org/x/sys/unix"
)

// A server may have closed all idle connections by the time one of them turns out to be closed. A request that is sent again
// must not get another one of them, and be lost, though a new connection takes longer than the next one to become free.
func TestWhatIsSentAgainGoesOverANewConnection(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	served := make(chan error, 1)
	go func() {
		err := closeOneOfTwo(listener.(*net.TCPListener))
		listener.Close()
		served <- err
	}()
	r, _ := drive(t, t.Context(), at(t, listener.Addr().String()), evenly{n: 4, resend: true}, exchange.Config{Slots: 2})
	if err := <-served; err != nil {
		t.Error(err)
	}
	if n := r.Count(exchange.Succeeded); n != 4 {
		t.Errorf("%d of 4 requests succeeded: %+v", n, r.Exchanges)
	}
}

// closeOneOfTwo serves two connections at once. It answers the first request on both, closes one when both have brought a
// second, and answers on the other while the client cannot connect anew.
func closeOneOfTwo(listener *net.TCPListener) error {
	var conns [2]net.Conn
	var in [2]*bufio.Reader
	for i := range conns {
		c, err := listener.Accept()
		if err != nil {
			return err
		}
		defer c.Close()
		conns[i], in[i] = c, bufio.NewReader(c)
	}
	// Beyond the one connection in the queue the kernel drops what would connect, and the client tries again after a second.
	if err := backlog(listener, 0); err != nil {
		return err
	}
	queued, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return err
	}
	defer queued.Close()
	for i := range conns {
		if !request(in[i]) {
			return errors.New("the first request did not come")
		}
	}
	for i := range conns {
		io.WriteString(conns[i], ok)
	}
	for i := range conns {
		if !request(in[i]) {
			return errors.New("the second request did not come")
		}
	}
	conns[0].Close()
	if err := attempted(listener.Addr().(*net.TCPAddr).Port); err != nil {
		return err
	}
	io.WriteString(conns[1], ok)
	if request(in[1]) {
		return errors.New("a request was sent again over a connection that had been idle as long as the one before")
	}
	if err := backlog(listener, 8); err != nil {
		return err
	}
	for {
		c, err := listener.Accept()
		if err != nil {
			return err
		}
		defer c.Close()
		if c.RemoteAddr().String() == queued.LocalAddr().String() {
			continue
		}
		if !request(bufio.NewReader(c)) {
			return errors.New("nothing was sent again")
		}
		_, err = io.WriteString(c, ok)
		return err
	}
}

// backlog sets how many connections may wait to be accepted, less one.
func backlog(listener *net.TCPListener, n int) error {
	raw, err := listener.SyscallConn()
	if err != nil {
		return err
	}
	var set error
	if err := raw.Control(func(fd uintptr) { set = unix.Listen(int(fd), n) }); err != nil {
		return err
	}
	return set
}

// attempted returns when a connection to a local port is being attempted. The kernel announces that to nobody, so its table is
// read until it says so.
func attempted(port int) error {
	// The columns are the number, the local and the remote address, and the state, of which 02 is SYN_SENT.
	attempt := fmt.Appendf(nil, " 0100007F:%04X 02 ", port)
	for begun := time.Now(); time.Since(begun) < hang/2; time.Sleep(time.Millisecond) {
		table, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			return err
		}
		if bytes.Contains(table, attempt) {
			return nil
		}
	}
	return errors.New("nothing connects anew")
}
