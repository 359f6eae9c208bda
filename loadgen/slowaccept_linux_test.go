//go:build amd64 || arm64

package loadgen

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"golang.org/x/sys/unix"
)

// A server that accepts a connection now and then makes requests wait for one, and most of them get one that another request has
// freed. Both engines take that for the target's time.
func TestASlowlyAcceptingServerMakesRequestsWait(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a slow server")
	}
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			p := steady("http://"+acceptSlowly(t, 150*time.Millisecond, 20*time.Millisecond), time.Second)
			p.Requests = []request.Request{{URL: p.Target.URL}}
			p.Profile.Phases[0].From, p.Profile.Phases[0].To = 100, 100
			p.Limits.Connections, p.Engine = 64, engine
			// Where the machine is late a connection may be there as soon as it is wanted, but not each time.
			for begun := time.Now(); ; {
				run, err := Drive(t.Context(), p, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if run.Overall.Wait.P90NS >= 75*time.Millisecond && run.Verdict.Kind != runfile.Valid {
					return
				}
				if time.Since(begun) > 30*time.Second {
					t.Fatalf("wait P90 %v, lag P90 %v, %s %q", run.Overall.Wait.P90NS, run.Overall.Lag.P90NS, run.Verdict.Kind, run.Verdict.Evidence)
				}
			}
		})
	}
}

// acceptSlowly serves HTTP, accepting one connection in each gap while the kernel keeps hardly any for it, and answers after a while.
func acceptSlowly(t *testing.T, gap, service time.Duration) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var set error
	err = raw.Control(func(fd uintptr) { set = unix.Listen(int(fd), 1) })
	if err := errors.Join(err, set); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			time.Sleep(gap)
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					if _, err := http.ReadRequest(in); err != nil {
						return
					}
					time.Sleep(service)
					if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil {
						return
					}
				}
			}()
		}
	}()
	return listener.Addr().String()
}
