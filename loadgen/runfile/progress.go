package runfile

import (
	"time"

	"github.com/seed-5a006608/bench/profiles"
)

// ProgressSeconds is how many of the last seconds a Progress tells of, at most.
const ProgressSeconds = 60

// Progress is the state of a run while it goes on, for a person who watches. Its figures may be revised.
type Progress struct {
	Target        string
	Phase         string
	Kind          profiles.Kind
	PhaseElapsed  time.Duration
	PhaseDuration time.Duration
	Elapsed       time.Duration // may pass Total while the drain lasts
	Total         time.Duration // length of the profile, and after it as long as journeys think at most
	Draining      bool          // the last intended instant is past
	Most          uint64        // requests of the closed model after which it ends, if Total is not past before; 0: no limit
	Sent          uint64        // of them
	Offered       float64       // requests/s that were due in the last whole second
	Achieved      float64       // successes/s since the Progress before
	InFlight      uint64
	Waiting       uint64     // due and not sent; 0 where there are Journeys: when their later steps are due hangs on answers
	Journeys      *uint64    // in progress; nil: each request is one exchange
	Failed        uint64     // since the start
	Failures      KindCounts // of them, by kind, as far as they have been gathered

	Seconds    []ProgressSecond // the last whole seconds by intended time, oldest first
	BenchCPU   ProgressCPU
	TargetCPU  ProgressCPU
	Limits     []ProgressLimit
	Conditions []ProgressCondition // the conditions that end the run early
}

// ProgressSecond is what is known so far of the requests that were intended in a second.
type ProgressSecond struct {
	Due           uint64 // in the closed model, the ones that have ended
	OK, Failed    uint64
	Open          uint64 // requests without a known end; not counted in the closed model
	Samples       uint64 // response times that the percentiles are of: of successes, and of Open at their least age
	P50, P95, P99 Figure // 0 without a sample
}

// ProgressCPU is what a program used of its processors since the Progress before.
type ProgressCPU struct {
	Known bool
	Used  float64 // processors
	Of    int     // processors that it may use; 0: not known
}

// ProgressLimit is a threshold of the run on a figure of the last second.
type ProgressLimit struct {
	Threshold
	Crossed bool // by the last second alone, which fails no run
}

// ProgressCondition is a condition that ends the run, and what it has judged so far.
type ProgressCondition struct {
	Threshold
	Actual  *float64 // in the unit of Limit; nil: nothing judged yet
	AtLeast bool
	Holds   bool // by its figure; it may take more requests to end the run
}

// Last is the last whole second; the zero value before there is one.
func (p *Progress) Last() ProgressSecond {
	if len(p.Seconds) == 0 {
		return ProgressSecond{}
	}
	return p.Seconds[len(p.Seconds)-1]
}

// Figure returns what the second has for a threshold's limit, or false where it has no such figure: of a percentile other than
// P50, P95 and P99, of an endpoint, or of a duration that is not the response time.
func (s *ProgressSecond) Figure(t Threshold) (figure float64, known bool) {
	switch {
	case t.Endpoint != "":
		return 0, false
	case t.Metric == MetricErrors:
		return float64(s.Failed) / float64(max(s.Due, 1)), s.Due > 0
	case t.Metric != MetricPercentile || t.Duration != "response":
		return 0, false
	}
	at, known := map[float64]Figure{0.50: s.P50, 0.95: s.P95, 0.99: s.P99}[t.Quantile]
	return float64(at.Value), known && s.Samples > 0
}
