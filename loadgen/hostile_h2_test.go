package loadgen_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// A server that says GOAWAY now and then, as one does that is being deployed: what it has not taken is sent again.
func TestGoAwayLosesNothing(t *testing.T) {
	var (
		served atomic.Uint64
		peers  sync.Map
		number atomic.Uint64
	)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			served.Add(1)
		}
		peers.Store(r.RemoteAddr, true)
		if number.Add(1)%3 == 0 {
			w.Header().Set("Connection", "close") // in HTTP/2 Go's server makes a GOAWAY of it
		}
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	for _, engine := range engines {
		p := hostilePlan(engine, s.URL)
		p.TLS.Insecure, p.HTTP = true, runfile.HTTP2
		served.Store(0)
		peers.Clear()
		run := driveHostile(t, p)
		connections := 0
		peers.Range(func(any, any) bool { connections++; return true })
		if run.Requests.Succeeded != hostileRequests || served.Load() != hostileRequests || connections < 2 {
			t.Errorf("%s: requests %+v, %d served over HTTP/2 on %d connections: %+v", engine, run.Requests, served.Load(), connections, run.Errors)
		}
	}
}

// Frames of HTTP/2 (RFC 9113, sections 6.4, 6.5 and 6.8).
const (
	settings    = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	goAwayError = "\x00\x00\x08\x07\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x02"
	resetStream = "\x00\x00\x04\x03\x00\x00\x00\x00\x01" + "\x00\x00\x00\x02"
)

func TestHostileHTTP2(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) { hostileHTTP2(t, engine) })
	}
}

func hostileHTTP2(t *testing.T, engine string) {
	certified := httptest.NewTLSServer(nil)
	t.Cleanup(certified.Close)
	config := &tls.Config{Certificates: certified.TLS.Certificates, NextProtos: []string{"h2"}}
	for name, tc := range map[string]struct {
		frames string // after the settings and the first request
		kind   string
		stay   bool
	}{
		"GOAWAY with an error":     {goAwayError, "connection closed early", false},
		"close after the settings": {"", "connection closed early", false},
		"a stream that is reset":   {resetStream, "stream reset", true},
		"data on stream 0":         {"\x00\x00\x01\x00\x00\x00\x00\x00\x00x", "bad response", true},
		"silence":                  {"", "timeout", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := hostileServer(t, func(p *peer) {
				c := tls.Server(p.TCPConn, config)
				if _, err := io.WriteString(c, settings); err != nil {
					return
				}
				request := make([]byte, 16<<10)
				// The preface, the settings and the first request, in one or several pieces.
				for seen := 0; seen < 100; {
					n, err := c.Read(request)
					if err != nil {
						return
					}
					seen += n
				}
				if _, err := io.WriteString(c, tc.frames); err == nil && tc.stay {
					_, _ = io.Copy(io.Discard, c)
				}
				_ = c.CloseWrite() // it is gone all the same
			})
			p := hostilePlan(engine, "https://"+address+"/")
			p.TLS.Insecure, p.HTTP = true, runfile.HTTP2
			// Some requests of a case only end with the timeout. A busy machine gets a longer one, if nothing else came of it.
			for p.Limits.Timeout = time.Second; ; p.Limits.Timeout *= 4 {
				run := driveHostile(t, p)
				found, inTime := false, false
				for _, e := range run.Errors {
					found = found || e.Kind == tc.kind
					inTime = inTime || !strings.HasSuffix(e.Kind, "timeout")
				}
				if found && run.Requests.Succeeded == 0 {
					return
				}
				if inTime || run.Requests.Succeeded > 0 || p.Limits.Timeout > never/4 {
					t.Fatalf("requests %+v, want %q: %+v", run.Requests, tc.kind, run.Errors)
				}
			}
		})
	}
}
