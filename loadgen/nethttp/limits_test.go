package nethttp

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

func TestNoKeepAlive(t *testing.T) {
	for _, alive := range []bool{true, false} {
		var opened atomic.Int64
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				opened.Add(1)
			}
		}
		s.Start()
		t.Cleanup(s.Close)
		const n = 20
		r, _ := drive(t, t.Context(), s.URL, n, Config{Config: exchange.Config{Length: time.Second, Slots: 1, NoKeepAlive: !alive}})
		want := int64(n)
		if alive {
			want = 1
		}
		if r.count(exchange.Succeeded) != n || opened.Load() != want {
			t.Errorf("keep-alive %v: %d succeeded over %d connections, want %d over %d", alive, r.count(exchange.Succeeded), opened.Load(), n, want)
		}
		for _, x := range r.exchanges {
			if !alive && x.Connect == 0 {
				t.Errorf("request %d did not connect", x.K)
			}
		}
	}
}

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
