package loadgen

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// targetTimes counts target times: of successes, and the bounds of requests without an answer.
type targetTimes struct {
	parts  [2]struct{ ok, bounds runfile.Histogram } // undisturbed, disturbed
	untold uint64
}

func newTargetTimes(digits int) (t targetTimes) {
	for i := range t.parts {
		t.parts[i].ok.Digits, t.parts[i].bounds.Digits = digits, digits
	}
	return t
}

func (t *targetTimes) count(h *held, disturbed bool) { t.countN(h.target, h.told, disturbed, 1) }

func (t *targetTimes) countN(target time.Duration, told telling, disturbed bool, n uint64) {
	part := &t.parts[0]
	if disturbed {
		part = &t.parts[1]
	}
	switch told {
	case targetMeasured:
		part.ok.RecordN(target, int64(n))
	case targetAtLeast:
		part.bounds.RecordN(target, int64(n))
	case targetUntold:
		t.untold += n
	}
}

func (t *targetTimes) add(other *targetTimes) {
	for i := range t.parts {
		t.parts[i].ok.Add(&other.parts[i].ok)
		t.parts[i].bounds.Add(&other.parts[i].bounds)
	}
	t.untold += other.untold
}

func (t *targetTimes) reset() {
	for i := range t.parts {
		t.parts[i].ok.Reset()
		t.parts[i].bounds.Reset()
	}
	t.untold = 0
}

func (t *targetTimes) describe() *runfile.TargetTime {
	return runfile.NewTargetTime(t.parts[0].ok.Digits, runfile.DistOf(&t.parts[0].ok, &t.parts[0].bounds), runfile.DistOf(&t.parts[1].ok, &t.parts[1].bounds), t.untold)
}
