package nethttp

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// stillConnecting reports whether the kernel still waits for an answer to a socket's attempt to connect.
func stillConnecting(raw syscall.RawConn) bool {
	waits := false
	err := raw.Control(func(fd uintptr) {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, 0)
		waits = n == 0 && err == nil
	})
	return err == nil && waits
}
