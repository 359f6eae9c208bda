package preflight

import (
	"net"

	"golang.org/x/sys/unix"
)

// granted asks for a receive buffer of so many bytes, over the system's limit too where that may be, and returns what there is; 0: not
// known.
func granted(c *net.UDPConn, want int) (bytes int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, want) != nil {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, want)
		}
		if n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF); err == nil {
			bytes = n / 2 // the kernel doubles it, for its own keeping
		}
	})
	return bytes
}
