// Package nethttp is the engine that speaks everything net/http speaks: TLS, HTTP/2, proxies. Vegeta's Attacker owns its
// workers and wakes one for each request that is due; the time is the engine's own, because vegeta's starts before a
// connection is there and ends after the scheduler had its say.
//
// It is a leaf: it declares the small [Source] and [Sink] that it needs and knows nothing of plans or reports. Every
// instant is a duration since Config.Epoch.
package nethttp

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/seed-5a006608/bench/loadgen/address"
	"github.com/seed-5a006608/bench/loadgen/stamp"
	"github.com/seed-5a006608/bench/loadgen/users"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Request is one request as it goes out. The engine changes neither the URL nor the header.
type Request struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte
}

// Source says what to send.
type Source interface {
	// Next returns the next request's number and intended start, and false when there is no more. It is called by one
	// goroutine at a time. In the closed model the intended start is the engine's to know, and at is ignored.
	Next() (k uint64, at time.Duration, ok bool)

	// Render returns request k, which is intended at an instant since Config.Epoch. It is called by many goroutines at
	// once.
	Render(k uint64, intended time.Duration) (Request, error)
}

// Sink takes what happened.
type Sink interface {
	// Record takes an exchange that is over. It is called by one goroutine.
	Record(*Exchange)

	// Sent is called by many goroutines as each request goes out, with the instant from which it could have been sent and the one
	// at which it was.
	Sent(ready, at time.Duration)

	// Cleared tells, in the open model, that every request intended before an instant was handed to a worker. It is called by one
	// goroutine at a time.
	Cleared(at time.Duration)

	// Silence tells that nothing was received from one instant to the other, though requests were outstanding all that
	// time. Silences under [MinSilence] are not told. It is called by one goroutine at a time.
	Silence(from, to time.Duration)

	// ClockStep tells that the system's clock was set by so much. Kernel timestamps are not used for the answers that it
	// touches. It is called by one goroutine at a time.
	ClockStep(at, by time.Duration)
}

// MinSilence is the shortest silence that is told.
const MinSilence = 100 * time.Millisecond

// Config bounds a run.
type Config struct {
	Epoch    time.Time     // instant 0
	Length   time.Duration // length of the schedule; nothing is intended at or after it
	Slots    int           // most requests outstanding at once, and most connections to a host
	Timeout  time.Duration // from the send to the last byte; also the longest time to connect
	MaxBody  uint64        // longest body of an answer, in bytes; it ends one without end that comes faster than Timeout
	Drain    time.Duration // after Length, how long the engine goes on sending what is due and reading
	Deadline time.Duration // from the intended start; 0: none
	Users    *users.Crowd  // closed model: who asks, one for each slot, and when a request is intended; nil: the open one
	TLS      *tls.Config

	Proxy func(*url.URL) (*url.URL, error) // returns the proxy of a URL, nil for none; nil: none has one

	NoKeepAlive bool   // a new connection for each request
	ConnectTo   string // host:port, or unix: and a path, to which all connections go; empty: to the URLs' hosts

	ConnAge  time.Duration // HTTP/1.1: a connection that is older carries no further request; 0: no limit
	ConnUses uint32        // HTTP/1.1: a connection carries so many requests; 0: no limit

	// Follow is how many redirects of a request are followed, 0: none is, and Follows whether one is from a request's own URL to
	// another. It is called by many goroutines at once.
	Follow  int
	Follows func(from, to *url.URL) bool
	Encode  func(location string) string // encodes what a redirect leads to as a URL is sent

	// Hosts are the addresses of those hosts that have several, by scheme and host as in "http://host:8080": requests are spread
	// over them evenly. Slots bounds the connections to each of them.
	Hosts map[string]*address.Pool

	// Failure returns what the failure of a whole answer to request k is called, or "" for a success. Body holds its first KeepBody
	// bytes and is the caller's again when Failure returns. It is called by many goroutines at once.
	Failure  func(k uint64, status int, header http.Header, body []byte) string
	KeepBody int
}

// interruptDrain bounds the wait for answers once the run was interrupted.
const interruptDrain = time.Second

// End says how a run ended.
type End struct {
	At   time.Duration // when sending and reading ended: what had not finished by then never did
	Cut  time.Duration // requests intended at or after it were never due; Length unless interrupted
	Next uint64        // the first number that was not taken from the source; all before it are recorded

	// Stopped is when sending ended: at At, or as soon as the run was interrupted. FreeSince is since when a slot stood free
	// then; a request due before Stopped and not sent was held up from FreeSince on by the engine, not by the target.
	// Negative where all slots were busy: what comes free afterwards is not to be used.
	Stopped, FreeSince time.Duration
}

// run is one run of the engine. Its goroutines are vegeta's pacing one, which calls Pace; vegeta's workers, which call
// RoundTrip; the watch, which ends the run; one that empties vegeta's results; and the caller of Run, which records.
type run struct {
	Config
	source Source
	sink   Sink
	inner  *http.Transport
	lanes  lanes

	requests context.Context // of all requests: cancelled when the engine gives up
	queue    *queue
	slots    *slots
	crowd    *crowd // nil in the open model
	silence  *silence
	clock    *clock
	over     chan *Exchange // exchanges that are over, to be recorded
}

// Run sends what source has and records it in sink, until the source is exhausted and all is answered, the drain is
// over, or ctx is cancelled and a second has passed. It returns when its goroutines have ended.
func Run(ctx context.Context, c Config, source Source, sink Sink) End {
	requests, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	r := &run{
		Config: c, source: source, sink: sink, inner: newTransport(c),
		requests: requests, lanes: lanes{to: make(map[netip.AddrPort]*http.Transport)},
		queue:   newQueue(ctx, c, source, sink.Cleared),
		slots:   newSlots(c.Slots),
		silence: &silence{tell: sink.Silence},
		clock:   &clock{of: stamp.NewClock(c.Epoch), tell: sink.ClockStep},
		over:    make(chan *Exchange, c.Slots),
	}
	if c.Users != nil {
		r.crowd = &crowd{users: c.Users}
	}
	defer r.inner.CloseIdleConnections()
	defer r.lanes.close()

	attacker := vegeta.NewAttacker(
		vegeta.Client(&http.Client{Transport: r}), vegeta.MaxBody(0), vegeta.MaxWorkers(uint64(c.Slots)))
	// The target is only vegeta's occasion to call RoundTrip, which sends what is due instead.
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: "http://due/"})
	results := attacker.Attack(target, r, 0, "")

	end := End{Cut: c.Length, At: -1}
	done, watched := make(chan struct{}), make(chan struct{})
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
	}()
	go func() {
		for range results {
		}
		close(done)
		<-watched
		close(r.over)
	}()
	var late []*Exchange // over after the engine gave up: they end when the run did
	for x := range r.over {
		if x.Outcome == Unfinished || x.Outcome == Unsent {
			late = append(late, x)
			continue
		}
		r.sink.Record(x)
	}
	if end.At < 0 {
		end.At = r.now()
	}
	for _, x := range late {
		x.End = end.At
		r.sink.Record(x)
	}
	end.Next = r.queue.notTaken()
	return end
}

// awaitEnd returns when the engine has to give up, or when all is over before, and says whether ctx was cancelled meanwhile: then
// it has called stop, and set cut where that was before the schedule's end.
func awaitEnd(ctx context.Context, c Config, done <-chan struct{}, cut *time.Duration, stop func()) (gaveUp, interrupted bool) {
	drain := time.NewTimer(time.Until(c.Epoch.Add(c.Length + c.Drain)))
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
			drain.Reset(min(c.Drain, interruptDrain))
		}
	}
}

func (r *run) now() time.Duration { return time.Since(r.Epoch) }
