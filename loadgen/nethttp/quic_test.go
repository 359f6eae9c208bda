package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func overQUIC(address string, trusting *tls.Config, connected func(exchange.Connection)) exchangetest.Engine {
	server := &url.URL{Scheme: "https", Host: address}
	return func(ctx context.Context, c exchange.Config, source exchange.Source[exchangetest.Request], sink exchange.Sink) (exchange.End, error) {
		c.Connected = connected
		return Run(ctx, Config{Config: c, MaxBody: 1 << 20, TLS: trusting, HTTP3: true}, parsed{source, server}, sink), nil
	}
}

func TestEngineOverHTTP3(t *testing.T) {
	t.Parallel()
	exchangetest.RunHTTP3(t, func(_ *testing.T, address string, trusting *tls.Config) exchangetest.Engine {
		return overQUIC(address, trusting, nil)
	})
}

// kinds drives a server of HTTP/3 with a few requests to a path, and returns the kinds of failure that there were.
func kinds(t *testing.T, address, target string, trusting *tls.Config, connected func(exchange.Connection)) (list []string) {
	t.Helper()
	var r exchangetest.Recorded
	c := exchange.Config{Epoch: time.Now(), Length: 3 * time.Millisecond, Slots: 3, Timeout: exchangetest.Hang, Drain: exchangetest.Hang,
		Failure: func(x *exchange.Exchange, _ []byte) string {
			if x.Status != http.StatusOK {
				return exchange.StatusKind(x.Status)
			}
			return ""
		}}
	source := &exchangetest.Evenly{N: 3, Request: exchangetest.Request{Method: "GET", Target: target}}
	if _, err := overQUIC(address, trusting, connected)(t.Context(), c, source, &r); err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Exchanges {
		if !slices.Contains(list, x.Kind) {
			list = append(list, x.Kind)
		}
	}
	return list
}

// Requests share a connection, which is told of once, and failures have the names that they have over TCP.
func TestFailuresOverHTTP3AreNamed(t *testing.T) {
	server, client := exchangetest.Certificate(t)
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/500":
			w.WriteHeader(http.StatusInternalServerError)
		case "/reset":
			panic(http.ErrAbortHandler)
		case "/header":
			for range 300 {
				w.Header().Add("X-Long", strings.Repeat("x", 1000))
			}
		case "/body":
			for range 2 << 10 {
				if _, err := w.Write(make([]byte, 1<<10)); err != nil {
					return
				}
			}
		}
	}
	address := exchangetest.ServeHTTP3(t, server, http.HandlerFunc(handler))
	for target, want := range map[string]string{
		"/": "", "/500": "status 500", "/reset": exchange.StreamReset, "/header": exchange.HeaderTooLong, "/body": exchange.BodyTooLong,
	} {
		var opened []exchange.Connection
		got := kinds(t, address, target, client, func(c exchange.Connection) { opened = append(opened, c) })
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%s failed as %q, want %q", target, got, want)
		}
		if target == "/" && (len(opened) != 1 || opened[0].Protocol != ProtoHTTP3 || opened[0].TLS != tls.VersionTLS13 || opened[0].Suite == 0) {
			t.Errorf("opened %+v", opened)
		}
	}
	if got := kinds(t, address, "/", &tls.Config{}, nil); !slices.Equal(got, []string{exchange.TLS}) {
		t.Errorf("an unknown certificate failed as %q", got)
	}
}

// What ends a connection of QUIC is named by its cause.
func TestEndsOfQUICAreNamed(t *testing.T) {
	for want, list := range map[string][]error{
		exchange.ConnectTimeout: {&quic.HandshakeTimeoutError{}},
		exchange.Lost:           {&quic.IdleTimeoutError{}},
		exchange.Reset:          {&quic.StatelessResetError{}},
		exchange.ConnectRefused: {&quic.TransportError{Remote: true, ErrorCode: quic.ConnectionRefused}},
		exchange.Broken:         {&quic.TransportError{Remote: true, ErrorCode: quic.InternalError}},
		exchange.TLS:            {&quic.TransportError{ErrorCode: 0x100 + 42}},
		exchange.ClosedEarly:    {&quic.ApplicationError{Remote: true}},
		exchange.StreamReset:    {&quic.StreamError{Remote: true, ErrorCode: 0x10c}},
		exchange.BadResponse:    {&quic.TransportError{ErrorCode: quic.ProtocolViolation}, &quic.ApplicationError{ErrorCode: 0x105}, errors.New("http3: x")},
	} {
		for _, err := range list {
			if got := classify(err); got != want {
				t.Errorf("%v: %s, want %s", err, got, want)
			}
		}
	}
}

// A handshake is made to see whether there is one.
func TestHandshakeQUIC(t *testing.T) {
	server, client := exchangetest.Certificate(t)
	address := exchangetest.ServeHTTP3(t, server, http.NotFoundHandler())
	if err := HandshakeQUIC(t.Context(), address, client); err != nil {
		t.Error(err)
	}
	if err := HandshakeQUIC(t.Context(), address, &tls.Config{ServerName: "127.0.0.1"}); classify(err) != exchange.TLS {
		t.Errorf("an unknown certificate: %v", err)
	}
}
