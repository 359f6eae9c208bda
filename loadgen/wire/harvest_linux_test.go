//go:build amd64 || arm64

package wire

import (
	"bufio"
	"io"
	"net"
	"slices"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// An answer may lie unread only where nothing waits for it and no other can come with it, and once its request has all gone out.
func TestWhichAnswersMayLieUnread(t *testing.T) {
	simple := func(*testing.T) (*Origin, Request) {
		return at(t, exchangetest.Listen(t, func(_ int, c net.Conn, in *bufio.Reader) {
			request(in)
			io.WriteString(c, ok)
			<-t.Context().Done()
		})), Request{Bytes: []byte(get)}
	}
	for name, tc := range map[string]struct {
		server func(*testing.T) (*Origin, Request)
		body   int // bytes
		n      int // requests on their way
		may    bool
	}{
		"HTTP/1.1": {server: simple, n: 1, may: true},
		"HTTP/1.1, a request that the socket took a part of": {server: simple, body: 16 << 20, n: 1},
	} {
		t.Run(name, func(t *testing.T) {
			origin, r := tc.server(t)
			l := warmed(t, origin, r)
			l.streak[0] = lazyAfter
			body := make([]byte, tc.body)
			r.Bytes, r.Frames.Body = slices.Concat(r.Bytes, body), body
			for range tc.n {
				l.start(r)
			}
			if l.lazily() != tc.may {
				t.Errorf("its answer may lie unread: %v, want %v", l.lazily(), tc.may)
			}
		})
	}
}
