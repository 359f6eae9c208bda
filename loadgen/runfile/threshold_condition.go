package runfile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// ParseCondition reads what may end a run, such as errors>5%: a threshold in form, but one that says what must not be, of
// all endpoints together and of the response or the service time.
func ParseCondition(text string) (Threshold, error) {
	t, err := parseThreshold("condition", text)
	switch {
	case err != nil:
		return Threshold{}, err
	case t.Metric == MetricLost:
		err = errors.New("which writes are lost is known after a run: judge it by a threshold")
	case t.Endpoint != "":
		err = fmt.Errorf("while a run goes on, endpoints are not told apart: leave out {%s}", Excerpt(t.Endpoint))
	case t.Duration == "wait" || t.Duration == "lag":
		err = fmt.Errorf("%s is not judged while a run goes on: take the response time, or \"service:\"", t.Duration)
	default:
		return t, nil
	}
	return Threshold{}, fmt.Errorf("condition %s: %w", strconv.Quote(Excerpt(t.Text)), err)
}

// Abort returns the event that ended the run because a condition to abort on was true, or nil.
func (r *Run) Abort() *Event {
	if i := slices.IndexFunc(r.Events, func(e Event) bool { return e.Kind == EventAbort }); i >= 0 {
		return &r.Events[i]
	}
	return nil
}
