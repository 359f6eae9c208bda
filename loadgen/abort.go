package loadgen

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Abort ends a run early when one of its conditions is true. Its zero value ends none.
//
// A condition is judged about once a second, over the whole seconds so far that lie within its phases (without a phase:
// those that are no warm-up) and not within the grace, so that a cold start ends nothing. Durations and errors belong to
// the second in which their request was intended. It takes ten requests to end a run, of a percentile ten above its limit,
// and of a rate as much time as ten requests take at the limit: one slow answer ends nothing.
type Abort struct {
	On    []Threshold   // any of them ends the run when it is true
	Grace time.Duration // since the start of the run
}

// DefaultGrace returns the grace for a run of that length where none is given: 10 s, but at most a third of the run.
func DefaultGrace(length time.Duration) time.Duration {
	return min(10*time.Second, (length / 3).Truncate(time.Second))
}

// maxConditions bounds the conditions of a run: each keeps histograms of its own.
const maxConditions = 100

// ParseCondition reads what may end a run, such as errors>5%: a threshold in form, but one that says what must not be, of
// all endpoints together and of the response or the service time.
func ParseCondition(text string) (Threshold, error) {
	t, err := parseThreshold("condition", text)
	switch {
	case err != nil:
		return Threshold{}, err
	case t.Endpoint != "":
		err = fmt.Errorf("while a run goes on, endpoints are not told apart: leave out {%s}", bounded(t.Endpoint))
	case t.Duration == "wait" || t.Duration == "lag":
		err = fmt.Errorf("%s is not judged while a run goes on: take the response time, or \"service:\"", t.Duration)
	default:
		return t, nil
	}
	return Threshold{}, fmt.Errorf("condition %s: %w", strconv.Quote(bounded(t.Text)), err)
}

func (a Abort) validate() error {
	switch {
	case len(a.On) > maxConditions:
		return fmt.Errorf("%d conditions to abort on: at most %d are judged", len(a.On), maxConditions)
	case a.Grace < 0:
		return fmt.Errorf("the grace before a run is aborted must not be below 0, got %v", a.Grace)
	}
	return nil
}

// Abort returns the event that ended the run because a condition to abort on was true, or nil.
func (r *Run) Abort() *Event {
	if i := slices.IndexFunc(r.Events, func(e Event) bool { return e.Kind == EventAbort }); i >= 0 {
		return &r.Events[i]
	}
	return nil
}
