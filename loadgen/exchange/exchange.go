package exchange

import (
	"net/netip"
	"time"
)

// Exchange is one request and what became of it. Instants are since Config.Epoch; those that were not reached are 0.
type Exchange struct {
	K        uint64
	Part     int // which of several exchanges of one number it is, as Config.FollowUp says; else 0
	Intended time.Duration

	// Slot is when a slot was there for this request, at its intended start or later. What follows until Free is waiting for
	// a connection. NeverFree where there was no slot.
	Slot time.Duration

	// Free is when a slot and a connection were there for this request, had the engine asked for them the moment it
	// could: connecting counts, the engine's own lateness in asking does not. NeverFree where the target gave none.
	Free time.Duration

	Sent      time.Duration  // just before the request was first written, over a connection that was there
	FirstByte time.Duration  // 0 too where an engine does not know it
	End       time.Duration  // last byte, failure, or the end of the run
	Stopped   time.Duration  // of one that was Free and never sent: when sending ended
	Connect   time.Duration  // time spent on connecting and TLS; 0 on a connection that was open already
	Handshake time.Duration  // the part of Connect that TLS took
	Address   netip.AddrPort // where it was sent, of a host with several addresses; else the zero value
	Retries   int            // how often it was sent again because the server had closed the idle connection
	UserClock bool           // End was read from the clock after the answer was read: the kernel gave no usable stamp

	Outcome  Outcome
	Kind     string // of a failure: one of the kinds
	Detail   string // a failure in its own words; from the server in part, so not to be trusted
	Status   int    // 0 where no header came
	Header   Header
	BytesIn  uint64 // body bytes
	BytesOut uint64 // body bytes

	User  int       // in the closed model
	Taken [2]uint64 // what Config.Failure took out of the answer for whoever records it
}

// NeverFree is the instant at which a request got no slot, or no connection.
const NeverFree = time.Duration(-1)

// Outcome is what became of a request.
type Outcome uint8

// The outcomes. Of those after Failed only the least that they would have taken is known.
const (
	Succeeded  Outcome = iota // a whole answer that Config.Failure took for a success
	Failed                    // any other end
	TimedOut                  // a failure: it took longer than it may
	Shed                      // a failure: older than the deadline before it could be sent
	Unfinished                // sent, and not answered by the end of the run
	Unsent                    // due, and not sent by the end of the run
)

// WasSent reports whether anything of the request was written.
func (x *Exchange) WasSent() bool { return x.Sent > 0 }

// Over reports whether the request came to an end of its own, by an answer or a failure.
func (x *Exchange) Over() bool { return x.Outcome != Unfinished && x.Outcome != Unsent }

// Ready is when the request could have been sent, were it Free at all.
func (x *Exchange) Ready() time.Duration { return max(x.Intended, x.Free) }

// Wait is the target's doing: how long the request had no slot or no connection.
func (x *Exchange) Wait() time.Duration {
	if x.Free == NeverFree {
		return x.End - x.Intended
	}
	return max(0, x.Free-x.Intended)
}

// SlotWait is the part of Wait in which there was no slot; the rest is waiting for a connection.
func (x *Exchange) SlotWait() time.Duration {
	if x.Slot == NeverFree {
		return x.End - x.Intended
	}
	return max(0, x.Slot-x.Intended)
}

// Lag is the generator's own: how long a request that could have been sent was not. Of one that was never sent it is the least
// that it would have been: until sending ended.
func (x *Exchange) Lag() time.Duration {
	switch {
	case x.Free == NeverFree:
		return 0
	case x.WasSent():
		return x.Sent - x.Ready()
	case x.Outcome == Unsent:
		return x.Stopped - x.Ready()
	}
	return x.End - x.Ready()
}

// Service is the time from the send to the end. Of a request that was sent, Wait + Lag + Service = Response.
func (x *Exchange) Service() time.Duration { return x.End - x.Sent }

// Response is the time from the intended start to the end.
func (x *Exchange) Response() time.Duration { return x.End - x.Intended }
