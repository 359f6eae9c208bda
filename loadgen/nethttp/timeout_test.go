package nethttp

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// A request whose connection comes in time has the whole timeout from its send; one whose connection comes later was never sent.
func TestTheTimeoutBeginsAnewWithTheSend(t *testing.T) {
	const limit = 50 * time.Millisecond
	for _, tc := range []struct {
		connected time.Duration
		kind      string
		end       time.Duration
	}{
		{limit - time.Millisecond, exchange.Timeout, 2*limit - time.Millisecond},
		{limit + time.Millisecond, exchange.ConnectTimeout, limit + time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			defer near.Close()
			defer far.Close()
			e := &exchanging{Exchange: new(exchange.Exchange), run: &run{
				Config: Config{Config: exchange.Config{Epoch: time.Now(), Timeout: limit}}, silence: new(silence), sink: new(exchangetest.Recorded),
			}}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			e.watch(0, limit, cancel)
			defer e.timer.Stop()
			time.Sleep(tc.connected)
			e.gotConn(httptrace.GotConnInfo{Conn: near}, e.run.now())
			e.asked = 1
			<-ctx.Done()
			e.fail(ctx, errors.New("cancelled"))
			if e.Kind != tc.kind || e.End != tc.end || e.WasSent() != (tc.kind == exchange.Timeout) {
				t.Errorf("a connection after %v: %q at %v, sent at %v, want %q at %v", tc.connected, e.Kind, e.End, e.Sent, tc.kind, tc.end)
			}
		})
	}
}
