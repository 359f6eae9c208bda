//go:build amd64 || arm64

package wire

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// driveFrames drives an origin that speaks HTTP/2 without TLS, and returns what came of it with how many answers shared a read.
func driveFrames(t *testing.T, address string, connections int, source exchangetest.Evenly, c exchange.Config) *exchangetest.Recorded {
	t.Helper()
	origin := at(t, address)
	origin.Share(connections)
	if source.Request == (exchangetest.Request{}) {
		source.Request = exchangetest.Request{Method: "GET", Target: "/"}
	}
	r := new(exchangetest.Recorded)
	config := Config{Config: exchangetest.Filled(c, source.Length()), Origins: []*Origin{origin}, Endpoints: 1}
	if _, err := Run(t.Context(), config, framed{&source, "http", address}, ofAny{r}); err != nil {
		t.Fatal(err)
	}
	return r
}

// spoken is the server's side of a connection, by x/net.
type spoken struct {
	*http2.Framer
	conn  net.Conn
	block bytes.Buffer
	hpack *hpack.Encoder
}

// speak listens for connections whose preface it reads; settings is what it says first.
func speak(t *testing.T, each func(n int, s *spoken)) string {
	return exchangetest.Listen(t, func(n int, c net.Conn, in *bufio.Reader) {
		if _, err := io.ReadFull(in, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		s := &spoken{Framer: http2.NewFramer(c, in), conn: c}
		s.AllowIllegalWrites = true
		s.hpack = hpack.NewEncoder(&s.block)
		each(n, s)
	})
}

// request reads until a request has come, and returns its stream; 0 at the end.
func (s *spoken) request() uint32 {
	for {
		f, err := s.ReadFrame()
		if err != nil {
			return 0
		}
		if h, ok := f.(*http2.HeadersFrame); ok {
			return h.StreamID
		}
	}
}

func (s *spoken) header(stream uint32, end bool, fields ...string) {
	s.block.Reset()
	for i := 0; i < len(fields); i += 2 {
		_ = s.hpack.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	_ = s.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: s.block.Bytes(), EndHeaders: true, EndStream: end})
}

// What a server of HTTP/2 does wrong is called what the other engine calls it.
func TestFailuresOverHTTP2(t *testing.T) {
	const n = 4
	for name, tc := range map[string]struct {
		each func(s *spoken)
		kind string
	}{
		"closed after the settings": {func(s *spoken) { s.request() }, exchange.ClosedEarly},
		"closed in the body": {func(s *spoken) {
			id := s.request()
			s.header(id, false, ":status", "200")
			_ = s.WriteData(id, false, []byte("short"))
		}, exchange.ClosedEarly},
		"a body that ends too soon": {func(s *spoken) {
			for id := s.request(); id > 0; id = s.request() {
				s.header(id, false, ":status", "200", "content-length", "9")
				_ = s.WriteData(id, true, []byte("short"))
			}
		}, exchange.ClosedEarly},
		"reset": {func(s *spoken) {
			s.request()
			exchangetest.Reset(s.conn)
		}, exchange.Reset},
		"a stream that is reset": {func(s *spoken) {
			for id := s.request(); id > 0; id = s.request() {
				_ = s.WriteRSTStream(id, http2.ErrCodeInternal)
			}
		}, exchange.StreamReset},
		"a stream that is reset after its header": {func(s *spoken) {
			for id := s.request(); id > 0; id = s.request() {
				s.header(id, false, ":status", "200")
				_ = s.WriteRSTStream(id, http2.ErrCodeInternal)
			}
		}, exchange.StreamReset},
		"refused whenever it is sent": {func(s *spoken) {
			for id := s.request(); id > 0; id = s.request() {
				_ = s.WriteRSTStream(id, http2.ErrCodeRefusedStream)
			}
		}, exchange.StreamReset},
		"goodbye at once": {func(s *spoken) {
			s.request()
			_ = s.WriteGoAway(0, http2.ErrCodeInternal, nil)
		}, exchange.ClosedEarly},
		"data on stream 0": {func(s *spoken) {
			s.request()
			_ = s.WriteData(0, false, []byte("x"))
			for s.request() > 0 {
			}
		}, exchange.BadResponse},
		"no header but data": {func(s *spoken) {
			for id := s.request(); id > 0; id = s.request() {
				_ = s.WriteData(id, true, []byte("x"))
			}
		}, exchange.BadResponse},
		"a header without end": {func(s *spoken) {
			s.header(s.request(), true, ":status", "200", "x", string(bytes.Repeat([]byte("y"), 4000)))
			block := bytes.Repeat([]byte{0xbe}, 100)
			for id := s.request(); id > 0; id = s.request() { // it waits for its answer
				for range 40 {
					_ = s.WriteHeaders(http2.HeadersFrameParam{StreamID: id + 1000, BlockFragment: block})
				}
			}
		}, exchange.BadResponse},
		"silence": {func(s *spoken) {
			for s.request() > 0 {
			}
		}, exchange.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := speak(t, func(_ int, s *spoken) {
				_ = s.WriteSettings()
				tc.each(s)
			})
			limit := exchangetest.Hang
			if tc.kind == exchange.Timeout {
				limit = 100 * time.Millisecond
			}
			for found := 0; found == 0; limit *= 4 { // a busy machine may need longer to connect
				r := driveFrames(t, address, 0, exchangetest.Evenly{N: n, Gap: 20 * time.Millisecond}, exchange.Config{Timeout: limit})
				for _, x := range r.Exchanges {
					if x.Kind == tc.kind || tc.kind == exchange.ClosedEarly && x.Kind == exchange.Reset { // closed with requests unread
						found++
					}
				}
				if found == 0 && limit > exchangetest.Hang/4 || len(r.Exchanges) != n {
					t.Fatalf("%d of %d are %q: %+v", found, n, tc.kind, r.Exchanges)
				}
			}
		})
	}
}

// A server that does not speak HTTP/2 says so by what it answers.
func TestServerWithoutHTTP2(t *testing.T) {
	address := exchangetest.Listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
		_, _ = in.ReadString('\n')
		_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		_, _ = io.Copy(io.Discard, in)
	})
	r := driveFrames(t, address, 0, exchangetest.Evenly{N: 3}, exchange.Config{})
	for _, x := range r.Exchanges {
		if x.Outcome != exchange.Failed || x.Kind != exchange.BadResponse || x.WasSent() {
			t.Errorf("request %d: %q %q", x.K, x.Kind, x.Detail)
		}
	}
}

// A server of TLS that chooses no protocol is told nothing in HTTP/2.
func TestServerThatChoosesNoProtocol(t *testing.T) {
	server, client := exchangetest.Certificate(t)
	address := exchangetest.ListenTLS(t, server, func(_ int, _ net.Conn, in *bufio.Reader) {
		if n, _ := io.Copy(io.Discard, in); n > 0 {
			t.Errorf("%d bytes were sent", n)
		}
	})
	origin := at(t, address)
	origin.Secure(client)
	origin.Share(0)
	source, r := exchangetest.Evenly{N: 3, Request: exchangetest.Request{Method: "GET", Target: "/"}}, new(exchangetest.Recorded)
	config := Config{Config: exchangetest.Filled(exchange.Config{}, source.Length()), Origins: []*Origin{origin}, Endpoints: 1}
	if _, err := Run(t.Context(), config, framed{&source, "https", address}, ofAny{r}); err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Exchanges {
		if x.Kind != exchange.TLS || x.WasSent() {
			t.Errorf("request %d: %q %q", x.K, x.Kind, x.Detail)
		}
	}
}

// What a server says that it has not touched is sent again, whatever its method, over another connection, and timed from when it
// was due.
func TestGoodbyeLosesNothing(t *testing.T) {
	const n = 40
	var served, connections atomic.Int64
	address := speak(t, func(_ int, s *spoken) {
		connections.Add(1)
		_ = s.WriteSettings()
		for i := 0; ; i++ {
			id := s.request()
			switch {
			case id == 0:
				return
			case i == 5: // not taken, as the server says
				_ = s.WriteGoAway(id-2, http2.ErrCodeNo, nil)
				return
			}
			served.Add(1)
			s.header(id, true, ":status", "200")
		}
	})
	post := exchangetest.Request{Method: "POST", Target: "/", Body: "x"}
	r := driveFrames(t, address, 0, exchangetest.Evenly{N: n, Request: post, Gap: 5 * time.Millisecond}, exchange.Config{Slots: 1})
	if r.Count(exchange.Succeeded) != n || served.Load() != n || connections.Load() < n/6 {
		t.Errorf("%d succeeded and %d were served of %d, over %d connections: %+v", r.Count(exchange.Succeeded), served.Load(), n, connections.Load(), r.Exchanges)
	}
	for _, x := range r.Exchanges {
		if x.Wait()+x.Lag()+x.Service() != x.Response() || x.Lag() < 0 {
			t.Errorf("request %d: %+v", x.K, x)
		}
	}
}

// Where a server says goodbye and then answers, both in one write, the next request goes over another connection.
func TestNothingIsAskedAfterAGoodbye(t *testing.T) {
	const n = 6
	var after atomic.Int64
	address := speak(t, func(_ int, s *spoken) {
		_ = s.WriteSettings()
		id := s.request()
		if id == 0 {
			return
		}
		var both bytes.Buffer
		s.Framer = http2.NewFramer(&both, s.conn)
		_ = s.WriteGoAway(id, http2.ErrCodeNo, nil)
		s.header(id, true, ":status", "200")
		_, _ = s.conn.Write(both.Bytes())
		if s.request() > 0 {
			after.Add(1)
		}
	})
	r := driveFrames(t, address, 1, exchangetest.Evenly{N: n}, exchange.Config{Slots: 1})
	if r.Count(exchange.Succeeded) != n || after.Load() > 0 {
		t.Errorf("%d of %d succeeded, %d were asked after a goodbye: %+v", r.Count(exchange.Succeeded), n, after.Load(), r.Exchanges)
	}
}

// Connections may say goodbye one after the other to the same request, which is sent again, but not without end.
func TestGoodbyesInARow(t *testing.T) {
	for _, tc := range []struct {
		goodbyes int
		outcome  exchange.Outcome
	}{{1, exchange.Succeeded}, {maxGoodbyes, exchange.Succeeded}, {maxGoodbyes + 1, exchange.Failed}} {
		address := speak(t, func(n int, s *spoken) {
			_ = s.WriteSettings()
			switch id := s.request(); {
			case n < tc.goodbyes:
				_ = s.WriteGoAway(0, http2.ErrCodeNo, nil)
			case id > 0:
				s.header(id, true, ":status", "200")
			}
			s.request()
		})
		post := exchangetest.Request{Method: "POST", Target: "/", Body: "x"}
		r := driveFrames(t, address, 0, exchangetest.Evenly{N: 1, Request: post}, exchange.Config{})
		if x := r.Exchanges[0]; len(r.Exchanges) != 1 || x.Outcome != tc.outcome || x.Retries != min(tc.goodbyes, maxGoodbyes) {
			t.Errorf("%d goodbyes: %+v", tc.goodbyes, r.Exchanges)
		}
	}
}

// A goodbye is heard where the loop is told of the connection's end by a write, before it has read anything.
func TestAGoodbyeBehindAResetIsHeard(t *testing.T) {
	for held := false; !held; { // on a busy machine the first request may not have come when the second is due
		const n = 2
		asked, end, ended, renders := make(chan bool), make(chan bool), make(chan bool), 0
		address := speak(t, func(number int, s *spoken) {
			_ = s.WriteSettings()
			id := s.request()
			if number == 0 {
				close(asked)
				<-end
				_ = s.WriteGoAway(0, http2.ErrCodeNo, nil)
				exchangetest.Reset(s.conn)
				close(ended)
				return
			}
			for ; id > 0; id = s.request() {
				s.header(id, true, ":status", "200")
			}
		})
		r := driveFrames(t, address, 1, exchangetest.Evenly{N: n, Gap: 50 * time.Millisecond, Rendered: func(k uint64) error {
			if renders += int(k); k == 0 || renders > 1 {
				return nil // it is rendered again where it is sent again
			}
			close(end)
			select {
			case <-asked:
				<-ended
				held = true
			default:
			}
			return nil
		}}, exchange.Config{})
		if r.Count(exchange.Succeeded) != n {
			t.Fatalf("%d of %d succeeded: %+v", r.Count(exchange.Succeeded), n, r.Exchanges)
		}
	}
}

// A server's limit of streams is kept; what has to wait for it waits for the target.
func TestStreamsOfOneConnection(t *testing.T) {
	for _, tc := range []struct {
		most                    uint32
		connections, slots, all int64
	}{{1, 1, 4, 1}, {2, 0, 6, 3}, {100, 0, 6, 1}, {100, 3, 6, 3}} {
		var opened, now, high atomic.Int64
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if n := now.Add(1); n > high.Load() {
				high.Store(n)
			}
			defer now.Add(-1)
			time.Sleep(20 * time.Millisecond) // of work
		}))
		server.Config.Protocols = new(http.Protocols)
		server.Config.Protocols.SetUnencryptedHTTP2(true)
		server.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: int(tc.most)}
		server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
			if s == http.StateNew {
				opened.Add(1)
			}
		}
		server.Start()
		const n = 30
		r := driveFrames(t, server.Listener.Addr().String(), int(tc.connections), exchangetest.Evenly{N: n}, exchange.Config{Slots: int(tc.slots)})
		server.Close()
		if r.Count(exchange.Succeeded) != n || opened.Load() != tc.all || high.Load() > min(tc.slots, tc.all*int64(tc.most)) {
			t.Errorf("%+v: %d of %d succeeded, %d at once over %d connections", tc, r.Count(exchange.Succeeded), n, high.Load(), opened.Load())
		}
		waited := 0
		for _, x := range r.Exchanges {
			if x.Wait() > x.SlotWait() && x.Connect == 0 {
				waited++
			}
		}
		if tc.most == 1 && waited < n/2 {
			t.Errorf("%d of %d requests waited for the server's limit", waited, n)
		}
	}
}

// A window that is never refilled holds a body back until the timeout, and nothing else.
func TestAWindowThatIsNeverRefilled(t *testing.T) {
	address := speak(t, func(_ int, s *spoken) {
		_ = s.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 10})
		for s.request() > 0 {
		}
	})
	post := exchangetest.Request{Method: "POST", Target: "/", Body: "longer than ten bytes"}
	r := driveFrames(t, address, 0, exchangetest.Evenly{N: 3, Request: post}, exchange.Config{Timeout: 100 * time.Millisecond})
	if r.Count(exchange.TimedOut) != 3 {
		t.Errorf("%+v", r.Exchanges)
	}
}

// inOrder are requests, a long time apart.
type inOrder struct {
	requests []Request
	next     uint64
}

func (s *inOrder) Next() (uint64, time.Duration, bool) {
	s.next++
	return s.next - 1, time.Duration(s.next-1) * 10 * time.Millisecond, s.next <= uint64(len(s.requests))
}

func (s *inOrder) Render(k uint64, _ time.Duration) (Request, error) { return s.requests[k], nil }

// A connection without TLS has no time of a handshake, whatever had its place before.
func TestNoHandshakeWithoutTLS(t *testing.T) {
	first := secured(t, tls.VersionTLS13, func(_ int, c *tls.Conn, _ *holding, in *bufio.Reader) {
		for request(in) {
			_, _ = io.WriteString(c, ok)
		}
	})
	second, plain := one(t, 100)
	plain.Origin = 1
	r, c := new(exchangetest.Recorded), exchangetest.Filled(exchange.Config{Slots: 1}, exchangetest.Hang)
	source := &inOrder{requests: []Request{{Bytes: []byte(get)}, plain}}
	if _, err := Run(t.Context(), Config{Config: c, Origins: []*Origin{first, second}, Endpoints: 1}, source, ofAny{r}); err != nil {
		t.Fatal(err)
	}
	if r.Count(exchange.Succeeded) != 2 {
		t.Fatalf("%+v", r.Exchanges)
	}
	for _, x := range r.Exchanges {
		if x.Connect == 0 || (x.Handshake > 0) != (x.K == 0) {
			t.Errorf("request %d: %v of %v were a handshake", x.K, x.Handshake, x.Connect)
		}
	}
}
