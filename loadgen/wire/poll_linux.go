//go:build amd64 || arm64

package wire

import (
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxEvents is how many ready connections are taken from the kernel at once.
const maxEvents = 256

// poller waits for connections, or for nothing but the end of the run.
type poller struct {
	all, control int // epoll descriptors: of every connection and the wake-up, and of the wake-up alone
	wakeUp       int // an eventfd, written to when the run is interrupted
	coarse       bool
	events       [maxEvents]unix.EpollEvent
}

// wakeUpPlace stands in events for the wake-up.
const wakeUpPlace = -1

func (p *poller) open() (err error) {
	p.all, p.control, p.wakeUp = -1, -1, -1
	if p.all, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if p.control, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if p.wakeUp, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return err
	}
	for _, set := range []int{p.all, p.control} {
		if err := unix.EpollCtl(set, unix.EPOLL_CTL_ADD, p.wakeUp, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: wakeUpPlace}); err != nil {
			return err
		}
	}
	return nil
}

func (p *poller) close() {
	for _, fd := range []int{p.all, p.control, p.wakeUp} {
		if fd >= 0 {
			closeSocket(fd)
		}
	}
}

// wake ends a wait, from any goroutine.
func (p *poller) wake() {
	one := [8]byte{7: 1}
	_, _ = unix.Write(p.wakeUp, one[:]) // full, it is awake already
}

// drain takes back what wake has written.
func (p *poller) drain() {
	var b [8]byte
	_, _ = unix.Read(p.wakeUp, b[:])
}

// add watches a socket for all that can happen to it. Edges are enough: what is ready is read until it is not.
// The events name it by its place and the turn there.
func (p *poller) add(fd int, place, turn int32) error {
	return unix.EpollCtl(p.all, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET, Fd: place, Pad: turn,
	})
}

// look takes what is ready, without waiting.
func (p *poller) look() []unix.EpollEvent {
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.all), uintptr(unsafe.Pointer(&p.events[0])), maxEvents, 0, 0, 0)
	if errno != 0 {
		return nil
	}
	return p.events[:n]
}

// wait takes what is ready in a set, after waiting for it for at most d.
//
// The scheduler is not told of the wait either. Being told, it has its monitor thread look every 20 µs whether the call
// has returned, on the processor that the loop runs on: at 10,000 requests a second that took a third of the processor
// time per request. What the scheduler wants of this thread it says by a signal, which ends the wait.
func (p *poller) wait(set int, d time.Duration) []unix.EpollEvent {
	ts := unix.NsecToTimespec(int64(d))
	if !p.coarse {
		n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT2, uintptr(set), uintptr(unsafe.Pointer(&p.events[0])), maxEvents,
			uintptr(unsafe.Pointer(&ts)), 0, 0)
		switch errno {
		case 0:
			return p.events[:n]
		case unix.ENOSYS, unix.EPERM: // an older kernel, or a sandbox that does not know the call
			p.coarse = true
		default:
			return nil
		}
	}
	// epoll_wait knows milliseconds only; ppoll waits for the set itself by the nanosecond.
	fds := [1]unix.PollFd{{Fd: int32(set), Events: unix.POLLIN}}
	syscall.Syscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&fds[0])), 1, uintptr(unsafe.Pointer(&ts)), 0, 0, 0)
	if fds[0].Revents == 0 {
		return nil
	}
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(set), uintptr(unsafe.Pointer(&p.events[0])), maxEvents, 0, 0, 0)
	if errno != 0 {
		return nil
	}
	return p.events[:n]
}
