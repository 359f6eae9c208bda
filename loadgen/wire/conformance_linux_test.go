//go:build amd64 || arm64

package wire

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	exchangetest.Run(t, func(t *testing.T, address string) exchangetest.Engine {
		c := Config{Origins: []*Origin{at(t, address)}, Endpoints: 1, Spin: 20 * time.Microsecond}
		return func(ctx context.Context, common exchange.Config, source exchange.Source[exchangetest.Request], sink exchange.Sink) (exchange.End, error) {
			c.Config = common
			return Run(ctx, c, encoded{source, address}, ofAny{sink})
		}
	})
}

// encoded is a source of the suite's requests as they go on the wire.
type encoded struct {
	exchange.Source[exchangetest.Request]
	host string
}

func (s encoded) Render(k uint64, intended time.Duration) (Request, error) {
	r, err := s.Source.Render(k, intended)
	if err != nil {
		return Request{}, err
	}
	head, err := NewHead(r.Method, s.host, http.Header{})
	if err != nil {
		return Request{}, err
	}
	bytes, err := head.Append(nil, []byte(r.Target), []byte(r.Body))
	return Request{Bytes: bytes, Body: len(r.Body), Idempotent: exchange.Idempotent(r.Method)}, err
}

// ofAny is any engine's sink.
type ofAny struct{ exchange.Sink }

func (ofAny) Stood(_, _ time.Duration)          {}
func (ofAny) Network(_ time.Duration, _ uint32) {}
