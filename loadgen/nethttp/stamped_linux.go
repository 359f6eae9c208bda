package nethttp

import (
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/seed-5a006608/bench/loadgen/stamp"
	"golang.org/x/sys/unix"
)

// stampedConn reads with the kernel's receive timestamps.
type stampedConn struct {
	*net.TCPConn
	raw syscall.RawConn

	mu     sync.Mutex // net/http reads from one goroutine at a time, and a test may not
	reader stamp.Reader
	last   atomic.Int64 // stamp of the last byte read; 0: no stamp
}

// withStamps returns a connection that keeps the stamps of what it reads, or the same one where that cannot be had.
func withStamps(c net.Conn) net.Conn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return c
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return c
	}
	var denied error
	if err := raw.Control(func(fd uintptr) { denied = stamp.Enable(int(fd)) }); err != nil || denied != nil {
		return c
	}
	return &stampedConn{TCPConn: tcp, raw: raw}
}

func (c *stampedConn) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var (
		at    int64
		errno syscall.Errno
	)
	err = c.raw.Read(func(fd uintptr) bool {
		n, at, errno = c.reader.Read(int(fd), p)
		if n == 0 && errno == 0 && wasReset(int(fd)) {
			errno = unix.ECONNRESET
		}
		return errno != unix.EAGAIN
	})
	switch {
	case err != nil:
		return 0, err // closed, or past its deadline
	case errno != 0:
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("recvmsg", errno)}
	case n == 0:
		return 0, io.EOF
	}
	c.last.Store(at)
	return n, nil
}

// wasReset reports whether a socket at its end got there by a reset, of which the kernel has told a write that went on at the
// same time: it tells only once. A reset that came after the peer's end is still untold, and is no news.
func wasReset(fd int) bool {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil || info.State != unix.BPF_TCP_CLOSE {
		return false
	}
	untold, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	return err == nil && untold == 0
}

// hasEnded reports whether a connection over which nothing is to come was closed, or brought something all the same.
func (c *stampedConn) hasEnded() (ended bool) {
	if c == nil {
		return false
	}
	_ = c.raw.Control(func(fd uintptr) { // closed here, it is not used
		var b [1]byte
		_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		ended = err != unix.EAGAIN && err != unix.EINTR
	})
	return ended
}
