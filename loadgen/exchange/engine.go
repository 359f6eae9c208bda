package exchange

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/users"
)

// Source says what to send, each request in the form R that its engine takes.
type Source[R any] interface {
	// Next returns the next request's number and intended start, and false when there is no more. It is called by one
	// goroutine at a time. In the closed model the intended start is the engine's to know, and at is ignored.
	Next() (k uint64, at time.Duration, ok bool)

	// Render returns request k, which is intended at an instant since Config.Epoch. The engine says whether it is called by
	// several goroutines at once, and for how long the request has to last.
	Render(k uint64, intended time.Duration) (R, error)
}

// Sink takes what happened. The engine says which of its methods are called by several goroutines at once.
type Sink interface {
	// Record takes an exchange that is over. It is the engine's again when Record returns.
	Record(*Exchange)

	// Sent is called as each request goes out, with the instant from which it could have been sent and the one at which it was.
	Sent(ready, at time.Duration)

	// Cleared tells that what could have been sent before an instant was sent, or is with whoever sends it.
	Cleared(at time.Duration)

	// Silence tells that nothing was received from one instant to the other, though requests were outstanding all that
	// time. Silences under [MinSilence] are not told.
	Silence(from, to time.Duration)

	// ClockStep tells that the system's clock was set by so much. Kernel timestamps are not used for the answers that it
	// touches.
	ClockStep(at, by time.Duration)
}

// MinSilence is the shortest silence that is told.
const MinSilence = 100 * time.Millisecond

// Config is what every engine is told of a run.
type Config struct {
	Epoch       time.Time     // instant 0
	Length      time.Duration // length of the schedule; nothing but follow-ups is intended at or after it
	Tail        time.Duration // after Length, how long follow-ups may be due that need not wait for the target
	Slots       int           // most requests outstanding at once, and most connections
	Timeout     time.Duration // from the send to the last byte; also the longest time to connect
	Drain       time.Duration // after Length and Tail, how long the engine goes on sending what is due and reading
	Deadline    time.Duration // from the intended start; 0: no deadline
	Users       *users.Crowd  // closed model: who asks, one for each slot, and when a request is intended; nil: the open one
	NoKeepAlive bool          // a connection is closed after each answer
	ConnAge     time.Duration // over HTTP/1.1, a connection that is older carries no further request; 0: no limit
	ConnUses    uint32        // over HTTP/1.1, a connection carries so many requests; 0: no limit

	// Failure returns what the failure of a whole answer is called, or "" for a success. The exchange has its number, status and
	// header; of its body there are the first KeepBody bytes. Both are the engine's again when Failure returns.
	Failure func(x *Exchange, body []byte) string

	// FollowUp is told of each exchange when it is over, before it is recorded, and may say which part it is. It returns when the
	// next exchange of the same number is due: as soon as the one before was over, or later. ok is false where nothing follows;
	// nothing is sent after an exchange that was Unfinished or Unsent. In the closed model the same user goes on. Nil: each
	// request is one exchange.
	FollowUp func(x *Exchange) (at time.Duration, ok bool)

	// KeepBody returns how much of the body of the answer to request k is kept, in bytes, when that is about to be sent; nil: nothing.
	KeepBody func(k uint64) int

	// Connected is told of each connection as it is taken into use; nil: nobody asks. The engine says whether it is called by several
	// goroutines at once.
	Connected func(Connection)
}

// Keep returns how much of the body of the answer to request k is kept, in bytes.
func (c *Config) Keep(k uint64) int {
	if c.KeepBody == nil {
		return 0
	}
	return c.KeepBody(k)
}

// Connection is what there is to tell of a connection that is open.
type Connection struct {
	Protocol string // "HTTP/1.1", "HTTP/2.0" or "HTTP/3.0"
	TLS      uint16 // version of TLS, as crypto/tls numbers it; 0: no TLS
	Suite    uint16 // of TLS, as crypto/tls numbers it
	Resumed  bool   // its TLS took up the session of an earlier connection
}

// InterruptDrain bounds the wait for answers once a run was interrupted.
const InterruptDrain = time.Second

// End says how a run ended.
type End struct {
	At   time.Duration // when sending and reading ended: what had not finished by then never did
	Cut  time.Duration // requests intended at or after it were never due; Length and Tail unless interrupted
	Next uint64        // the first number that was not taken from the source; all taken before it are recorded

	// Stopped is when sending ended: at At, or as soon as the run was interrupted. FreeSince is since when a slot stood free
	// then; a request due before Stopped and not sent was held up from FreeSince on by the engine, not by the target.
	// Negative where all slots were busy: what comes free afterwards is not to be used.
	Stopped, FreeSince time.Duration

	Stuck int // requests that did not end when they were cancelled, and were left alone
}
