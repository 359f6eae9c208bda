// Package nethttp is the engine that speaks everything net/http speaks: TLS, HTTP/2, proxies. It sends through vegeta's
// Attacker, which owns the workers, and keeps time itself, because vegeta's own time starts before a connection was
// there and ends after the scheduler had its say.
//
// It is a leaf: it declares the small [Source] and [Sink] that it needs and knows nothing of plans or reports. Every
// instant is a duration since Config.Epoch.
package nethttp

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"sync"
	"time"

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
	// goroutine. In the closed model the intended start is the engine's to know, and at is ignored.
	Next() (k uint64, at time.Duration, ok bool)

	// Render returns request k. It is called by many goroutines at once.
	Render(k uint64) (Request, error)
}

// Sink takes what happened.
type Sink interface {
	// Record takes an exchange that is over, which is the sink's only until it returns. It is called by one goroutine.
	Record(*Exchange)

	// Sent is called by many goroutines as each request goes out.
	Sent()

	// Silence tells that nothing was received from one instant to the other, though requests were outstanding all that
	// time. Silences under [MinSilence] are not told.
	Silence(from, to time.Duration)
}

// MinSilence is the shortest silence that is told.
const MinSilence = 100 * time.Millisecond

// Config bounds a run.
type Config struct {
	Epoch    time.Time     // instant 0
	Length   time.Duration // length of the schedule; nothing is intended at or after it
	Slots    int           // most requests outstanding at once, and most connections to a host
	Timeout  time.Duration // from the send to the last byte; also the longest time to connect
	Drain    time.Duration // after Length, how long the engine goes on sending what is due and reading
	Deadline time.Duration // from the intended start; 0: none
	Closed   bool          // closed model: a request is intended when its user is free and has thought
	Think    time.Duration
	TLS      *tls.Config
}

// interruptDrain bounds the wait for answers once the run was interrupted.
const interruptDrain = time.Second

// End says how a run ended.
type End struct {
	At   time.Duration // when sending and reading ended: what had not finished by then never did
	Cut  time.Duration // requests intended at or after it were never due; Length unless interrupted
	Next uint64        // how many requests were taken from the source and recorded: the next number

	// FreeSince is since when a slot stood free at the end; a request due after it and not sent was not held up by the
	// target. Negative where all slots were busy.
	FreeSince time.Duration
}

// run is one run of the engine. The goroutines are: vegeta's pacing goroutine, which calls Pace; its workers, which
// call RoundTrip; the watch, which ends the run; and the caller of Run, which records.
type run struct {
	Config
	source Source
	sink   Sink
	inner  *http.Transport

	requests context.Context // of all requests: cancelled when the engine gives up
	giveUp   context.CancelFunc
	pacing   context.Context // cancelled when no new request may be taken

	slots   *slots
	silence *silence

	mu        sync.Mutex
	exchanges map[uint64]*Exchange // taken and not recorded, by vegeta's sequence number
	taken     uint64
	gaveUp    bool
	endAt     time.Duration // set with gaveUp
}

// Run sends what source has and records it in sink, until the source is exhausted and all is answered, the drain is
// over, or ctx is cancelled and a second has passed. It returns when its goroutines have ended.
func Run(ctx context.Context, c Config, source Source, sink Sink) End {
	requests, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	pacing, stopPacing := context.WithCancel(ctx)
	defer stopPacing()
	r := &run{
		Config: c, source: source, sink: sink, inner: newTransport(c),
		requests: requests, giveUp: giveUp, pacing: pacing,
		slots:     newSlots(c.Slots),
		silence:   &silence{tell: sink.Silence},
		exchanges: make(map[uint64]*Exchange),
	}
	defer r.inner.CloseIdleConnections()

	client := &http.Client{
		Transport:     r,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	attacker := vegeta.NewAttacker(vegeta.Client(client), vegeta.MaxBody(0), vegeta.MaxWorkers(uint64(c.Slots)))
	// The target is only vegeta's occasion to call RoundTrip, which sends request k instead.
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: "http://k/"})
	results := attacker.Attack(target, r, 0, "")

	over := make(chan struct{})
	watched := make(chan struct{})
	cut, freeSince := c.Length, time.Duration(0)
	go func() {
		defer close(watched)
		drain := time.NewTimer(c.Length + c.Drain - r.now())
		defer drain.Stop()
		select {
		case <-over:
			return
		case <-drain.C:
		case <-ctx.Done():
			cut = min(cut, r.now())
			drain.Reset(min(c.Drain, interruptDrain))
			select {
			case <-over:
				return
			case <-drain.C:
			}
		}
		r.mu.Lock()
		r.gaveUp, r.endAt, freeSince = true, r.now(), r.slots.freeSince()
		r.mu.Unlock()
		r.silence.close(r.endAt)
		attacker.Stop()
		giveUp()
	}()
	for result := range results {
		r.record(result.Seq)
	}
	close(over)
	<-watched

	end := End{At: r.now(), Cut: cut, FreeSince: freeSince}
	if r.gaveUp {
		end.At = r.endAt
	}
	// A request that was taken from the source when Attack was told to stop has become no hit.
	for seq, x := range r.exchanges {
		x.Free, x.End = NeverFree, end.At
		if freeSince >= 0 {
			x.Free = max(x.Intended, freeSince)
		}
		r.record(seq)
	}
	end.Next = r.taken
	return end
}

func (r *run) now() time.Duration { return time.Since(r.Epoch) }

// record hands the exchange with this sequence number to the sink.
func (r *run) record(seq uint64) {
	r.mu.Lock()
	x := r.exchanges[seq]
	delete(r.exchanges, seq)
	gaveUp, endAt := r.gaveUp, r.endAt
	r.mu.Unlock()
	if x == nil || x.Outcome == notDue || r.Closed && x.Outcome == Unsent {
		return // a user who did not get to ask has asked nothing
	}
	if gaveUp && x.Outcome <= Unfinished {
		x.End = endAt
	}
	r.sink.Record(x)
}
