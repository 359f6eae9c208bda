// Package nethttp is the engine that speaks everything net/http speaks: TLS, HTTP/2, proxies; and HTTP/3, by quic-go. Vegeta's Attacker owns its
// workers and wakes one for each request that is due; the time is the engine's own, because vegeta's starts before a
// connection is there and ends after the scheduler had its say.
//
// It is a leaf, and knows nothing of plans or reports: its input and output are package exchange's. Every instant is a duration
// since Config.Epoch.
//
//   - engine.go: Config and Run; start here for another protocol
//   - pacer.go, queue.go, following.go, crowd.go, slots.go: which request is due, in the open and the closed model, and free slots
//   - transport.go, exchanging.go, follow.go, lanes.go: one exchange, its redirects, transports by address
//   - flights.go: requests on their way, for an end at which net/http is stuck
//   - quic.go, race.go: HTTP/3, and to which of a host's addresses
//   - patience.go, connecting_*.go: how long an address may take to connect before another is tried
//   - conn.go, idle.go, silence.go, classify.go: how connections end, and the names of failures
//   - clock.go, stamped_*.go, sleep_*.go: the kernel's timestamps and timers
package nethttp

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/stamp"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Request is one request as it goes out. The engine changes neither the URL nor the header, and uses the body until the exchange
// is recorded.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
}

// Source says what to send. Render is called by many goroutines at once.
type Source = exchange.Source[Request]

// Config bounds a run. Slots bounds the connections to each host, and Failure and KeepBody are called by many
// goroutines at once.
type Config struct {
	exchange.Config
	MaxBody uint64 // longest body of an answer, in bytes; it ends one without end that comes faster than Timeout
	TLS     *tls.Config

	Protocols *http.Protocols // nil: HTTP/2 where a server of https offers it, else HTTP/1.1
	HTTP3     bool            // HTTP/3 is spoken instead, to https alone: without proxies, and to the address of a host that answers first

	Proxy func(*url.URL) (*url.URL, error) // returns the proxy of a URL, nil: no proxy; a nil function: no proxy for any URL

	ConnectTo string // host:port, or unix: and a path, to which all connections go; empty: to the URLs' hosts

	// Follow is the most redirects of a request that are followed; 0: redirects are not followed. Follows reports whether one
	// from a request's own URL to another is. Many goroutines call it at once.
	Follow  int
	Follows func(from, to *url.URL) bool

	// Redirected is told of each redirect that is followed, with its answer in the exchange, and returns the header of the request to where
	// it leads, which is h otherwise. Many goroutines call it at once. Nil: that is h.
	Redirected func(x *exchange.Exchange, to *url.URL, h http.Header) http.Header
	Encode     func(location string) string // encodes what a redirect leads to as a URL is sent

	// Hosts are the addresses of those hosts that have several, by scheme and host as in "http://host:8080": requests are spread
	// over them evenly. Slots bounds the connections to each of them.
	Hosts map[string]*address.Pool
}

// run is one run of the engine. Its goroutines are vegeta's pacing one, which calls Pace; vegeta's workers, which call
// RoundTrip; the watch, which ends the run; one that empties vegeta's results; and the caller of Run, which records.
type run struct {
	Config
	source Source
	sink   exchange.Sink
	inner  http.RoundTripper
	lanes  lanes

	flights  flights
	requests context.Context // of all requests: cancelled when the engine gives up
	queue    *queue
	slots    *slots
	crowd    *crowd // nil in the open model
	silence  *silence
	clock    *clock
	over     chan *exchange.Exchange // exchanges that are over, to be recorded
}

// Run sends what source has and records it in sink, until the source is exhausted and all is answered, the drain is
// over, or ctx is cancelled and a second has passed. It returns when its goroutines have ended, or leaves those alone that a peer
// has brought to wait for ever. Of the sink's methods Sent is called by many goroutines at once, as is Config.Connected, each of
// the others by one at a time.
func Run(ctx context.Context, c Config, source Source, sink exchange.Sink) exchange.End {
	inner, disconnect := newSender(&c)
	return runOver(ctx, c, source, sink, inner, disconnect)
}

func runOver(ctx context.Context, c Config, source Source, sink exchange.Sink, inner http.RoundTripper, disconnect func()) exchange.End {
	requests, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	r := &run{
		Config: c, source: source, sink: sink, inner: inner,
		requests: requests, lanes: lanes{to: make(map[netip.AddrPort]*http.Transport)},
		queue:   newQueue(ctx, c, source, sink.Cleared),
		slots:   newSlots(c.Slots),
		silence: &silence{tell: sink.Silence},
		clock:   &clock{of: stamp.NewClock(c.Epoch), tell: sink.ClockStep},
		over:    make(chan *exchange.Exchange, c.Slots),
	}
	if c.Users != nil {
		r.crowd = &crowd{users: c.Users}
		r.queue.crowd = r.crowd
	}

	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: r}), vegeta.MaxBody(0), vegeta.MaxWorkers(uint64(c.Slots)))
	// The target is only vegeta's occasion to call RoundTrip, which sends what is due instead.
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: "http://due/"})
	results := attacker.Attack(target, r, 0, "")

	end := exchange.End{Cut: c.Length + c.Tail, At: -1}
	done, watched, stuck := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		stop := func() { end.Stopped = r.now(); end.FreeSince = r.slots.freeSince(end.Stopped) }
		gaveUp, interrupted := awaitEnd(ctx, c, done, &end.Cut, stop)
		if !interrupted {
			stop()
		}
		if !gaveUp {
			return
		}
		end.At = r.now()
		r.silence.close(end.At)
		r.queue.close()
		attacker.Stop()
		giveUp()
		select {
		case <-done:
		case <-time.After(stuckAfter):
			close(stuck)
		}
	}()
	go func() {
		for range results {
		}
		close(done)
		<-watched
		close(r.over)
	}()
	late, left, abandoned := r.record(stuck)
	end.Stuck = left
	if abandoned {
		go r.disconnect(disconnect) // it may be stuck with them
	} else {
		defer r.disconnect(disconnect)
	}
	if end.At < 0 {
		end.At = r.now()
	}
	for _, x := range late {
		x.End = end.At
		r.queue.follow(x)
		r.sink.Record(x)
	}
	end.Next = r.queue.notTaken()
	r.queue.giveUp(&end, func(x *exchange.Exchange) {
		r.queue.follow(x)
		r.sink.Record(x)
	})
	return end
}

func (r *run) disconnect(all func()) {
	r.lanes.close()
	all()
}

// record records what is over until all is, or workers are stuck, which are abandoned with so many requests left. It returns what had
// not ended when the engine gave up: it ends when the run does.
func (r *run) record(stuck <-chan struct{}) (late []*exchange.Exchange, left int, abandoned bool) {
	for {
		select {
		case x, more := <-r.over:
			switch {
			case !more:
				return late, 0, false
			case x.Over():
				r.sink.Record(x)
			default:
				late = append(late, x)
			}
			r.flights.over(x)
		case <-stuck:
			on := r.flights.close()
			return append(late, on...), len(on), true
		}
	}
}

// awaitEnd returns when the engine has to give up, or when all is over before, and says whether ctx was cancelled meanwhile: then
// it has called stop, and set cut where that was before the schedule's end.
func awaitEnd(ctx context.Context, c Config, done <-chan struct{}, cut *time.Duration, stop func()) (gaveUp, interrupted bool) {
	drain := time.NewTimer(time.Until(c.Epoch.Add(c.Length + c.Tail + c.Drain)))
	defer drain.Stop()
	interrupt := ctx.Done()
	for {
		select {
		case <-done:
			return false, interrupted
		case <-drain.C:
			return true, interrupted
		case <-interrupt:
			interrupt, interrupted = nil, true
			stop()
			*cut = min(*cut, time.Since(c.Epoch))
			drain.Reset(min(c.Drain, exchange.InterruptDrain))
		}
	}
}

func (r *run) now() time.Duration { return time.Since(r.Epoch) }
