package units

import (
	"fmt"
	"math"
	"time"
)

var durations = []scale{
	{"ns", 1, 0, 1000},
	{"us", 1e3, 0, 1000},
	{"ms", 1e6, 1, 10},
	{"ms", 1e6, 0, 1000},
	{"s", 1e9, 1, 100},
	{"s", 1e9, 0, 1000},
	{"min", 60e9, 1, 100},
	{"h", 3600e9, 1, 100},
	{"h", 3600e9, 0, math.Inf(1)},
}

// Duration writes a measured duration with two or three digits: 410 us, 1.3 ms, 14 ms, 3.4 s, 20.1 s.
func Duration(d time.Duration) string {
	if d == 0 {
		return "0 us"
	}
	return format(float64(d), durations, Nearest)
}

// DurationLow writes a lower bound of a duration as [Duration] does, but never more than is known.
func DurationLow(d time.Duration) string {
	if d == 0 {
		return Duration(d)
	}
	return format(float64(d), durations, Down)
}

// DurationAtLeast is [DurationLow] with its sign: ≥ 12 ms.
func DurationAtLeast(d time.Duration) string { return "≥ " + DurationLow(d) }

// Span writes a planned or elapsed length, which is mostly whole: 8 s, 1.5 s, 500 ms, 10 min.
func Span(d time.Duration) string {
	switch a := d.Abs(); {
	case a == 0:
		return "0 s"
	case a < time.Second:
		return Duration(d)
	case a < 2*time.Minute:
		return Trimmed(d.Seconds()) + " s"
	case a < 2*time.Hour:
		return Trimmed(d.Minutes()) + " min"
	default:
		return Trimmed(d.Hours()) + " h"
	}
}

// Precise writes a duration with three digits, for evidence and for what is compared with a limit: 40.0 ms, 1.99 s.
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

// PreciseLow writes a lower bound of a duration with three digits, and never more than is known.
func PreciseLow(d time.Duration) string {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return Precise(d.Truncate(unit))
}
