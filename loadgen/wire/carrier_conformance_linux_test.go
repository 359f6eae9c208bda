//go:build amd64 || arm64

package wire

import (
	"context"
	"crypto/tls"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
	"github.com/seed-5a006608/bench/loadgen/wire/h2"
)

func TestEngineOverHTTP2(t *testing.T) {
	t.Parallel()
	exchangetest.RunHTTP2(t, true, func(t *testing.T, address string, trusting *tls.Config) exchangetest.Engine {
		origin, scheme := at(t, address), "http"
		if trusting != nil {
			origin.Secure(trusting)
			scheme = "https"
		}
		origin.Share(0)
		c := Config{Origins: []*Origin{origin}, Endpoints: 1, Spin: 20 * time.Microsecond}
		return func(ctx context.Context, common exchange.Config, source exchange.Source[exchangetest.Request], sink exchange.Sink) (exchange.End, error) {
			c.Config = common
			return Run(ctx, c, framed{source, scheme, address}, ofAny{sink})
		}
	})
}

// framed is a source of the suite's requests as they go out in frames.
type framed struct {
	exchange.Source[exchangetest.Request]
	scheme, host string
}

func (s framed) Render(k uint64, intended time.Duration) (Request, error) {
	r, err := s.Source.Render(k, intended)
	if err != nil {
		return Request{}, err
	}
	head, err := h2.NewHead(0, r.Method, s.scheme, s.host, nil)
	return Request{
		Frames: h2.Request{Head: head, Path: []byte(r.Target), Body: []byte(r.Body)}, Body: len(r.Body),
		Idempotent: exchange.Idempotent(r.Method),
	}, err
}
