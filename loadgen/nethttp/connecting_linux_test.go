package nethttp

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// rawSocket is a socket of the kernel's alone.
type rawSocket int

func (s rawSocket) Control(f func(fd uintptr)) error { f(uintptr(s)); return nil }
func (s rawSocket) Read(func(uintptr) bool) error    { return errors.ErrUnsupported }
func (s rawSocket) Write(func(uintptr) bool) error   { return errors.ErrUnsupported }

// Whether an address is late is told by the kernel, and not by when this process hears of it.
func TestOnlyAnUnansweredSocketIsStillConnecting(t *testing.T) {
	socket := func() int {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { unix.Close(fd) })
		return fd
	}
	server := socket()
	if err := errors.Join(unix.Bind(server, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}), unix.Listen(server, 0)); err != nil {
		t.Fatal(err)
	}
	address, err := unix.Getsockname(server)
	if err != nil {
		t.Fatal(err)
	}
	var states []bool
	for range 3 { // nobody accepts, and there is room for one
		fd := socket()
		if err := unix.Connect(fd, address); err != nil && !errors.Is(err, unix.EINPROGRESS) {
			t.Fatal(err)
		}
		states = append(states, stillConnecting(rawSocket(fd)))
	}
	if states[0] || !states[2] {
		t.Errorf("still connecting: %v, want the first there and the last not", states)
	}
}
