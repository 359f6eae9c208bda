package loadgen

import (
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// unanswering listens at an address, and drops whoever would connect: the queue of connections to be taken is full.
func unanswering(t *testing.T, address string) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { err = unix.Listen(int(fd), 0) }); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		c, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err != nil {
			return // it is full
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("the queue takes more than it should")
}

// An address that does not answer is left after 250 ms for the next, and no request fails for it.
func TestAnAddressThatDoesNotAnswerIsLeftOut(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for an answer, three times")
	}
	siblings(t, 800*time.Millisecond, func(name string, a, b *sibling, p Plan, o Options) {
		unanswering(t, b.address)
		run, err := Drive(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		if n := run.Requests; n.Succeeded != n.Due || n.Due == 0 {
			t.Errorf("%s: %+v, errors %v", name, n, run.Errors)
		}
		if e := addressEvents(run); len(e) != 1 || !strings.HasPrefix(e[0].Text, b.address+" took no connections (connect: timeout)") {
			t.Errorf("%s: events %v, want that %s was left out", name, run.Events, b.address)
		}
	})
}
