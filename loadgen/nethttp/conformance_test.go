package nethttp

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	exchangetest.Run(t, func(_ *testing.T, address string) exchangetest.Engine { return engineTo(address, nil, nil) })
}

func TestEngineOverTLS(t *testing.T) {
	t.Parallel()
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	exchangetest.RunTLS(t, func(_ *testing.T, address string, trusting *tls.Config) exchangetest.Engine {
		return engineTo(address, trusting, protocols)
	})
}

func TestEngineOverHTTP2(t *testing.T) {
	t.Parallel()
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	exchangetest.RunHTTP2(t, false, func(_ *testing.T, address string, trusting *tls.Config) exchangetest.Engine {
		return engineTo(address, trusting, protocols)
	})
}

// engineTo is the engine for the server at an address; without trusting it speaks no TLS.
func engineTo(address string, trusting *tls.Config, protocols *http.Protocols) exchangetest.Engine {
	server := &url.URL{Scheme: "http", Host: address}
	if trusting != nil {
		server.Scheme = "https"
	}
	return func(ctx context.Context, c exchange.Config, source exchange.Source[exchangetest.Request], sink exchange.Sink) (exchange.End, error) {
		return Run(ctx, Config{Config: c, MaxBody: 1 << 20, TLS: trusting, Protocols: protocols}, parsed{source, server}, sink), nil
	}
}

// parsed is a source of the suite's requests as net/http takes them.
type parsed struct {
	exchange.Source[exchangetest.Request]
	server *url.URL
}

func (s parsed) Render(k uint64, intended time.Duration) (Request, error) {
	r, err := s.Source.Render(k, intended)
	if err != nil {
		return Request{}, err
	}
	u, err := s.server.Parse(r.Target)
	return Request{Method: r.Method, URL: u, Header: http.Header{"User-Agent": {"test"}}, Body: []byte(r.Body)}, err
}
