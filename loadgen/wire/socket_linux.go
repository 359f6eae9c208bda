//go:build amd64 || arm64

package wire

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"unsafe"

	"github.com/seed-5a006608/bench/loadgen/stamp"
	"golang.org/x/sys/unix"
)

// The calls here that never block go by RawSyscall: telling the scheduler of a call costs as much as a short call does.

// dial begins to connect to an address of an origin. The socket is there also where connecting goes on; errno tells a
// failure.
func dial(o *Origin, a netip.AddrPort) (fd int, errno syscall.Errno) {
	if o.path != "" {
		return connect(unix.AF_UNIX, unixAddress(o.path))
	}
	if a.Addr().Is4() {
		return connect(unix.AF_INET, inet4Address(a))
	}
	return connect(unix.AF_INET6, inet6Address(a))
}

func connect(family int, address []byte) (fd int, errno syscall.Errno) {
	s, _, errno := syscall.RawSyscall(unix.SYS_SOCKET, uintptr(family), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if errno != 0 {
		return -1, errno
	}
	fd = int(s)
	if family != unix.AF_UNIX {
		// Neither is needed for the run to be right: without stamps the user clock serves, and the requests go in one write.
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
		_ = stamp.Enable(fd)
	}
	_, _, errno = syscall.RawSyscall(unix.SYS_CONNECT, s, uintptr(unsafe.Pointer(&address[0])), uintptr(len(address)))
	if errno != 0 && errno != unix.EINPROGRESS {
		closeSocket(fd)
		return -1, errno
	}
	return fd, 0
}

func inet4Address(a netip.AddrPort) []byte {
	b := make([]byte, 16) // struct sockaddr_in
	binary.NativeEndian.PutUint16(b, unix.AF_INET)
	binary.BigEndian.PutUint16(b[2:], a.Port())
	ip := a.Addr().As4()
	copy(b[4:], ip[:])
	return b
}

func inet6Address(a netip.AddrPort) []byte {
	b := make([]byte, 28) // struct sockaddr_in6
	binary.NativeEndian.PutUint16(b, unix.AF_INET6)
	binary.BigEndian.PutUint16(b[2:], a.Port())
	ip := a.Addr().As16()
	copy(b[8:], ip[:])
	binary.NativeEndian.PutUint32(b[24:], zoneIndex(a.Addr().Zone()))
	return b
}

func unixAddress(path string) []byte {
	b := binary.NativeEndian.AppendUint16(nil, unix.AF_UNIX)
	return append(append(b, path...), 0)
}

// connectError returns how a connection attempt ended: 0 where it is open.
func connectError(fd int) syscall.Errno {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err.(syscall.Errno)
	}
	return syscall.Errno(n)
}

func closeSocket(fd int) { syscall.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

// send writes what the socket takes. It raises no SIGPIPE.
func send(fd int, b []byte) (n int, errno syscall.Errno) {
	for {
		r, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
			unix.MSG_NOSIGNAL, 0, 0)
		switch errno {
		case 0:
			return int(r), 0
		case unix.EINTR:
		default:
			return 0, errno // the call says -1
		}
	}
}

// tcpInfo returns the smoothed round-trip time in microseconds and the segments sent again in all.
func tcpInfo(fd int) (roundTrip, retransmitted uint32, ok bool) {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return 0, 0, false
	}
	return info.Rtt, info.Total_retrans, true
}

// maxSegment returns the most bytes that a segment carries on a connection's path, which is taken to be the same both ways;
// negative where the kernel does not say.
func maxSegment(fd int) int64 {
	n, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_MAXSEG)
	if err != nil {
		return -1
	}
	return int64(n)
}

// zoneIndex returns the number of the interface that a link-local address belongs to; 0: no zone.
func zoneIndex(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	i, err := net.InterfaceByName(zone)
	if err != nil {
		return 0
	}
	return uint32(i.Index)
}
