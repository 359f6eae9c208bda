package h2

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/http2"
)

// answer is what came of a stream.
type answer struct {
	status int
	lines  string
	body   bytes.Buffer
	over   bool
	failed string
	why    Failure
}

// answers takes what came, by stream.
type answers struct {
	conn   *Conn
	of     map[int32]*answer
	done   []*answer
	cancel bool // of what has a body
}

func (a *answers) begin(t testing.TB, r *Request) *answer {
	t.Helper()
	i, err := a.conn.Begin(r)
	if err != nil {
		t.Fatal(err)
	}
	a.of[i] = &answer{}
	return a.of[i]
}

func (a *answers) Headed(i int32, status int, lines []byte) {
	a.of[i].status, a.of[i].lines = status, string(lines)
}

func (a *answers) Content(i int32, p []byte) bool {
	a.of[i].body.Write(p)
	if a.cancel {
		a.conn.Cancel(i)
	}
	return !a.cancel
}

func (a *answers) Ended(i int32) {
	a.of[i].over = true
	a.done = append(a.done, a.of[i])
}

func (a *answers) Failed(i int32, why Failure, detail string) {
	a.of[i].failed, a.of[i].why = detail, why
	a.done = append(a.done, a.of[i])
}

func newAnswers() *answers {
	a := &answers{of: map[int32]*answer{}}
	a.conn = New(a)
	return a
}

func head(t testing.TB, index int, method string, fields map[string][]string) *Head {
	t.Helper()
	h, err := NewHead(index, method, "http", "example.test", fields)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// serve runs net/http's server on the other end of a connection.
func serve(t *testing.T, handler http.HandlerFunc, config http.HTTP2Config) net.Conn {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.Protocols, server.Config.HTTP2 = new(http.Protocols), &config
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	client, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// pump writes what is in Out and reads what comes, until as many streams are over.
func (a *answers) pump(t *testing.T, conn net.Conn, done int) {
	t.Helper()
	write := make(chan []byte, 1024)
	defer close(write)
	go func() {
		for b := range write {
			_, _ = conn.Write(b)
		}
	}()
	buffer := make([]byte, 4096)
	for len(a.done) < done || !a.conn.Ready {
		write <- bytes.Clone(a.conn.Out)
		a.conn.Wrote()
		n, err := conn.Read(buffer)
		if err != nil {
			t.Fatalf("%d of %d are over: %v", len(a.done), done, err)
		}
		if err := a.conn.Feed(buffer[:n]); err != nil {
			t.Fatal(err)
		}
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("X-Seen", fmt.Sprint(r.Method, " ", r.Host, " ", r.URL.RequestURI(), " ", r.Header.Get("X-Fixed"), " ", r.UserAgent(), " ", r.ContentLength))
	w.Header().Set("X-Drawn", r.Header.Get("X-Drawn"))
	if strings.HasPrefix(r.URL.Path, "/missing") {
		w.WriteHeader(http.StatusNotFound)
	}
	_, _ = w.Write(body)
}

// Go's server reads what this client writes, and the other way round: fields that are indexed, bodies beyond the windows,
// more streams than one.
func TestAgainstAServer(t *testing.T) {
	a := newAnswers()
	conn := serve(t, echo, http.HTTP2Config{})
	a.pump(t, conn, 0)
	fixed := map[string][]string{"X-Fixed": {"of all"}, "User-Agent": {"bench"}}
	large := bytes.Repeat([]byte("0123456789"), 50_000)
	get, post, headed := head(t, 0, "GET", fixed), head(t, 1, "POST", fixed), head(t, 2, "HEAD", fixed)
	for round := range 3 {
		var want, drawn []string
		var got []*answer
		for i := range 20 {
			var r Request
			var seen string
			switch i % 4 {
			case 0:
				r = Request{Head: get, Path: fmt.Appendf(nil, "/items/%d?q=%d", i, round)}
				seen = fmt.Sprintf("GET example.test %s of all bench 0", r.Path)
			case 1:
				r = Request{Head: post, Path: []byte("/"), Body: large}
				seen = fmt.Sprintf("POST example.test / of all bench %d", len(large))
			case 2:
				r = Request{Head: headed, Path: []byte("/missing")}
				seen = "HEAD example.test /missing of all bench 0"
			case 3:
				value := fmt.Sprint(round, "-", i)
				r = Request{Head: head(t, -1, "GET", map[string][]string{"X-Drawn": {value}}), Path: []byte("/")}
				seen, drawn = "GET example.test /   0", append(drawn, value)
			}
			got, want = append(got, a.begin(t, &r)), append(want, seen)
		}
		a.pump(t, conn, 20*(round+1))
		for i, g := range got {
			if !g.over || !strings.Contains(g.lines, "x-seen: "+want[i]+"\r\n") {
				t.Fatalf("round %d, request %d: %+v, want %q", round, i, g, want[i])
			}
			switch i % 4 {
			case 1:
				if !bytes.Equal(g.body.Bytes(), large) {
					t.Errorf("a body of %d bytes came back as %d", len(large), g.body.Len())
				}
			case 2:
				if g.status != 404 {
					t.Error(g.status)
				}
			case 3:
				if !strings.Contains(g.lines, "x-drawn: "+drawn[i/4]+"\r\n") {
					t.Error(g.lines)
				}
			}
		}
	}
	if a.conn.Open() != 0 || a.conn.blocked != 0 {
		t.Errorf("%d open", a.conn.Open())
	}
}

// A stream is found by its number, however many others began since it did.
func TestStreamsByNumber(t *testing.T) {
	a := newAnswers()
	if err := a.conn.Feed(raw(frameSettings, 0, 0, "")); err != nil {
		t.Fatal(err)
	}
	var open []int32
	for n := range 1000 {
		i, err := a.conn.Begin(&Request{Head: head(t, 0, "GET", nil), Path: []byte("/")})
		if err != nil {
			t.Fatal(err)
		}
		if open = append(open, i); n%3 > 0 {
			a.conn.Cancel(open[len(open)-2])
			open = append(open[:len(open)-2], i)
		}
	}
	for _, i := range open {
		if got, err := a.conn.lookup(a.conn.streams[i].id); got != i || err != nil {
			t.Errorf("stream %d is at %d, and found at %d: %v", a.conn.streams[i].id, i, got, err)
		}
	}
	over, err := a.conn.lookup(1)
	if _, never := a.conn.lookup(a.conn.nextID); over != -1 || err != nil || never == nil {
		t.Errorf("one that is over is at %d: %v; one that never was: %v", over, err, never)
	}
}

// A server's limit of streams, and a table that it does not want.
func TestAServersLimits(t *testing.T) {
	a := newAnswers()
	conn := serve(t, echo, http.HTTP2Config{MaxConcurrentStreams: 7, MaxDecoderHeaderTableSize: 64})
	if a.conn.Room() != 0 {
		t.Error("there is room before the server said how much")
	}
	a.pump(t, conn, 0)
	if a.conn.Room() != 7 {
		t.Errorf("room for %d", a.conn.Room())
	}
	get := head(t, 0, "GET", map[string][]string{"X-Fixed": {strings.Repeat("x", 100)}})
	for round := range 3 {
		for range 7 {
			a.begin(t, &Request{Head: get, Path: []byte("/")})
		}
		if a.conn.Room() != 0 {
			t.Errorf("room for %d more", a.conn.Room())
		}
		a.pump(t, conn, 7*(round+1))
	}
	for _, g := range a.done {
		if !g.over || !strings.Contains(g.lines, get.fields[0].value) {
			t.Errorf("%+v", g)
		}
	}
}

// A stream that is given up tells nothing more, and the others go on.
func TestCancel(t *testing.T) {
	a := newAnswers()
	conn := serve(t, echo, http.HTTP2Config{})
	a.pump(t, conn, 0)
	a.cancel = true
	post := a.begin(t, &Request{Head: head(t, 0, "POST", nil), Path: []byte("/"), Body: make([]byte, 100_000)})
	get := a.begin(t, &Request{Head: head(t, 1, "GET", nil), Path: []byte("/")})
	a.pump(t, conn, 1)
	for a.conn.Open() > 0 {
		again := a.begin(t, &Request{Head: head(t, 1, "GET", nil), Path: []byte("/")})
		for done := len(a.done) + 1; len(a.done) < done && a.conn.Open() > 0; {
			a.pump(t, conn, done)
		}
		if !again.over {
			t.Fatalf("%+v", again)
		}
	}
	if post.over || post.body.Len() == 0 || !get.over {
		t.Errorf("the canceled one %+v, the other %+v", post, get)
	}
}

// The bodies that wait for the window that they share have turns, also with those begun later.
func TestBodiesHaveTurns(t *testing.T) {
	server, a := newPeer(), newAnswers()
	feed := func(write func(*http2.Framer)) {
		if err := a.conn.Feed(server.bytes(write)); err != nil {
			t.Fatal(err)
		}
	}
	feed(func(f *http2.Framer) {
		_ = f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 30})
	})
	post := &Request{Head: head(t, 0, "POST", nil), Path: []byte("/"), Body: make([]byte, 100_000)}
	const bodies, turns, piece = 4, 3, 1000
	for range bodies {
		a.begin(t, post)
	}
	a.conn.Wrote()
	sent := map[uint32]int{}
	for range turns * bodies {
		feed(func(f *http2.Framer) { _ = f.WriteWindowUpdate(0, piece) })
		f := http2.NewFramer(nil, bytes.NewReader(a.conn.Out))
		for {
			frame, err := f.ReadFrame()
			if err != nil {
				break
			}
			if data, ok := frame.(*http2.DataFrame); ok {
				sent[data.StreamID] += len(data.Data())
			}
		}
		a.conn.Wrote()
	}
	for id := range uint32(bodies) {
		if got := sent[2*id+1]; got != turns*piece {
			t.Errorf("stream %d sent %d bytes in %d turns", 2*id+1, got, turns)
		}
	}
}

// A warm connection allocates nothing for a request and its answer.
func BenchmarkRequest(b *testing.B) {
	server := newPeer()
	a := &counted{}
	a.conn = New(a)
	if err := a.conn.Feed(server.bytes(func(f *http2.Framer) { _ = f.WriteSettings() })); err != nil {
		b.Fatal(err)
	}
	r := &Request{Head: head(b, 0, "GET", map[string][]string{"User-Agent": {"bench"}, "Accept": {"*/*"}}), Path: []byte("/items/7")}
	block := server.block(":status", "200", "date", "Sun, 29 Nov 2026 18:00:00 GMT", "content-length", "16", "server", "nginx")
	reply := server.bytes(func(f *http2.Framer) {
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block, EndHeaders: true})
		_ = f.WriteData(1, true, make([]byte, 16))
	})
	data := frameHead + len(block)
	b.ReportAllocs()
	for b.Loop() {
		i, err := a.conn.Begin(r)
		if err != nil {
			b.Fatal(err)
		}
		a.conn.Wrote()
		id := a.conn.streams[i].id
		for _, at := range []int{5, data + 5} {
			reply[at], reply[at+1], reply[at+2], reply[at+3] = byte(id>>24), byte(id>>16), byte(id>>8), byte(id)
		}
		if err := a.conn.Feed(reply); err != nil {
			b.Fatal(err)
		}
	}
	if a.ended != b.N {
		b.Errorf("%d of %d", a.ended, b.N)
	}
}

// counted counts what is whole.
type counted struct {
	conn  *Conn
	ended int
}

func (*counted) Headed(int32, int, []byte)     {}
func (*counted) Content(int32, []byte) bool    { return true }
func (c *counted) Ended(int32)                 { c.ended++ }
func (*counted) Failed(int32, Failure, string) {}
