package nethttp

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/exchange/exchangetest"
)

// stuckTransport hears no cancellation, as net/http where a server has brought it to wait for a lock of its own: Go 1.26 does after a
// WINDOW_UPDATE that is too much for a stream.
type stuckTransport struct {
	asked    func()
	released chan struct{}
}

func (s stuckTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked()
	<-s.released
	return nil, r.Context().Err()
}

// The run ends and counts the requests whose workers do not come back. It is interrupted when all are stuck, as a busy machine may need
// any time to bring that about.
func TestStuckWorkersAreAbandoned(t *testing.T) {
	t.Parallel()
	const n, slots = 6, 4
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var stuck atomic.Int64
	asked := func() {
		if stuck.Add(1) == slots {
			interrupt()
		}
	}
	s := stuckTransport{asked, make(chan struct{})}
	source := &exchangetest.Evenly{N: n, Request: exchangetest.Request{Method: "GET", Target: "/"}}
	c := exchangetest.Filled(exchange.Config{Slots: slots, Drain: hang}, source.Length())
	var r exchangetest.Recorded
	left := make(chan struct{})
	end := runOver(ctx, Config{Config: c}, parsed{source, &url.URL{Scheme: "http", Host: "stuck.test"}}, &r, s, func() { <-s.released; close(left) })
	if r.Count(exchange.Unsent) != slots || len(r.Exchanges) != slots || end.Next != slots {
		t.Errorf("%d requests are unsent, and those from %d on were not taken, want %d of %d: %+v", r.Count(exchange.Unsent), end.Next, slots, n, r.Exchanges)
	}
	for _, x := range r.Exchanges {
		if x.End != end.At || x.Slot != x.Intended || x.Free != exchange.NeverFree {
			t.Errorf("request %d, due at %v: a slot at %v, free at %v, ended at %v, want %v", x.K, x.Intended, x.Slot, x.Free, x.End, end.At)
		}
	}
	if end.Stuck != slots {
		t.Errorf("%d requests are told to be stuck, want %d", end.Stuck, slots)
	}
	close(s.released)
	<-left
}
