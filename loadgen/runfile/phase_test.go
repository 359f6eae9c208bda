package runfile

import (
	"testing"
	"time"
)

// First bytes that stand for too few answers are left out: of a sum, and of a file that has them.
func TestFirstBytesOfTooFewAreLeftOut(t *testing.T) {
	phase := func(known, answers int) Phase {
		n := uint64(answers)
		times := NewDist(TotalDigits, make([]time.Duration, answers), nil)
		return Phase{
			Name: "hold", DurationNS: time.Second, Requests: Requests{Planned: n, Due: n, Sent: n, Succeeded: n},
			Offered: Rate{n, float64(n)}, ResponseTime: times, ServiceTime: times,
			FirstByte: NewDist(TotalDigits, make([]time.Duration, known), nil),
		}
	}
	for _, tc := range []struct{ known, alone, beside uint64 }{{16, 0, 0}, {89, 0, 0}, {90, 90, 0}, {100, 100, 100}} {
		m, err := mergePhase(phase(int(tc.known), 100), phase(0, 5)) // 90 of 105 are too few
		if err != nil || m.FirstByte.Count != tc.beside {
			t.Errorf("%d of 100 beside 5 more of which none is known: %d are shown, %v", tc.known, m.FirstByte.Count, err)
		}
		old := phase(int(tc.known), 100)
		if err := old.check(1); err != nil || old.FirstByte.Count != tc.alone {
			t.Errorf("of a file with %d of 100: %d are shown, %v", tc.known, old.FirstByte.Count, err)
		}
	}
}
