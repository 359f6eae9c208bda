package nethttp

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel tells of a reset once: to a write, where one goes on. Reading is told of it all the same, whether or not the
// goroutine that writes has said so yet, and has closed the connection for it.
func TestAResetThatAWriteWasTold(t *testing.T) {
	write := func(c io.Writer) error { _, err := c.Write([]byte("GET")); return err }
	for name, told := range map[string]func(c *conn) error{
		"and has told":     func(c *conn) error { return write(c) },
		"and has not told": func(c *conn) error { return write(c.Conn) },
		"and has closed":   func(c *conn) error { defer c.Close(); return write(c) },
	} {
		c := dialled(t, func(peer *net.TCPConn) { _ = peer.SetLinger(0) })
		awaitState(t, c, unix.BPF_TCP_CLOSE)
		if err := told(c); !errors.Is(err, syscall.ECONNRESET) {
			t.Fatalf("%s: the write ended with %v, want the reset", name, err)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: reading ended with %v, want the reset", name, err)
		}
	}
}

// What a peer closed and reset only for what came afterwards was closed.
func TestAResetAfterTheEnd(t *testing.T) {
	c := dialled(t, func(*net.TCPConn) {})
	awaitState(t, c, unix.BPF_TCP_CLOSE_WAIT)
	if _, err := c.Write([]byte("GET")); err != nil {
		t.Fatal(err)
	}
	awaitState(t, c, unix.BPF_TCP_CLOSE)
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("reading ended with %v, want %v", err, io.EOF)
	}
}

// dialled returns a connection that its peer has closed, after what finish does to it.
func dialled(t *testing.T, finish func(*net.TCPConn)) *conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg := Config{}
	cfg.Timeout = hang
	cfg.Epoch = time.Now()
	dialled, err := cfg.dial("")(context.Background(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialled.Close() })
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	finish(peer.(*net.TCPConn))
	peer.Close()
	return dialled.(*conn)
}

// awaitState waits for the kernel to have heard of what the peer did.
func awaitState(t *testing.T, c *conn, state uint8) {
	t.Helper()
	var now uint8
	for begin := time.Now(); now != state; {
		if time.Since(begin) > hang {
			t.Fatalf("the socket is in state %d, want %d", now, state)
		}
		runtime.Gosched()
		if err := c.Conn.(*stampedConn).raw.Control(func(fd uintptr) {
			info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
			if err == nil {
				now = info.State
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
}
