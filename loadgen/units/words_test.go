package units

import (
	"testing"
	"time"
)

func TestLowerBoundsAreNotRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1999600 * time.Microsecond: "1.99 s", 999_600: "999 us", 9_999_900: "9.99 ms", 2 * time.Second: "2.00 s", 7: "7 ns",
	} {
		if got := PreciseLow(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
