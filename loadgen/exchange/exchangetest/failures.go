package exchangetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
)

// noServer returns an address at which nothing listens.
func noServer(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// answers serves the same bytes as the answer to each request, and closes the connection.
func (s suite) answers(t *testing.T, text string) string {
	return s.listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
		if ReadRequest(in) {
			io.WriteString(c, text)
		}
	})
}

func failures(t *testing.T, s suite) {
	const n = 3
	reset := s.listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
		ReadRequest(in)
		Reset(c)
	})
	for _, tc := range []struct {
		name, address, kind string
	}{
		{"refused", noServer(t), exchange.ConnectRefused},
		{"closed without an answer", s.answers(t, ""), exchange.ClosedEarly},
		{"closed in the header", s.answers(t, "HTTP/1.1 200 OK\r\nContent-Le"), exchange.ClosedEarly},
		{"closed in the body", s.answers(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"), exchange.ClosedEarly},
		{"closed in a chunk", s.answers(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort"), exchange.ClosedEarly},
		{"garbage", s.answers(t, "garbage\r\n\r\n"), exchange.BadResponse},
		{"another protocol", s.answers(t, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), exchange.BadResponse},
		{"a long header", s.answers(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 300<<10)+"\r\n\r\n"), exchange.HeaderTooLong},
		{"reset", reset, exchange.Reset},
		{"status 503", s.serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }), exchange.StatusKind(503)},
	} {
		r, _ := s.drive(t, t.Context(), tc.address, Evenly{N: n, Request: Post}, exchange.Config{})
		if r.Count(exchange.Failed) != n {
			t.Errorf("%s: %d of %d failed", tc.name, r.Count(exchange.Failed), n)
		}
		for _, x := range r.Exchanges {
			if x.Kind != tc.kind || x.WasSent() != (tc.kind != exchange.ConnectRefused) || !x.WasSent() && x.Free != exchange.NeverFree {
				t.Errorf("%s: request %d, sent at %v, free at %v: %q (%s), want %q", tc.name, x.K, x.Sent, x.Free, x.Kind, x.Detail, tc.kind)
			}
		}
	}
}

func notSendable(t *testing.T, s suite) {
	address := s.serve(t, func(http.ResponseWriter, *http.Request) {})
	refused := errors.New("refused by the test")
	r, _ := s.drive(t, t.Context(), address, Evenly{N: 10, Rendered: func(k uint64) error {
		if k%2 == 1 {
			return refused
		}
		return nil
	}}, exchange.Config{})
	for _, x := range r.Exchanges {
		failed := x.Outcome == exchange.Failed && x.Kind == exchange.NotSendable && !x.WasSent() && x.Detail == refused.Error()
		if failed != (x.K%2 == 1) || !failed && x.Outcome != exchange.Succeeded {
			t.Errorf("request %d: %+v", x.K, x)
		}
	}
	if len(r.Exchanges) != 10 || len(r.Sends) != 5 {
		t.Errorf("%d recorded of 10, %d sent of 5", len(r.Exchanges), len(r.Sends))
	}
}

// What a header says is known, whatever becomes of the body.
func cutOff(t *testing.T, s suite) {
	const answer = "HTTP/1.1 206 Partial Content\r\nX-Cache: HIT\r\n"
	silent := make(chan struct{})
	defer close(silent)
	for _, tc := range []struct {
		text    string
		hangs   bool
		status  int
		outcome exchange.Outcome
	}{
		{answer + "Content-Length: 100\r\n\r\nshort", false, 206, exchange.Failed},
		{answer + "Content-Length: 100\r\n\r\n", false, 206, exchange.Failed},
		{answer + "Transfer-Encoding: chunked\r\n\r\nnot a size\r\n", false, 206, exchange.Failed},
		{answer + "Content-Length: 100\r\n\r\nshort", true, 206, exchange.Unfinished},
		{answer, false, 0, exchange.Failed},
		{"HTTP/1.1 103 Early Hints\r\nX-Cache: MISS\r\n\r\n" + answer, false, 0, exchange.Failed},
	} {
		address := s.listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
			if ReadRequest(in) {
				io.WriteString(c, tc.text)
			}
			if tc.hangs {
				<-silent
			}
		})
		want := fmt.Sprint(tc.outcome, tc.status, map[int]string{206: "HIT"}[tc.status])
		for drain := exchange.InterruptDrain; ; drain *= 4 {
			c := exchange.Config{}
			if tc.hangs {
				c.Drain = drain
			}
			r, _ := s.drive(t, t.Context(), address, Evenly{N: 1, Request: Post}, c)
			if len(r.Exchanges) != 1 {
				t.Fatalf("%q: %d recorded of 1", tc.text, len(r.Exchanges))
			}
			x := r.Exchanges[0]
			got := fmt.Sprint(x.Outcome, x.Status, x.Header.Get("X-Cache"))
			if got == want {
				break
			}
			// The drain of a busy machine may be over before the header has come.
			if !tc.hangs || drain > Hang/4 {
				t.Errorf("%q: outcome, status and cache are %s", tc.text, got)
				break
			}
		}
	}
}

// The first connection is closed when the second request comes, without an answer, as by a server whose keep-alive limit runs out
// at that moment. What may be sent twice is sent again.
func closedWhileIdle(t *testing.T, s suite) {
	for _, tc := range []struct {
		request Request
		want    int // successes of 3
	}{{get, 3}, {Post, 2}} {
		address := s.listen(t, func(n int, c net.Conn, in *bufio.Reader) {
			for i := 0; ReadRequest(in); i++ {
				if n == 0 && i == 1 {
					return
				}
				io.WriteString(c, OK)
			}
		})
		r, _ := s.drive(t, t.Context(), address, Evenly{N: 3, Request: tc.request}, exchange.Config{Slots: 1})
		retries := 0
		for _, x := range r.Exchanges {
			retries += x.Retries
			if x.Outcome == exchange.Failed && x.Kind != exchange.ClosedEarly && x.Kind != exchange.Reset && x.Kind != exchange.IdleClosed {
				t.Errorf("failed as %q", x.Kind)
			}
		}
		if got := r.Count(exchange.Succeeded); got != tc.want || retries != tc.want-2 {
			t.Errorf("%s: %d of 3 succeeded with %d retries, want %d with %d", tc.request.Method, got, retries, tc.want, tc.want-2)
		}
	}
}
