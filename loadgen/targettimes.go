package loadgen

import (
	"time"
)

// targetTimes counts target times: of successes, and the bounds of requests without an answer.
type targetTimes struct {
	parts  [2]struct{ ok, bounds histogram } // undisturbed, disturbed
	untold uint64
}

func newTargetTimes(digits int) (t targetTimes) {
	for i := range t.parts {
		t.parts[i].ok.digits, t.parts[i].bounds.digits = digits, digits
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
		part.ok.recordN(target, int64(n))
	case targetAtLeast:
		part.bounds.recordN(target, int64(n))
	case targetUntold:
		t.untold += n
	}
}

func (t *targetTimes) add(other *targetTimes) {
	for i := range t.parts {
		t.parts[i].ok.add(&other.parts[i].ok)
		t.parts[i].bounds.add(&other.parts[i].bounds)
	}
	t.untold += other.untold
}

func (t *targetTimes) reset() {
	for i := range t.parts {
		t.parts[i].ok.reset()
		t.parts[i].bounds.reset()
	}
	t.untold = 0
}

func (t *targetTimes) describe() *TargetTime {
	return newTargetTime(t.parts[0].ok.digits, newDist(&t.parts[0].ok, &t.parts[0].bounds), newDist(&t.parts[1].ok, &t.parts[1].bounds), t.untold)
}
