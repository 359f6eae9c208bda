//go:build amd64 || arm64

package wire

import (
	"bufio"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
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
	shared := func(streams uint32) func(t *testing.T) (*Origin, Request) {
		return func(t *testing.T) (*Origin, Request) { return one(t, streams) }
	}
	for name, tc := range map[string]struct {
		server func(*testing.T) (*Origin, Request)
		body   int // bytes
		n      int // requests on their way
		may    bool
	}{
		"HTTP/1.1": {server: simple, n: 1, may: true},
		"HTTP/1.1, a request that the socket took a part of": {server: simple, body: 16 << 20, n: 1},
		"HTTP/2, one that is alone":                          {server: shared(100), n: 1, may: true},
		"HTTP/2, two on a connection":                        {server: shared(100), n: 2},
		"HTTP/2, others may wait for it":                     {server: shared(1), n: 1},
		"HTTP/2, a body that waits for the peer's windows":   {server: shared(100), body: 1 << 20, n: 1},
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

// An answer of HTTP/2 that comes while no other is on its way lies unread too, and keeps its arrival.
func TestAnUnreadAnswerOfHTTP2KeepsItsArrival(t *testing.T) {
	const gap = 8 * time.Millisecond
	var answered sync.Map // by stream
	address := speak(t, func(_ int, s *spoken) {
		_ = s.WriteSettings()
		for id := s.request(); id > 0; id = s.request() {
			s.header(id, true, ":status", "200")
			answered.Store(id, time.Now())
		}
	})
	unread(t, gap, func() ([]exchange.Exchange, func(k uint64) (time.Time, bool)) {
		answered.Clear()
		r := driveFrames(t, address, 1, exchangetest.Evenly{N: 60, Gap: gap}, exchange.Config{})
		for _, x := range r.Exchanges {
			if !x.UserClock && x.FirstByte == 0 {
				t.Errorf("request %d: the first byte of an answer of one segment is not known", x.K)
			}
		}
		if r.Count(exchange.Succeeded) != 60 {
			t.Fatalf("%d of 60 succeeded", r.Count(exchange.Succeeded))
		}
		return r.Exchanges, func(k uint64) (time.Time, bool) {
			at, out := answered.Load(uint32(2*k + 1))
			if !out {
				return time.Time{}, false
			}
			return at.(time.Time), true
		}
	})
}
