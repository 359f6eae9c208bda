package loadgen

import (
	"net/netip"
	"time"
)

// outcome is what became of a request.
type outcome uint8

const (
	succeeded outcome = iota
	failed
	timedOut   // failed, and known only to take at least its age
	shed       // failed before it was sent because it was older than the deadline; known only to take at least its age
	unfinished // sent, and not answered by the end of the run
	unsent     // due, and not sent by the end of the run
)

// neverFree is the free instant of a request for which there never was a connection and a slot.
const neverFree = time.Duration(-1)

// sample is one request and what became of it. Instants are since the start of the run.
type sample struct {
	endpoint  int           // which of the plan's endpoints it is
	intended  time.Duration // when it was due
	slot      time.Duration // when a slot was there for it, or neverFree
	free      time.Duration // when a connection was there too, or neverFree
	stopped   time.Duration // of one that was never sent though it was free: when sending ended
	sent      time.Duration // when it was sent, if it was
	wasSent   bool
	firstByte time.Duration // 0: none came
	end       time.Duration // last byte, failure, or the end of the run
	connect   time.Duration // 0: the connection was open
	outcome   outcome
	kind      string // of a failure
	detail    string
	retries   int
	bytesIn   uint64
	bytesOut  uint64
	address   netip.AddrPort // where it was sent, of a host with several addresses; else none
	cache     cacheMark
	timings   []timing
}

// wait is the target's doing: how long the request had no connection or no slot.
func (s *sample) wait() time.Duration {
	if s.free == neverFree {
		return s.end - s.intended
	}
	return max(0, s.free-s.intended)
}

// slotWait is the part of the wait in which there was no slot; the rest is waiting for a connection.
func (s *sample) slotWait() time.Duration {
	if s.slot == neverFree {
		return s.end - s.intended
	}
	return max(0, s.slot-s.intended)
}

// lag is the generator's own: how long a request that could have been sent was not. Of one that was never sent it is
// the least that the lag would have been: until sending ended.
func (s *sample) lag() time.Duration {
	if s.free == neverFree {
		return 0
	}
	ready := max(s.intended, s.free)
	switch {
	case s.wasSent:
		return s.sent - ready
	case s.outcome == unsent:
		return s.stopped - ready
	default:
		return s.end - ready
	}
}

// telling is what a request tells of the target's time.
type telling uint8

const (
	targetFailed   telling = iota // a failure that was answered is in no distribution
	targetMeasured                // a success
	targetAtLeast                 // no answer: the target time would have been at least so much
	targetUntold                  // it was not sent though its slot was free
)

// targetTime is what the target did, whatever bench did: wait and service, which is response less lag. A request that was not
// sent though its slot was free tells nothing of the target; nor does one that was shed where bench had it for longer than it
// waited.
func (s *sample) targetTime() (time.Duration, telling) {
	wait := s.wait()
	switch {
	case s.outcome == failed:
		return 0, targetFailed
	case s.outcome == succeeded:
		return wait + s.service(), targetMeasured
	case s.wasSent:
		return wait + s.service(), targetAtLeast
	case s.free == neverFree || s.outcome == shed && wait > s.lag():
		return wait, targetAtLeast
	}
	return 0, targetUntold
}

func (s *sample) service() time.Duration  { return s.end - s.sent }
func (s *sample) response() time.Duration { return s.end - s.intended }

// over reports whether the request came to an end of its own, by an answer or a failure.
func (s *sample) over() bool { return s.outcome != unfinished && s.outcome != unsent }

// class is where a finished request is counted.
func (s *sample) class() Class {
	switch {
	case s.outcome != succeeded:
		return ClassFailed
	case s.cache == cacheHit:
		return ClassHit
	case s.cache == cacheMiss:
		return ClassMiss
	default:
		return ClassOK
	}
}

// cacheMark is what a response says of the cache it came through.
type cacheMark uint8

const (
	cacheUnmarked cacheMark = iota
	cacheHit
	cacheMiss
)

// timing is one metric of a Server-Timing header.
type timing struct {
	name     []byte // part of the header it was read from
	duration time.Duration
}
