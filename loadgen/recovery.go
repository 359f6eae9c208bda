package loadgen

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// What a baseline must have before a recovery can be measured against it, and how long a service must be back.
const (
	minBaselineSeconds = 5
	minBaselineSamples = 20
	recoveredSeconds   = 3
	recoveryTolerance  = 1.1
)

// recovery measures how long after the spike that ends at from the service was back at its baseline: the end of the
// first three consecutive seconds in which the one-second P95 is at most 1.1 × the baseline's highest, errors are at
// most those of the baseline's worst second, and no earlier request is outstanding. lastEnd is, for each second, when
// the last request intended in it ended. The watch ends with the recovery, at until.
func recovery(from, until time.Duration, baseline runfile.Phase, intervals []runfile.Interval, lastEnd []time.Duration) *runfile.Recovery {
	var seconds int
	var p95 time.Duration
	var errors uint64
	for _, s := range intervals {
		inside := s.StartNS >= baseline.StartNS && s.StartNS+time.Second <= baseline.StartNS+baseline.DurationNS
		if !inside || s.Due < minBaselineSamples {
			continue
		}
		seconds++
		p95 = max(p95, s.ResponseTime.P95NS)
		errors = max(errors, s.Failed)
	}
	if seconds < minBaselineSeconds {
		return &runfile.Recovery{State: runfile.NotMeasurable, Reason: fmt.Sprintf(
			"the baseline has %d seconds of %d requests or more, and %d are needed", seconds, minBaselineSamples, minBaselineSeconds)}
	}
	limit := time.Duration(recoveryTolerance * float64(p95))
	good := 0
	var outstanding time.Duration // the latest end of all earlier requests
	for i, s := range intervals {
		end := s.StartNS + time.Second
		if s.StartNS >= from && end <= until {
			back := s.ResponseTime.Count > 0 && s.ResponseTime.P95NS <= limit && s.Failed <= errors && outstanding <= end
			if good++; !back {
				good = 0
			}
			if good == recoveredSeconds {
				return &runfile.Recovery{State: runfile.Recovered, AfterNS: end - from}
			}
		}
		outstanding = max(outstanding, lastEnd[i])
	}
	return &runfile.Recovery{State: runfile.NotRecovered, AfterNS: until - from}
}
