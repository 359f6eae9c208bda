//go:build amd64 || arm64

package wire

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// kindOf names the failure of an operation on an open connection. The names are few and fixed, so that they can be
// counted, and the same as the other engine's.
func kindOf(errno syscall.Errno) string {
	switch errno {
	case unix.ECONNRESET, unix.EPIPE, unix.ECONNABORTED:
		return "connection reset"
	case unix.ETIMEDOUT, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.ENETDOWN:
		return "connection lost"
	default:
		return "connection failed"
	}
}

// malformedKind names what is wrong with an answer.
func malformedKind(err error) string {
	switch err {
	case errLongHeader:
		return "header too long"
	case errLongBody:
		return "body too long"
	}
	if _, cut := err.(Truncated); cut {
		return "connection closed early"
	}
	return "bad response"
}

// connectKind names why a connection could not be opened, and tells whether it was for a limit of the generator's own.
func connectKind(errno syscall.Errno) (kind string, own bool) {
	switch errno {
	case unix.EMFILE, unix.ENFILE:
		return "generator: out of descriptors", true
	case unix.EADDRNOTAVAIL:
		return "generator: out of ports", true
	case unix.ECONNREFUSED:
		return "connect: refused", false
	case unix.ETIMEDOUT:
		return "connect: timeout", false
	case unix.ECONNRESET:
		return "connection reset", false
	default:
		return "connect: failed", false
	}
}
