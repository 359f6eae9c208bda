//go:build amd64 || arm64

package wire

import (
	"syscall"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"golang.org/x/sys/unix"
)

// kindOf names the failure of an operation on an open connection.
func kindOf(errno syscall.Errno) string {
	switch errno {
	case unix.ECONNRESET, unix.EPIPE, unix.ECONNABORTED:
		return exchange.Reset
	case unix.ETIMEDOUT, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.ENETDOWN:
		return exchange.Lost
	default:
		return exchange.Broken
	}
}

// malformedKind names what is wrong with an answer.
func malformedKind(err error) string {
	switch err {
	case errLongHeader:
		return exchange.HeaderTooLong
	case errLongBody:
		return exchange.BodyTooLong
	}
	if _, cut := err.(Truncated); cut {
		return exchange.ClosedEarly
	}
	return exchange.BadResponse
}

// connectKind names why a connection could not be opened.
func connectKind(errno syscall.Errno) string {
	switch errno {
	case unix.EMFILE, unix.ENFILE:
		return exchange.OutOfDescriptors
	case unix.EADDRNOTAVAIL:
		return exchange.OutOfPorts
	case unix.ECONNREFUSED:
		return exchange.ConnectRefused
	case unix.ETIMEDOUT:
		return exchange.ConnectTimeout
	case unix.ECONNRESET:
		return exchange.Reset
	default:
		return exchange.ConnectFailed
	}
}
