//go:build amd64 || arm64

package wire

import (
	"context"
	"crypto/tls"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

func TestEngineOverTLS(t *testing.T) {
	t.Parallel()
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		if testing.Short() && version == tls.VersionTLS12 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exchangetest.RunTLS(t, func(t *testing.T, address string, trusting *tls.Config) exchangetest.Engine {
				trusting = trusting.Clone()
				trusting.MaxVersion = version
				origin := at(t, address)
				origin.Secure(trusting)
				c := Config{Origins: []*Origin{origin}, Endpoints: 1, Spin: 20 * time.Microsecond}
				return func(ctx context.Context, common exchange.Config, source exchange.Source[exchangetest.Request], sink exchange.Sink) (exchange.End, error) {
					c.Config = common
					return Run(ctx, c, encoded{source, address}, ofAny{sink})
				}
			})
		})
	}
}
