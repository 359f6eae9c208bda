package stamp

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Enable asks the kernel to stamp what a socket receives.
func Enable(fd int) error {
	const software = unix.SOF_TIMESTAMPING_RX_SOFTWARE | unix.SOF_TIMESTAMPING_SOFTWARE
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPING, software)
}

// Reader reads from sockets with the time at which the kernel received what is read. It belongs to one goroutine and
// must not be copied once it was used.
type Reader struct {
	control [128]byte
	vector  unix.Iovec
	message unix.Msghdr
}

// Read reads into p, which is not empty, without telling the scheduler: the socket must not block. The stamp is that of
// the last byte read, in ns since 1970 of the system's clock; 0 where the kernel gave none. Nothing and no error is the
// peer's end.
func (r *Reader) Read(fd int, p []byte) (n int, stamp int64, errno syscall.Errno) {
	r.vector.Base = &p[0]
	r.vector.SetLen(len(p))
	r.message.Iov, r.message.Iovlen = &r.vector, 1
	r.message.Control = &r.control[0]
	for {
		r.message.SetControllen(len(r.control))
		m, _, errno := syscall.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&r.message)), 0)
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			return 0, 0, errno
		}
		return int(m), r.stamp(), 0
	}
}

// stamp finds the software timestamp among the control messages: the first of three timespecs.
func (r *Reader) stamp() int64 {
	const stamps = 3 * unsafe.Sizeof(unix.Timespec{})
	if uintptr(r.message.Controllen) < unix.SizeofCmsghdr+stamps {
		return 0
	}
	h := (*unix.Cmsghdr)(unsafe.Pointer(&r.control[0]))
	if h.Level != unix.SOL_SOCKET || h.Type != unix.SCM_TIMESTAMPING {
		return 0
	}
	return (*unix.Timespec)(unsafe.Pointer(&r.control[unix.SizeofCmsghdr])).Nano()
}
