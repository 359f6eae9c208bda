package loadgen

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/exchange"
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// sample is an exchange, and where it is counted.
type sample struct {
	*exchange.Exchange
	endpoint int // index of the endpoint in the plan
	cache    cacheMark
	timings  []timing
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
	wait := s.Wait()
	switch {
	case s.Outcome == exchange.Failed:
		return 0, targetFailed
	case s.Outcome == exchange.Succeeded:
		return wait + s.Service(), targetMeasured
	case s.WasSent():
		return wait + s.Service(), targetAtLeast
	case s.Free == exchange.NeverFree || s.Outcome == exchange.Shed && wait > s.Lag():
		return wait, targetAtLeast
	}
	return 0, targetUntold
}

// class is where a finished request is counted.
func (s *sample) class() runfile.Class {
	switch {
	case s.Outcome != exchange.Succeeded:
		return runfile.ClassFailed
	case s.cache == cacheHit:
		return runfile.ClassHit
	case s.cache == cacheMiss:
		return runfile.ClassMiss
	default:
		return runfile.ClassOK
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
