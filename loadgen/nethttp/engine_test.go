package nethttp

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestMain(m *testing.M) { exchangetest.Main(m) }

const hang = exchangetest.Hang

// drive sends n requests with a body, a millisecond apart.
func drive(t *testing.T, target string, n uint64, c Config) *exchangetest.Recorded {
	t.Helper()
	return driveHeard(t, target, n, c, nil)
}

// driveHeard is drive with a function that hears of each request as it is rendered.
func driveHeard(t *testing.T, target string, n uint64, c Config, heard func(k uint64) error) *exchangetest.Recorded {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	if c.MaxBody == 0 {
		c.MaxBody = 1 << 20
	}
	source := exchangetest.Evenly{N: n, Request: exchangetest.Post, Rendered: heard}
	c.Config = exchangetest.Filled(c.Config, source.Length())
	r := new(exchangetest.Recorded)
	Run(t.Context(), c, parsed{&source, u}, r)
	return r
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// The failures of names and of TLS; the suite has the others.
func TestFailuresAreNamed(t *testing.T) {
	for _, tc := range []struct {
		name, target, kind string
	}{
		{"unknown host", "http://no-such-host.invalid", "connect: unknown host"},
		{"https to a plain server", "https" + serve(t, func(http.ResponseWriter, *http.Request) {})[4:], "tls"},
	} {
		r := drive(t, tc.target, 3, Config{})
		for _, x := range r.Exchanges {
			if x.Outcome != exchange.Failed || x.Kind != tc.kind {
				t.Errorf("%s: outcome %d, kind %q (%s), want %q", tc.name, x.Outcome, x.Kind, x.Detail, tc.kind)
			}
		}
		if len(r.Exchanges) != 3 {
			t.Errorf("%s: %d recorded of 3", tc.name, len(r.Exchanges))
		}
	}
}

// While no second connection can be opened, all requests go over the first: they have a slot and wait for it, and that is the
// target's time, not lag.
func TestAConnectionWaitedForIsWait(t *testing.T) {
	const n, held = 8, 20 * time.Millisecond
	var handshakes, asked atomic.Int64
	var once sync.Once
	all, over := make(chan struct{}), make(chan struct{})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		<-all
		once.Do(func() { time.Sleep(held) })
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshakes that nobody waits for in the end
	s.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		if handshakes.Add(1) > 1 {
			<-over
		}
		return nil, nil
	}}
	s.StartTLS()
	defer s.Close()
	defer close(over)
	r := driveHeard(t, s.URL, n, Config{Config: exchange.Config{Slots: n}, TLS: &tls.Config{InsecureSkipVerify: true}}, func(uint64) error {
		if asked.Add(1) == n {
			close(all)
		}
		return nil
	})
	if r.Count(exchange.Succeeded) != n {
		t.Fatalf("%d of %d succeeded", r.Count(exchange.Succeeded), n)
	}
	for _, x := range r.Exchanges {
		if waited := x.Free - x.Slot; x.Connect == 0 && waited < held/2 || x.Slot != x.Intended {
			t.Errorf("request %d: due at %v, a slot at %v, a connection %v later, want at least %v", x.K, x.Intended, x.Slot, waited, held/2) // the last is asked for before it is due
		}
	}
}

// Whatever the connection, an answer of HTTP/1.1 is timed by the kernel, and one of HTTP/2, which shares its connection
// with others, by the clock.
func TestAnswersAreTimedByTheKernel(t *testing.T) {
	for _, tc := range []struct {
		name    string
		serve   func(*httptest.Server)
		stamped bool
	}{
		{"http", (*httptest.Server).Start, runtime.GOOS == "linux"},
		{"https", (*httptest.Server).StartTLS, runtime.GOOS == "linux"},
		{"HTTP/2", func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() }, false},
	} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hi") }))
		tc.serve(s)
		// The kernel begins to stamp when one of its threads has got round to it, which on a busy machine may be after a run.
		stamped := 0
		for begun := time.Now(); ; {
			r := drive(t, s.URL, 50, Config{TLS: &tls.Config{InsecureSkipVerify: true}})
			stamped = 0
			for _, x := range r.Exchanges {
				if !x.UserClock {
					stamped++
				}
				if x.Outcome == exchange.Succeeded && (x.End <= x.Sent || x.FirstByte > x.End) {
					t.Errorf("%s: sent at %v, first byte at %v, end at %v", tc.name, x.Sent, x.FirstByte, x.End)
				}
			}
			if n := r.Count(exchange.Succeeded); n != 50 {
				t.Errorf("%s: %d of 50 succeeded", tc.name, n)
			}
			if !tc.stamped || stamped > 45 || time.Since(begun) > hang/2 {
				break
			}
		}
		s.Close()
		if (stamped > 45) != tc.stamped || !tc.stamped && stamped > 0 {
			t.Errorf("%s: of 50 answers %d were timed by the kernel", tc.name, stamped)
		}
	}
}
