package nethttp

import (
	"net/http"
	"net/netip"
	"time"
)

// Exchange is one request and what became of it. Instants that were not reached are 0.
type Exchange struct {
	K        uint64
	Intended time.Duration

	// Slot is when a slot was there for this request, at its intended start or later. What follows until Free is waiting for
	// a connection.
	Slot time.Duration

	// Free is when a slot and a connection were there for this request, had the engine asked for them the moment it
	// could: connecting counts, the engine's own lateness in asking does not. NeverFree where the target gave none.
	Free time.Duration

	Sent      time.Duration // just before the request is written: the connection was got
	FirstByte time.Duration
	End       time.Duration  // last byte, failure, or the end of the run
	Connect   time.Duration  // time spent on dialling and TLS; 0 on a connection that was open already
	UserClock bool           // End was read from the clock when net/http handed the answer over: the kernel gave no usable stamp
	Address   netip.AddrPort // where it was sent, of a host in Config.Hosts; else none
	Retries   int            // how often net/http silently sent it again on another connection

	Outcome  Outcome
	Kind     string // of a failure: "timeout", "connect: refused", "status 503"
	Detail   string // a failure in its own words; from the server in part, so not to be trusted
	Status   int
	Header   http.Header // of the response; nil without one
	BytesIn  uint64      // body bytes
	BytesOut uint64      // body bytes
}

// NeverFree is the free instant of a request for which there was no slot, which it then is of Slot too, or the target gave
// no connection.
const NeverFree = time.Duration(-1)

// Outcome is what became of a request.
type Outcome uint8

// The outcomes. TimedOut and Shed are failures whose latency is known only to be at least their age.
const (
	Unsent     Outcome = iota // due, and never sent
	Unfinished                // sent, and not answered by the end of the run
	Succeeded                 // a whole answer that Config.Failure took for a success
	Failed                    // any other end
	TimedOut
	Shed // older than the deadline before it could be sent
)
