package loadgen

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// span writes a duration with three digits, for evidence and events.
func span(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < 999500*time.Nanosecond:
		return three(float64(d)/1e3) + " us"
	case d < 999500*time.Microsecond:
		return three(float64(d)/1e6) + " ms"
	default:
		return three(d.Seconds()) + " s"
	}
}

// lowSpan writes a lower bound of a duration: with three digits of it, and never more than is known.
func lowSpan(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return span(d.Truncate(unit))
}

// three writes a number with three digits, or all of those before the point.
func three(v float64) string {
	decimals := 2
	switch a := math.Abs(v); {
	case a >= 99.95:
		decimals = 0
	case a >= 9.995:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// count writes a whole number with its thousands apart.
func count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
