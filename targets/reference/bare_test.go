package reference

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// serveBare serves for the length of the test and returns where.
func serveBare(t *testing.T) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error)
	go func() { ended <- ServeBare(ctx, ln, func() { close(ready) }) }()
	<-ready
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Requests are answered one by one, wherever their bytes are split and however many come at once.
func TestBareAnswersEachRequest(t *testing.T) {
	addr := serveBare(t)
	const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, tc := range []struct {
		name   string
		writes []string
		want   int
	}{
		{"one", []string{request}, 1},
		{"pipelined", []string{strings.Repeat(request, 3)}, 3},
		{"split in the blank line", []string{request[:len(request)-2], request[len(request)-2:]}, 1},
		{"one and a half, then the rest", []string{request + request[:9], request[9:]}, 2},
		{"more than the buffer, in all", []string{strings.Repeat(request, 2*maxBareRequest/len(request))}, 2 * maxBareRequest / len(request)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			conn := dial(t, addr)
			go func() {
				for _, w := range tc.writes {
					io.WriteString(conn, w)
				}
			}()
			answers := bufio.NewReader(conn)
			for i := range tc.want {
				resp, err := http.ReadResponse(answers, nil)
				if err != nil {
					t.Fatalf("answer %d: %v", i, err)
				}
				if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK || string(body) != "ok\n" {
					t.Fatalf("answer %d: %s %q, %v", i, resp.Status, body, err)
				}
			}
			if answers.Buffered() != 0 {
				t.Errorf("%d bytes more than the answers", answers.Buffered())
			}
		})
	}
}

func TestBareRefusesEndlessHeader(t *testing.T) {
	conn := dial(t, serveBare(t))
	go io.WriteString(conn, strings.Repeat("x", maxBareRequest))
	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes for an endless header", n)
	}
}
