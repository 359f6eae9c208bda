package nethttp

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/users"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// evenly is a source of n requests, each a gap after the one before.
type evenly struct {
	n, next uint64
	gap     time.Duration
	url     *url.URL
	body    string
	heard   func(k uint64) // called as a request is rendered; nil: nobody
}

func (s *evenly) Next() (uint64, time.Duration, bool) {
	if s.next >= s.n {
		return 0, 0, false
	}
	k := s.next
	s.next++
	return k, time.Duration(k) * s.gap, true
}

func (s *evenly) Render(k uint64, _ time.Duration) (Request, error) {
	if s.heard != nil {
		s.heard(k)
	}
	return Request{Method: http.MethodPost, URL: s.url, Header: http.Header{"User-Agent": {"test"}}, Body: []byte(s.body)}, nil
}

// recorded keeps everything. The lock is for Silence: Record is called by one goroutine.
type recorded struct {
	exchanges []exchange.Exchange
	sent      atomic.Int64
	mu        sync.Mutex
	silences  [][2]time.Duration
}

func (r *recorded) Record(x *exchange.Exchange)            { r.exchanges = append(r.exchanges, *x) }
func (r *recorded) Sent(_, _ time.Duration)                { r.sent.Add(1) }
func (r *recorded) Cleared(time.Duration)                  {}
func (r *recorded) ClockStep(time.Duration, time.Duration) {}

func (r *recorded) Silence(from, to time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.silences = append(r.silences, [2]time.Duration{from, to})
}

func (r *recorded) count(o exchange.Outcome) int {
	n := 0
	for _, x := range r.exchanges {
		if x.Outcome == o {
			n++
		}
	}
	return n
}

// hang is longer than anything takes that ends, however busy the machine.
const hang = time.Minute

func drive(t *testing.T, ctx context.Context, target string, n uint64, c Config) (*recorded, exchange.End) {
	t.Helper()
	return driveHeard(t, ctx, target, n, c, nil)
}

// driveHeard is drive with a function that hears of each request as it is rendered.
func driveHeard(t *testing.T, ctx context.Context, target string, n uint64, c Config, heard func(k uint64)) (*recorded, exchange.End) {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	r := &recorded{}
	if c.Slots == 0 {
		c.Slots = 8
	}
	if c.Timeout == 0 {
		c.Timeout = hang
	}
	if c.Drain == 0 {
		c.Drain = hang
	}
	if c.MaxBody == 0 {
		c.MaxBody = 1 << 20
	}
	if c.Failure == nil {
		c.Failure = func(x *exchange.Exchange, _ []byte) string {
			if x.Status >= 400 {
				return exchange.StatusKind(x.Status)
			}
			return ""
		}
	}
	c.Length = time.Duration(n) * time.Millisecond
	c.Epoch = time.Now()
	end := Run(ctx, c, &evenly{n: n, gap: time.Millisecond, url: u, body: "hello", heard: heard}, r)
	return r, end
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestEveryRequestIsSentOnceAndTimed(t *testing.T) {
	var got atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || string(body) != "hello" || err != nil ||
			r.Header.Get("X-Vegeta-Seq") != "" || r.Header.Get("User-Agent") != "test" || r.Header.Get("Accept-Encoding") != "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		got.Add(1)
		io.WriteString(w, "world!")
	})
	r, end := drive(t, t.Context(), target, 300, Config{})
	if n := r.count(exchange.Succeeded); n != 300 || got.Load() != 300 || r.sent.Load() != 300 || end.Next != 300 {
		t.Fatalf("%d succeeded, %d arrived, %d were sent and %d taken, of 300", n, got.Load(), r.sent.Load(), end.Next)
	}
	seen := map[uint64]bool{}
	for _, x := range r.exchanges {
		seen[x.K] = true
		wait, lag := max(0, x.Free-x.Intended), x.Sent-max(x.Intended, x.Free)
		if wait+lag+(x.End-x.Sent) != x.End-x.Intended || lag < 0 {
			t.Errorf("request %d: wait %v + lag %v + service %v ≠ response %v", x.K, wait, lag, x.End-x.Sent, x.End-x.Intended)
		}
		if x.Intended != time.Duration(x.K)*time.Millisecond || x.FirstByte < x.Sent || x.End < x.FirstByte {
			t.Errorf("request %d: intended %v, sent %v, first byte %v, end %v", x.K, x.Intended, x.Sent, x.FirstByte, x.End)
		}
		if x.Status != 200 || x.BytesIn != 6 || x.BytesOut != 5 {
			t.Errorf("request %d: status %d, %d bytes in, %d out", x.K, x.Status, x.BytesIn, x.BytesOut)
		}
	}
	if len(seen) != 300 {
		t.Errorf("%d numbers of 300", len(seen))
	}
}

// With all slots busy, a request waits for the target: lag stays the generator's own.
func TestWaitingForASlotIsWait(t *testing.T) {
	release := make(chan struct{})
	var waiting atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if waiting.Add(1) == 2 {
			// Both slots are taken; by now later requests are due.
			time.AfterFunc(150*time.Millisecond, func() { close(release) })
		}
		<-release
	})
	r, _ := drive(t, t.Context(), target, 50, Config{Config: exchange.Config{Slots: 2}})
	if n := r.count(exchange.Succeeded); n != 50 {
		t.Fatalf("%d of 50 succeeded", n)
	}
	for _, x := range r.exchanges {
		if x.K >= 2 && x.Free-x.Intended < 90*time.Millisecond {
			t.Errorf("request %d: due at %v, slot free at %v", x.K, x.Intended, x.Free)
		}
	}
	// There are more where the machine itself stands still.
	if !slices.ContainsFunc(r.silences, func(s [2]time.Duration) bool { return s[1]-s[0] >= 140*time.Millisecond }) {
		t.Errorf("silences %v, want one of 150 ms", r.silences)
	}
}

func TestTimeoutRunsFromTheSend(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body) // so that the server notices that the client is gone
		<-r.Context().Done()
	})
	r, end := drive(t, t.Context(), target, 4, Config{Config: exchange.Config{Slots: 1, Timeout: 60 * time.Millisecond}})
	if n := r.count(exchange.TimedOut); n != 4 {
		t.Fatalf("%d of 4 timed out: %+v", n, r.exchanges)
	}
	for _, x := range r.exchanges {
		// A busy machine may need longer than that to connect, and then nothing was sent.
		if age := x.End - x.Sent; x.Kind != "timeout" && (x.Kind != "connect: timeout" || x.Sent != 0) || age < 60*time.Millisecond {
			t.Errorf("request %d: %q after %v", x.K, x.Kind, age)
		}
	}
	if end.At < 240*time.Millisecond {
		t.Errorf("four time-outs in one slot took %v", end.At)
	}
}

func TestDrainEndsWithWhatIsUnfinishedAndUnsent(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		<-r.Context().Done()
	})
	r, end := drive(t, t.Context(), target, 20, Config{Config: exchange.Config{Slots: 3, Drain: 150 * time.Millisecond}})
	sent := int(r.sent.Load()) // 3, unless the machine is too busy to open three connections meanwhile
	if n := r.count(exchange.Unfinished); n != sent || sent > 3 {
		t.Errorf("%d unfinished of %d sent, want all, and no more than 3", n, sent)
	}
	if taken := len(r.exchanges); uint64(taken) != end.Next || r.count(exchange.Unsent) != taken-sent {
		t.Errorf("%d recorded, %d taken, %d sent, %d unsent", taken, end.Next, sent, r.count(exchange.Unsent))
	}
	if sent == 3 && end.FreeSince >= 0 || end.Cut != 20*time.Millisecond {
		t.Errorf("free since %v, cut at %v", end.FreeSince, end.Cut)
	}
	for _, x := range r.exchanges {
		if x.End != end.At {
			t.Errorf("request %d ended at %v, the run at %v", x.K, x.End, end.At)
		}
	}
}

func TestInterruptSendsNothingMore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var got atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got.Add(1) == 30 {
			cancel()
		}
	})
	r, end := drive(t, ctx, target, 60_000, Config{})
	if end.Cut >= hang || uint64(len(r.exchanges)) != end.Next {
		t.Errorf("cut at %v, %d recorded of %d taken", end.Cut, len(r.exchanges), end.Next)
	}
	if n := len(r.exchanges); n < 30 || n >= 60_000 {
		t.Errorf("%d were recorded after an interrupt at the 30th", n)
	}
}

// A slot that comes free after an interrupt is not to be used: what was due and not sent waited for the target.
func TestAfterAnInterruptNoSlotIsFree(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	release, over := make(chan struct{}, 1), make(chan struct{})
	var got atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got.Add(1) == 2 {
			interrupt()
			time.AfterFunc(20*time.Millisecond, func() { release <- struct{}{} })
		}
		select {
		case <-release: // one only: an engine that hears of the interrupt later has it in use again
		case <-over:
		}
	})
	defer close(over)
	r, end := drive(t, ctx, target, 10_000, Config{Config: exchange.Config{Slots: 2, Drain: 100 * time.Millisecond}})
	if end.FreeSince >= 0 || end.Stopped > end.At || end.Stopped > end.Cut || r.count(exchange.Unfinished) == 0 {
		t.Errorf("cut at %v, stopped at %v, ended at %v, a slot free since %v", end.Cut, end.Stopped, end.At, end.FreeSince)
	}
	if end.Next != uint64(len(r.exchanges)) {
		t.Errorf("%d recorded of %d that were taken", len(r.exchanges), end.Next)
	}
}

// A server that answers 10 of 100 requests, a millisecond apart: those that grow too old are given up, in flight or before they
// were sent, and all at about the same time. Counted from their sends they would take a minute and more, one after the other.
func TestDeadlineRunsFromTheIntendedStart(t *testing.T) {
	const deadline = 700 * time.Millisecond
	var got atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		if got.Add(1) > 10 {
			<-r.Context().Done()
		}
	})
	r, end := drive(t, t.Context(), target, 100, Config{Config: exchange.Config{Slots: 1, Deadline: deadline}})
	late, ok := r.count(exchange.Shed)+r.count(exchange.TimedOut), r.count(exchange.Succeeded)
	if late < 90 || late+ok != 100 {
		t.Errorf("%d shed, %d timed out and %d succeeded of 100", r.count(exchange.Shed), r.count(exchange.TimedOut), ok)
	}
	for _, x := range r.exchanges {
		if age := x.End - x.Intended; x.Outcome != exchange.Succeeded && (age < deadline || x.Kind != "deadline") {
			t.Errorf("request %d: outcome %d, %q, %v after it was due", x.K, x.Outcome, x.Kind, age)
		}
	}
	if end.At > 50*deadline {
		t.Errorf("ended at %v, want little more than the last deadline at %v", end.At, deadline+99*time.Millisecond)
	}
}

func TestClosedModelWaitsForItsUsers(t *testing.T) {
	var now, most atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
	})
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	const think = 20 * time.Millisecond
	run := func(n uint64, length time.Duration) (*recorded, exchange.End) {
		r := &recorded{}
		end := Run(t.Context(), Config{MaxBody: 1 << 20, Config: exchange.Config{
			Epoch: time.Now(), Length: length, Slots: 3, Timeout: hang, Drain: hang,
			Failure: func(*exchange.Exchange, []byte) string { return "" },
			Users: users.New(users.Config{
				Step: 1, Count: 3, Length: length,
				Think:   func(uint64) time.Duration { return think },
				Present: func(_ int, at time.Duration) time.Duration { return max(at, think) },
			}),
		}}, &evenly{n: n, url: u}, r)
		if most.Load() > 3 || r.count(exchange.Succeeded) != len(r.exchanges) {
			t.Errorf("%d at once of 3 users, %d of %d succeeded", most.Load(), r.count(exchange.Succeeded), len(r.exchanges))
		}
		for _, x := range r.exchanges {
			if x.Intended < think || x.Intended >= length {
				t.Errorf("request %d is intended at %v", x.K, x.Intended)
			}
		}
		return r, end
	}
	// Each user asks at most once a think time, and three do.
	if r, _ := run(1<<40, 200*time.Millisecond); len(r.exchanges) > 3*10 {
		t.Errorf("%d requests of 3 users in 200 ms with 20 ms to think", len(r.exchanges))
	}
	// However long that takes, they come again.
	if r, end := run(30, hang); len(r.exchanges) != 30 || end.At < 10*think {
		t.Errorf("%d requests of 3 users in %v with 20 ms to think, want 30 in no less than 200 ms", len(r.exchanges), end.At)
	}
}

// A raw server that does to each connection what its test says.
func rawServer(t *testing.T, each func(net.Conn)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				each(c)
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		wg.Wait()
	})
	return "http://" + ln.Addr().String()
}

// readRequest reads as far as the body that drive sends.
func readRequest(c net.Conn) {
	buf := make([]byte, 0, 4096)
	for {
		n, err := c.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err != nil || len(buf) >= 5 && string(buf[len(buf)-5:]) == "hello" {
			return
		}
	}
}

func TestFailuresAreNamed(t *testing.T) {
	refused := func() string {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		return "http://" + ln.Addr().String()
	}()
	answer := func(text string) func(net.Conn) {
		return func(c net.Conn) {
			readRequest(c)
			io.WriteString(c, text)
		}
	}
	for _, tc := range []struct {
		name, target, kind string
	}{
		{"refused", refused, "connect: refused"},
		{"closed without an answer", rawServer(t, answer("")), "connection closed early"},
		{"closed in the body", rawServer(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")), "connection closed early"},
		{"garbage", rawServer(t, answer("garbage\r\n\r\n")), "bad response"},
		{"reset", rawServer(t, func(c net.Conn) { readRequest(c); c.(*net.TCPConn).SetLinger(0) }), "connection reset"},
		{"status 503", serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }), "status 503"},
		{"unknown host", "http://no-such-host.invalid", "connect: unknown host"},
		{"https to a plain server", "https" + serve(t, func(http.ResponseWriter, *http.Request) {})[4:], "tls"},
	} {
		r, _ := drive(t, t.Context(), tc.target, 3, Config{})
		for _, x := range r.exchanges {
			if x.Outcome != exchange.Failed || x.Kind != tc.kind {
				t.Errorf("%s: outcome %d, kind %q (%s), want %q", tc.name, x.Outcome, x.Kind, x.Detail, tc.kind)
			}
		}
		if len(r.exchanges) != 3 {
			t.Errorf("%s: %d recorded of 3", tc.name, len(r.exchanges))
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var got atomic.Int64
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	r, _ := drive(t, t.Context(), target, 5, Config{})
	if r.count(exchange.Succeeded) != 5 || got.Load() != 5 {
		t.Errorf("%d succeeded and %d arrived, of 5", r.count(exchange.Succeeded), got.Load())
	}
}

func TestConnectTimeIsWait(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Connection", "close") })
	r, _ := drive(t, t.Context(), target, 20, Config{})
	for _, x := range r.exchanges {
		if x.Connect <= 0 || x.Free-x.Intended < x.Connect-time.Microsecond {
			t.Errorf("request %d: connecting took %v, free %v after it was due", x.K, x.Connect, x.Free-x.Intended)
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
	r, _ := driveHeard(t, t.Context(), s.URL, n, Config{Config: exchange.Config{Slots: n}, TLS: &tls.Config{InsecureSkipVerify: true}}, func(uint64) {
		if asked.Add(1) == n {
			close(all)
		}
	})
	if r.count(exchange.Succeeded) != n {
		t.Fatalf("%d of %d succeeded", r.count(exchange.Succeeded), n)
	}
	for _, x := range r.exchanges {
		if waited := x.Free - x.Slot; x.Connect == 0 && waited < held/2 || x.Slot != x.Intended {
			t.Errorf("request %d: due at %v, a slot at %v, a connection %v later, want at least %v", x.K, x.Intended, x.Slot, waited, held/2) // the last is asked for before it is due
		}
	}
}

func TestFailureSeesTheBeginningOfTheBody(t *testing.T) {
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Test", "yes")
		io.WriteString(w, "0123456789")
	})
	r, _ := drive(t, t.Context(), target, 5, Config{Config: exchange.Config{KeepBody: 4, Failure: func(x *exchange.Exchange, body []byte) string {
		return fmt.Sprint(x.Status, x.Header.Get("X-Test"), string(body))
	}}})
	for _, x := range r.exchanges {
		if x.Outcome != exchange.Failed || x.Kind != "200yes0123" || x.BytesIn != 10 {
			t.Errorf("request %d: outcome %d, %q, %d bytes", x.K, x.Outcome, x.Kind, x.BytesIn)
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
			r, _ := drive(t, t.Context(), s.URL, 50, Config{TLS: &tls.Config{InsecureSkipVerify: true}})
			stamped = 0
			for _, x := range r.exchanges {
				if !x.UserClock {
					stamped++
				}
				if x.Outcome == exchange.Succeeded && (x.End <= x.Sent || x.FirstByte > x.End) {
					t.Errorf("%s: sent at %v, first byte at %v, end at %v", tc.name, x.Sent, x.FirstByte, x.End)
				}
			}
			if n := r.count(exchange.Succeeded); n != 50 {
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
