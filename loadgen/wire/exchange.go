package wire

import (
	"net/netip"
	"time"

	"github.com/seed-5a006608/bench/loadgen/users"
)

// Request is one request as it goes out.
type Request struct {
	Bytes      []byte // head and body, as they go on the wire
	Body       int    // how many of them are the body's
	Origin     int    // where it goes: an index into Config.Origins
	Endpoint   int    // what kind it is: requests of one endpoint get answers alike
	Head       bool   // its answer has no body, whatever the answer's header says
	Idempotent bool   // it may be sent again where a connection turns out to have been closed
}

// Source says what to send. It belongs to one loop.
type Source interface {
	// Next returns the next request's number and intended start, and false when there is no more. In the closed model the
	// intended start is the engine's to know, and at is ignored.
	Next() (k uint64, at time.Duration, ok bool)

	// Render returns request k, which is intended at an instant. Its bytes are valid until the next call.
	Render(k uint64, intended time.Duration) (Request, error)
}

// Sink takes what happened. It belongs to one loop.
type Sink interface {
	// Record takes an exchange that is over. It is the engine's again when Record returns.
	Record(*Exchange)

	// Sent is called as each request goes out, with the instant from which it could have been sent and the one at which it was.
	Sent(ready, at time.Duration)

	// Cleared tells that what could have been sent before an instant was sent, or has a connection to wait for.
	Cleared(at time.Duration)

	// Stood tells that the loop did not run from one instant to the other: between two looks at the clock with microseconds of
	// work between them, or after the instant at which it had asked to be woken. Times of at most [MinStanding] are not told.
	Stood(from, to time.Duration)

	// Silence tells that nothing was received from one instant to the other, though requests were outstanding all that
	// time. Silences under [MinSilence] are not told.
	Silence(from, to time.Duration)

	// ClockStep tells that the system's clock was set by so much. Kernel timestamps are not used for the answers that it
	// touches.
	ClockStep(at, by time.Duration)

	// Network takes what the kernel knows of a connection that is in use: its smoothed round-trip time, and how many
	// segments were sent again since it was last asked. About once a second, of a few connections.
	Network(roundTrip time.Duration, retransmitted uint32)
}

// MinStanding is what a loop that runs takes at most from one look at the clock to the next.
const MinStanding = time.Millisecond

// MinSilence is the shortest silence that is told.
const MinSilence = 100 * time.Millisecond

// Exchange is one request and what became of it. Instants that were not reached are 0.
type Exchange struct {
	K        uint64
	Intended time.Duration

	// Slot is when a slot was there for this request, at its intended start or later. What follows until Free is waiting for
	// a connection.
	Slot time.Duration

	// Free is when a slot and a connection were there for this request, had the engine asked for them the moment it
	// could: connecting counts, the engine's own lateness in asking does not. NeverFree where none was got.
	Free time.Duration

	Sent      time.Duration  // just before the request was first written
	FirstByte time.Duration  // 0 too where the answer is longer than a segment and was not read as it arrived
	End       time.Duration  // last byte, failure, or the end of the run
	Connect   time.Duration  // time spent on connecting; 0 on a connection that was open already
	Address   netip.AddrPort // where it was sent, of an origin with several addresses; else none
	Retries   int            // how often it was sent again because the server had closed the idle connection
	UserClock bool           // End was read from the clock after the answer was read: the kernel gave no usable stamp

	Outcome  Outcome
	Kind     string // of a failure: "timeout", "connect: refused", "status 503"
	Detail   string // a failure in its own words; from the server in part, so not to be trusted
	Status   int    // 0 without an answer
	Header   []byte // the answer's header lines; nil without one
	BytesIn  uint64 // body bytes
	BytesOut uint64 // body bytes
}

// NeverFree is the free instant of a request for which there was no slot, or no connection was got.
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

// Config bounds a run.
type Config struct {
	Epoch       time.Time     // instant 0
	Length      time.Duration // length of the schedule; nothing is intended at or after it
	Slots       int           // most requests outstanding at once, and most connections
	Timeout     time.Duration // from the send to the last byte; also the longest time to connect
	Drain       time.Duration // after Length, how long the engine goes on sending what is due and reading
	Deadline    time.Duration // from the intended start; 0: none
	Users       *users.Crowd  // closed model: who asks, one for each slot, and when a request is intended; nil: the open one
	NoKeepAlive bool          // a connection is closed after each answer; the requests say so to the server
	ConnAge     time.Duration // a connection that is older is closed after its answer; 0: none is
	ConnUses    uint32        // a connection is closed after so many answers; 0: none is
	Spin        time.Duration // longest time before a request is due for which the loop may spin, to be there in time
	Origins     []*Origin
	Endpoints   int // how many the requests are of

	// Failure returns what the failure of the whole answer to request k is called, or "" for a success. Header and body,
	// of which it gets the first KeepBody bytes, are the engine's again when it returns.
	Failure  func(k uint64, status int, header, body []byte) string
	KeepBody int
}

// End says how a run ended.
type End struct {
	At   time.Duration // when sending and reading ended: what had not finished by then never did
	Cut  time.Duration // requests intended at or after it were never due; Length unless interrupted
	Next uint64        // the first number that was not taken from the source; all taken before it are recorded

	// Stopped is when sending ended: at At, or as soon as the run was interrupted. FreeSince is since when a slot stood free
	// then; a request due before Stopped and not sent was held up from FreeSince on by the engine, not by the target.
	// Negative where all slots were busy: what comes free afterwards is not to be used.
	Stopped, FreeSince time.Duration
}

// interruptDrain bounds the wait for answers once the run was interrupted.
const interruptDrain = time.Second
