package nethttp

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// A request that has no stream is not sent: there is one for it when another has been answered.
func TestAStreamThatIsWaitedForIsWait(t *testing.T) {
	const n, streams, held = 20, 2, 5 * time.Millisecond
	server, client := exchangetest.Certificate(t)
	var mu sync.Mutex
	var answered []time.Time
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	h := &http3.Server{
		TLSConfig: http3.ConfigureTLSConfig(server), QUICConfig: &quic.Config{MaxIncomingStreams: streams},
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			time.Sleep(held)
			mu.Lock()
			defer mu.Unlock()
			answered = append(answered, time.Now())
		}),
	}
	defer h.Close()
	go h.Serve(conn)

	var r exchangetest.Recorded
	source := &exchangetest.Evenly{N: n, Request: exchangetest.Request{Method: "GET", Target: "/"}}
	c := exchangetest.Filled(exchange.Config{Slots: n}, source.Length())
	if _, err := overQUIC(conn.LocalAddr().String(), client, nil)(t.Context(), c, source, &r); err != nil {
		t.Fatal(err)
	}
	if r.Count(exchange.Succeeded) != n {
		t.Fatalf("%d of %d succeeded", r.Count(exchange.Succeeded), n)
	}
	mu.Lock()
	defer mu.Unlock()
	var sent []time.Duration
	for _, x := range r.Exchanges {
		sent = append(sent, x.Sent)
		if x.Sent < x.Free || x.Slot != x.Intended || x.Wait()+x.Lag()+x.Service() != x.Response() {
			t.Errorf("request %d: due at %v, a slot at %v, free at %v, sent at %v", x.K, x.Intended, x.Slot, x.Free, x.Sent)
		}
	}
	slices.Sort(sent)
	for i := range n - streams {
		if at := answered[i].Sub(c.Epoch); sent[i+streams] < at {
			t.Errorf("request %d was sent at %v, and answer %d given at %v", i+streams, sent[i+streams], i, at)
		}
	}
}

// What passes until there is a stream is wait, of it what passes until there is a connection is connecting, and what came before is lag.
func TestWaitingForAStreamInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, reused := range []bool{false, true} {
			e := &exchanging{Exchange: new(exchange.Exchange), timer: time.NewTimer(time.Hour), run: &run{
				Config: Config{HTTP3: true, Config: exchange.Config{Epoch: time.Now(), Timeout: time.Hour}}, silence: new(silence), sink: new(exchangetest.Recorded),
			}}
			var trace httptrace.ClientTrace
			e.traceStream(&trace)
			time.Sleep(3 * time.Millisecond)
			e.asked = e.run.now()
			time.Sleep(10 * time.Millisecond)
			trace.GotConn(httptrace.GotConnInfo{Reused: reused})
			time.Sleep(50 * time.Millisecond)
			trace.WroteHeaderField(":authority", nil)
			time.Sleep(time.Millisecond)
			trace.WroteHeaderField(":method", nil)
			e.End = e.run.now()
			e.timer.Stop()
			connect := 10 * time.Millisecond
			if reused {
				connect = 0
			}
			if e.Wait() != 60*time.Millisecond || e.Lag() != 3*time.Millisecond || e.Service() != time.Millisecond || e.Connect != connect {
				t.Errorf("reused %v: wait %v, lag %v, service %v, connecting %v", reused, e.Wait(), e.Lag(), e.Service(), e.Connect)
			}
		}
	})
}
