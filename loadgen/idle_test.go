package loadgen

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/request"
	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
)

// A server whose idle time ends as a request comes that cannot be sent twice: the failure says so.
func TestTheEndOfIdleTimeIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("leaves connections idle for seconds")
	}
	address := listen(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		for i := 0; ; i++ {
			r, err := http.ReadRequest(in)
			if err != nil || i == 1 {
				return
			}
			io.Copy(io.Discard, r.Body)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}
	})
	for _, engine := range Engines() {
		for method, failed := range map[string]uint64{"POST": 2, "GET": 0} {
			p := steady("http://"+address, 800*time.Millisecond)
			p.Profile.Phases[0] = profiles.Phase{Name: "load", Kind: profiles.Hold, Duration: 800 * time.Millisecond, From: 5, To: 5}
			p.Requests, p.Engine, p.Limits.Connections = []request.Request{{URL: "http://" + address, Method: method}}, engine, 1
			// Where the machine is late the connection was idle for less, and is said to have been closed early.
			for begun := time.Now(); ; {
				run, err := Drive(t.Context(), p, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if n := run.Requests; n.Due != 4 || n.Failed != failed || n.Retried == 0 && failed == 0 {
					t.Fatalf("%s, %s: %+v, want %d failed", engine, method, n, failed)
				}
				if failed == 0 || len(run.Errors) == 1 && run.Errors[0].Kind == exchange.IdleClosed {
					break
				}
				other := func(e runfile.ErrorCount) bool {
					return e.Kind != exchange.ClosedEarly && e.Kind != exchange.IdleClosed
				}
				if slices.ContainsFunc(run.Errors, other) || time.Since(begun) > time.Minute {
					t.Errorf("%s, %s: errors %+v", engine, method, run.Errors)
					break
				}
			}
		}
	}
}
