package loadgen

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// sibling is one of two servers that serve one name. It can be stopped and started again.
type sibling struct {
	address  string
	secure   *tls.Config
	requests atomic.Int64
	mu       sync.Mutex
	heard    func(n int64) // called with each request's number
	server   *http.Server
}

func (s *sibling) hear(f func(n int64)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = f
}

func (s *sibling) start(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	s.address = listener.Addr().String()
	if s.secure != nil {
		listener = tls.NewListener(listener, s.secure)
	}
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		n := s.requests.Add(1)
		s.mu.Lock()
		heard := s.heard
		s.mu.Unlock()
		if heard != nil {
			heard(n)
		}
	})}
	s.mu.Lock()
	s.server = server
	s.mu.Unlock()
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
}

func (s *sibling) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server.Close()
}

// siblings are two servers on two addresses, one of them started, and the plans and options that drive their name: with each
// engine, and by https.
func siblings(t *testing.T, length time.Duration, drive func(name string, a, b *sibling, p Plan, o Options)) {
	ways := []string{"http", "https"}
	if len(Engines()) > 1 {
		ways = append(ways, runfile.EngineWire)
	}
	for _, way := range ways {
		a, b := &sibling{address: "127.0.0.2:0"}, &sibling{}
		scheme := "http"
		if way == "https" {
			scheme = "https"
			secure, _ := selfSigned(t, "two.test")
			a.secure, b.secure = secure, secure
		}
		a.start(t)
		_, port, _ := net.SplitHostPort(a.address)
		b.address = "127.0.0.3:" + port
		p := steady(scheme+"://two.test:"+port, length)
		p.Requests, p.TLS.Insecure = p.Requests[:1], true
		p.Engine = strings.TrimSuffix(way, "s")
		drive(way, a, b, p, Options{lookup: func(context.Context, string, string) ([]netip.Addr, error) {
			return []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")}, nil
		}})
	}
}

func TestRequestsAreSpreadOverAddresses(t *testing.T) {
	t.Parallel()
	siblings(t, 500*time.Millisecond, func(name string, a, b *sibling, p Plan, o Options) {
		b.start(t)
		run, err := Drive(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		n, m := a.requests.Load(), b.requests.Load()
		if run.Requests.Failed > 0 || n+m != int64(run.Requests.Due) || n < 45 || n > 55 {
			t.Errorf("%s: %d and %d of %d requests, %d failed", name, n, m, run.Requests.Due, run.Requests.Failed)
		}
		if list := run.Addresses; len(list) != 2 || list[0].Address != a.address || int64(list[0].Requests) != n || list[0].ServiceTime.Count != uint64(n) {
			t.Errorf("%s: by address %+v, want %d at %s", name, list, n, a.address)
		}
		if run.Plan.Spread != runfile.SpreadRequests || len(run.Events) > 0 && run.Events[0].Kind == runfile.EventAddress {
			t.Errorf("%s: spread %q, events %v", name, run.Plan.Spread, run.Events)
		}
	})
}

func TestAnAddressThatRefusesIsLeftOut(t *testing.T) {
	t.Parallel()
	siblings(t, 300*time.Millisecond, func(name string, a, b *sibling, p Plan, o Options) {
		for _, anew := range []bool{false, true} {
			p.Limits.NoKeepAlive = anew
			run, err := Drive(t.Context(), p, o)
			if err != nil {
				t.Fatal(err)
			}
			if n := run.Requests; n.Succeeded != n.Due {
				t.Errorf("%s, anew %v: %+v, errors %v", name, anew, n, run.Errors)
			}
			if e := addressEvents(run); len(e) != 1 || !strings.HasPrefix(e[0].Text, b.address+" took no connections (connect: refused)") {
				t.Errorf("%s, anew %v: events %v, want that %s was left out", name, anew, run.Events, b.address)
			}
		}
	})
}

func addressEvents(run *runfile.Run) (list []runfile.Event) {
	for _, e := range run.Events {
		if e.Kind == runfile.EventAddress {
			list = append(list, e)
		}
	}
	return list
}

// One of two is stopped in mid-run, and started again when the other has served for both.
func TestAnAddressComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds until the address is asked again")
	}
	t.Parallel()
	siblings(t, 3500*time.Millisecond, func(name string, a, b *sibling, p Plan, o Options) {
		b.hear(func(n int64) {
			if n == 40 {
				go b.stop()
			}
		})
		var once sync.Once
		again := make(chan bool)
		a.hear(func(n int64) {
			if n > 120 {
				once.Do(func() { close(again) })
			}
		})
		b.start(t)
		go func() {
			<-again
			b.start(t)
		}()
		run, err := Drive(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		// Of a connection from before the stop a late machine may hear after that, and take it in once more for a moment.
		e := addressEvents(run)
		other := func(e runfile.Event) bool { return e.DurationNS == 0 || !strings.HasPrefix(e.Text, b.address) }
		if n := b.requests.Load(); len(e) == 0 || slices.ContainsFunc(e, other) || n < 60 {
			t.Errorf("%s: %d requests at the one that came back, events %v", name, n, run.Events)
		}
		if n := run.Requests; n.Failed > 4 || n.Succeeded+n.Failed != n.Due {
			t.Errorf("%s: %+v, errors %v, want no failure but of what was in flight", name, n, run.Errors)
		}
	})
}

// An added server is reached only over new connections.
func TestConnectionsEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("lets connections grow old")
	}
	t.Parallel()
	for _, engine := range Engines() {
		var opened atomic.Int64
		server := &http.Server{
			Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
			ConnState: func(_ net.Conn, s http.ConnState) {
				if s == http.StateNew {
					opened.Add(1)
				}
			},
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go server.Serve(listener)
		for _, limits := range []Limits{{ConnRequests: 10}, {ConnAge: 50 * time.Millisecond}, {}} {
			opened.Store(0)
			p := steady("http://"+listener.Addr().String(), 500*time.Millisecond)
			p.Limits.ConnRequests, p.Limits.ConnAge, p.Engine = limits.ConnRequests, limits.ConnAge, engine
			run, err := Drive(t.Context(), p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := run.Requests; n.Succeeded != n.Due || n.Retried > 0 {
				t.Errorf("%s, %+v: %+v, errors %v", engine, limits, n, run.Errors)
			}
			if limited := limits != (Limits{}); limited && opened.Load() < 5 || run.Plan.ConnAgeNS != limits.ConnAge || run.Plan.ConnRequests != limits.ConnRequests {
				t.Errorf("%s, %+v: %d connections for %d requests", engine, limits, opened.Load(), run.Requests.Due)
			}
		}
		server.Close()
	}
}
