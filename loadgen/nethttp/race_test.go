package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quic-go/quic-go"

	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// Of several addresses the first that answers is taken, and what else is connected at its end is dropped.
func TestRace(t *testing.T) {
	const silent = -1
	refused, untrusted := errors.New("refused"), &quic.TransportError{ErrorCode: 0x100 + 42}
	type server struct {
		after time.Duration
		err   error
	}
	for name, tc := range map[string]struct {
		servers []server
		want    int // whose connection; -1: an error
		err     error
		took    time.Duration
	}{
		"one":                        {[]server{{0, nil}}, 0, nil, 0},
		"the first is slow":          {[]server{{200 * time.Millisecond, nil}, {0, nil}}, 0, nil, 200 * time.Millisecond},
		"the first is silent":        {[]server{{silent, nil}, {time.Millisecond, nil}}, 1, nil, 251 * time.Millisecond},
		"the first fails":            {[]server{{time.Millisecond, refused}, {time.Millisecond, nil}}, 1, nil, 2 * time.Millisecond},
		"both connect":               {[]server{{300 * time.Millisecond, nil}, {100 * time.Millisecond, nil}}, 0, nil, 350 * time.Millisecond},
		"all fail":                   {[]server{{time.Millisecond, refused}, {time.Millisecond, errors.New("other")}}, -1, refused, 2 * time.Millisecond},
		"none is trusted":            {[]server{{time.Millisecond, untrusted}, {0, nil}}, -1, untrusted, time.Millisecond},
		"all are silent":             {[]server{{silent, nil}, {silent, nil}, {silent, nil}}, -1, context.DeadlineExceeded, 10 * time.Second},
		"two are silent, of several": {[]server{{silent, nil}, {silent, nil}, {0, nil}, {0, nil}}, 2, nil, 500 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var connected, dropped atomic.Int32
			begun := time.Now()
			got, err := race(ctx, len(tc.servers), func(ctx context.Context, i int) (int, error) {
				s := tc.servers[i]
				if s.after == silent {
					<-ctx.Done()
					return -1, ctx.Err()
				}
				time.Sleep(s.after)
				if s.err != nil {
					return -1, s.err
				}
				connected.Add(1)
				return i, nil
			}, func(int) { dropped.Add(1) })
			if got != tc.want || !errors.Is(err, tc.err) || time.Since(begun) != tc.took {
				t.Errorf("%s: connected to %d, %v, after %v", name, got, err, time.Since(begun))
			}
			if kept := connected.Load() - dropped.Load(); kept != 1 && err == nil || kept != 0 && err != nil {
				t.Errorf("%s: %d were connected, and %d kept", name, connected.Load(), kept)
			}
		})
	}
}

// A host of whose addresses only the second speaks HTTP/3 is connected to.
func TestTheSecondAddressSpeaksHTTP3(t *testing.T) {
	server, client := exchangetest.Certificate(t)
	at, err := net.ResolveUDPAddr("udp", exchangetest.ServeHTTP3(t, server, http.NotFoundHandler()))
	if err != nil {
		t.Fatal(err)
	}
	q := &quicDialer{timeout: exchangetest.Hang, lookUp: func(context.Context, string) ([]*net.UDPAddr, error) {
		return []*net.UDPAddr{{IP: net.IPv4(127, 0, 0, 2), Port: at.Port}, at}, nil
	}}
	defer q.close()
	c, err := q.dial(t.Context(), "server.test:443", withALPN(client), quicConfig(exchangetest.Hang))
	if err != nil {
		t.Fatal(err)
	}
	if c.RemoteAddr().String() != at.String() {
		t.Errorf("connected to %v", c.RemoteAddr())
	}
	_ = c.CloseWithError(0, "")
}

// All addresses of localhost are known.
func TestLocalhostsAddresses(t *testing.T) {
	found, err := net.DefaultResolver.LookupIPAddr(t.Context(), "localhost")
	if err != nil {
		t.Skip(err)
	}
	list, err := udpAddresses(t.Context(), "localhost:4433")
	if err != nil || len(list) != len(found) || list[0].Port != 4433 {
		t.Errorf("%v, %v of %v", list, err, found)
	}
}

func withALPN(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.NextProtos = []string{"h3"}
	return c
}
