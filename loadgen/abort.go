package loadgen

import (
	"fmt"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// Abort ends a run early when one of its conditions is true. Its zero value ends none.
//
// A condition is judged about once a second, over the whole seconds so far that lie within its phases (without a phase:
// those that are no warm-up) and not within the grace, so that a cold start ends nothing. Durations and errors belong to
// the second in which their request was intended. It takes ten requests to end a run, of a percentile ten above its limit,
// and of a rate as much time as ten requests take at the limit: one slow answer ends nothing.
type Abort struct {
	On    []runfile.Threshold // any of them ends the run when it is true
	Grace time.Duration       // since the start of the run
}

// DefaultGrace returns the grace for a run of that length where none is given: 10 s, but at most a third of the run.
func DefaultGrace(length time.Duration) time.Duration {
	return min(10*time.Second, (length / 3).Truncate(time.Second))
}

// maxConditions bounds the conditions of a run: each keeps histograms of its own.
const maxConditions = 100

func (a Abort) validate() error {
	switch {
	case len(a.On) > maxConditions:
		return fmt.Errorf("%d conditions to abort on: at most %d are judged", len(a.On), maxConditions)
	case a.Grace < 0:
		return fmt.Errorf("the grace before a run is aborted must not be below 0, got %v", a.Grace)
	}
	return nil
}
