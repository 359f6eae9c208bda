package nethttp

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

func TestOwnLimitsAreNamed(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", err)} }
	for _, tc := range []struct {
		err  error
		want string
	}{
		{dial(syscall.EMFILE), exchange.OutOfDescriptors},
		{dial(syscall.ENFILE), exchange.OutOfDescriptors},
		{dial(syscall.EADDRNOTAVAIL), exchange.OutOfPorts},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "dial udp: socket: too many open files", Name: "h"}}, exchange.OutOfDescriptors},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}}, "connect: unknown host"},
		{dial(syscall.ECONNREFUSED), "connect: refused"},
		{dial(errors.New("odd")), "connect: failed"},
	} {
		if got := classify(tc.err); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.err, got, tc.want)
		}
	}
}
