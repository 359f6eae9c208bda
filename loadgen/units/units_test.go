package units

import (
	"math"
	"testing"
	"time"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
)

func TestDuration(t *testing.T) {
	for _, tc := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0 us"},
		{1, "1 ns"},
		{999, "999 ns"},
		{1000, "1 us"},
		{1499, "1 us"},
		{1500, "2 us"},
		{410 * us, "410 us"},
		{999_499, "999 us"},
		{999_500, "1.0 ms"}, // rounded first: never 1000 us
		{1300 * us, "1.3 ms"},
		{9_949_999, "9.9 ms"},
		{9_950_000, "10 ms"}, // never 10.0 ms
		{14 * ms, "14 ms"},
		{999_499_999, "999 ms"},
		{999_500_000, "1.0 s"},
		{3400 * ms, "3.4 s"},
		{20_100 * ms, "20.1 s"},
		{99_949 * ms, "99.9 s"},
		{99_950 * ms, "100 s"},
		{999_499 * ms, "999 s"},
		{999_500 * ms, "16.7 min"},
		{time.Hour, "60.0 min"},
		{5996 * time.Second, "99.9 min"},
		{5997 * time.Second, "1.7 h"},
		{99*time.Hour + 57*time.Minute, "100 h"},
		{-1300 * us, "−1.3 ms"},
		{math.MaxInt64, "2,562,048 h"},
		{math.MinInt64, "−2,562,048 h"},
	} {
		if got := Duration(tc.d); got != tc.want {
			t.Errorf("Duration(%d ns) = %q, want %q", tc.d, got, tc.want)
		}
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                "0 s",
		500 * ms:                         "500 ms",
		time.Second:                      "1 s",
		1500 * ms:                        "1.5 s",
		8 * time.Second:                  "8 s",
		119_900 * ms:                     "119.9 s",
		2 * time.Minute:                  "2 min",
		150 * time.Second:                "2.5 min",
		2*time.Hour - time.Minute:        "119 min",
		2 * time.Hour:                    "2 h",
		-8 * time.Second:                 "−8 s",
		time.Duration(math.MaxInt64):     "2,562,047.8 h",
		time.Duration(math.MinInt64) + 1: "−2,562,047.8 h",
	} {
		if got := Span(d); got != want {
			t.Errorf("Span(%d ns) = %q, want %q", d, got, want)
		}
	}
}

func TestFloats(t *testing.T) {
	inf := math.Inf(1)
	for _, tc := range []struct {
		name  string
		write func(float64) string
		v     float64
		want  string
	}{
		{"Rate", Rate, 0, "0/s"},
		{"Rate", Rate, 0.0049, "< 0.01/s"},
		{"Rate", Rate, 0.005, "0.01/s"},
		{"Rate", Rate, 0.25, "0.25/s"},
		{"Rate", Rate, 0.5, "0.5/s"},
		{"Rate", Rate, 0.994, "0.99/s"},
		{"Rate", Rate, 0.996, "1/s"},
		{"Rate", Rate, 9.5, "9.5/s"},
		{"Rate", Rate, 9.94, "9.9/s"},
		{"Rate", Rate, 9.96, "10/s"},
		{"Rate", Rate, 103.7, "104/s"},
		{"Rate", Rate, 1600, "1,600/s"},
		{"Rate", Rate, 9999.4, "9,999/s"},
		{"Rate", Rate, 9999.5, "10,000/s"},
		{"Rate", Rate, 81_234, "81,200/s"},
		{"Rate", Rate, 1e300, "1e+300/s"},
		{"Rate", Rate, -30, "−30/s"},
		{"Rate", Rate, inf, "–"},
		{"Rate", Rate, math.NaN(), "–"},

		{"Share", Share, 0, "0 %"},
		{"Share", Share, 0.00049, "< 0.1 %"}, // something is not nothing
		{"Share", Share, 0.0005, "0.1 %"},
		{"Share", Share, 0.09, "9 %"},
		{"Share", Share, 0.987, "98.7 %"},
		{"Share", Share, 0.9994, "99.9 %"},
		{"Share", Share, 0.9995, "> 99.9 %"}, // not all is not all
		{"Share", Share, 1, "100 %"},
		{"Share", Share, math.NaN(), "–"},

		{"Percent", Percent, 0, "0 %"},
		{"Percent", Percent, 0.0049, "< 1 %"},
		{"Percent", Percent, 0.005, "1 %"},
		{"Percent", Percent, 0.094, "9 %"},
		{"Percent", Percent, 1.24, "124 %"},
		{"Percent", Percent, inf, "–"},

		{"Times", Times, 0, "0×"},
		{"Times", Times, 0.004, "< 0.01×"},
		{"Times", Times, 0.172, "0.17×"},
		{"Times", Times, 0.996, "1.0×"},
		{"Times", Times, 3.14, "3.1×"},
		{"Times", Times, 22.44, "22.4×"},
		{"Times", Times, 99.94, "99.9×"},
		{"Times", Times, 99.96, "100×"},
		{"Times", Times, 9714, "9,710×"},
		{"Times", Times, -1, "–"},
		{"Times", Times, inf, "–"},
	} {
		if got := tc.write(tc.v); got != tc.want {
			t.Errorf("%s(%v) = %q, want %q", tc.name, tc.v, got, tc.want)
		}
	}
}

func TestCounts(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "0", 999: "999", 1000: "1,000", 4812: "4,812", 123_456: "123,456", math.MaxUint64: "18,446,744,073,709,551,615",
	} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[uint64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 9949: "9.9 kB", 9950: "10 kB", 999_499: "999 kB", 999_500: "1.0 MB",
		98_000_000: "98 MB", 1_250_000_000: "1.3 GB", 2e12: "2.0 TB", math.MaxUint64: "18,446,744 TB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestLowerBoundsAreNotRoundedUp(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1999600 * time.Microsecond: "1.99 s", 999_600: "999 us", 9_999_900: "9.99 ms", 2 * time.Second: "2.00 s", 7: "7 ns",
	} {
		if got := PreciseLow(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
