package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// span writes a duration with three digits, for evidence and events.
func Precise(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < 999500*time.Nanosecond:
		return ThreeDigits(float64(d)/1e3) + " us"
	case d < 999500*time.Microsecond:
		return ThreeDigits(float64(d)/1e6) + " ms"
	default:
		return ThreeDigits(d.Seconds()) + " s"
	}
}

// lowSpan writes a lower bound of a duration: with three digits of it, and never more than is known.
func PreciseLow(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return Precise(d.Truncate(unit))
}

// three writes a number with three digits, or all of those before the point.
func ThreeDigits(v float64) string {
	decimals := 2
	switch a := math.Abs(v); {
	case a >= 99.95:
		decimals = 0
	case a >= 9.995:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// Count writes a whole number with its thousands apart.
func Count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Requests writes a number of requests.
func Requests(n uint64) string {
	if n == 1 {
		return "1 request"
	}
	return Count(n) + " requests"
}

// listedNames joins the first names of a list.
func Listed(names []string) string {
	const most = 5
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}
