package wire

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/wire/h2"
)

// Request is one request as it goes out.
type Request struct {
	Bytes      []byte     // head and body, as they go on the wire
	Body       int        // how many of them are the body's
	Origin     int        // where it goes: an index into Config.Origins
	Endpoint   int        // what kind it is: requests of one endpoint get answers alike
	Head       bool       // its answer has no body, whatever the answer's header says
	Frames     h2.Request // the same for an origin that speaks HTTP/2, instead of Bytes
	Idempotent bool       // it may be sent again where a connection turns out to have been closed
}

// Source says what to send. It belongs to one loop; what it renders lasts until it renders again.
type Source = exchange.Source[Request]

// Sink takes what happened. It belongs to one loop.
type Sink interface {
	exchange.Sink

	// Stood tells that the loop did not run from one instant to the other: between two looks at the clock with microseconds of
	// work between them, or after the instant at which it had asked to be woken. Times of at most [MinStanding] are not told.
	Stood(from, to time.Duration)

	// Network takes what the kernel knows of a connection that is in use: its smoothed round-trip time, and how many
	// segments were sent again since it was last asked. About once a second, of a few connections.
	Network(roundTrip time.Duration, retransmitted uint32)
}

// MinStanding is what a loop that runs takes at most from one look at the clock to the next.
const MinStanding = time.Millisecond

// Config bounds a run. The requests say themselves where a connection is to be closed after its answer. Where there are follow-ups
// Failure is called by several goroutines at once, for one number by one at a time.
type Config struct {
	exchange.Config
	Spin      time.Duration // longest time before a request is due for which the loop may spin, to be there in time
	Origins   []*Origin
	Endpoints int // how many the requests are of

	// Shared is told of each connection of HTTP/2, as it is closed, how many of its answers came in one read with a later one, whose
	// stamp they take: late by what lies between them. Nil: nobody asks.
	Shared func(c exchange.Connection, answers int)
}
