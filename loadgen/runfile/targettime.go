package runfile

import (
	"cmp"
	"fmt"
)

// TargetTime is wait + service of the requests: what the target did, whatever bench did. It is kept in two parts, because what
// was in flight while bench or its machine stood still, and what queued behind the burst that came after, is longer by that.
// What decides reads the undisturbed part.
type TargetTime struct {
	Undisturbed Dist   `json:"undisturbed"`
	Disturbed   Dist   `json:"disturbed"`
	Untold      uint64 `json:"untold,omitempty"` // requests that were not sent though their slot was free: they tell nothing of the target

	digits int // of its histograms; 0: as many as a phase's have
}

// NewTargetTime returns target times from distributions of so many significant digits.
func NewTargetTime(digits int, undisturbed, disturbed Dist, untold uint64) *TargetTime {
	return &TargetTime{Undisturbed: undisturbed, Disturbed: disturbed, Untold: untold, digits: digits}
}

// All returns both parts together.
func (t *TargetTime) All() Dist {
	all := t.Undisturbed
	if err := all.merge(&t.Disturbed, cmp.Or(t.digits, TotalDigits)); err != nil {
		return t.Undisturbed // never: a file's histograms are decoded before anything else reads them
	}
	return all
}

// HasTargetTime reports whether the run was measured by a bench that keeps target time.
func (r *Run) HasTargetTime() bool { return r.Overall.TargetTime != nil }

// merge adds other, of the same digits. Where one of them was not kept neither is the sum.
func (t *TargetTime) merge(other *TargetTime, digits int) (*TargetTime, error) {
	if t == nil || other == nil {
		return nil, nil
	}
	m := *t
	m.Untold += other.Untold
	if err := m.Undisturbed.merge(&other.Undisturbed, digits); err != nil {
		return nil, fmt.Errorf("target_time: %w", err)
	}
	if err := m.Disturbed.merge(&other.Disturbed, digits); err != nil {
		return nil, fmt.Errorf("target_time: %w", err)
	}
	return &m, nil
}

// check decodes the histograms of an untrusted one.
func (t *TargetTime) check(digits int) error {
	if t == nil {
		return nil
	}
	t.digits = digits
	if err := t.Undisturbed.check(digits); err != nil {
		return fmt.Errorf("target_time: undisturbed: %w", err)
	}
	if err := t.Disturbed.check(digits); err != nil {
		return fmt.Errorf("target_time: disturbed: %w", err)
	}
	return nil
}
