package chart

import (
	"math"
	"strconv"
	"strings"
)

// Unit says what a number counts, and so how a tick is written.
type Unit string

// The units of axes.
const (
	Number      Unit = ""
	Nanoseconds Unit = "ns"
	Seconds     Unit = "s"  // since the start of a run
	PerSecond   Unit = "/s" // a rate
	Bytes       Unit = "B"
	Share       Unit = "%" // of a whole, 0-1
	Factor      Unit = "×" // how many times greater
)

// step is a size that a unit is written in.
type step struct {
	size float64
	name string
}

var (
	durations = []step{{3600e9, "h"}, {60e9, "min"}, {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}}
	bytes     = []step{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}}
)

// Text writes a value with up to three digits and its unit: 250 us, 1.5 s, 12 MB, 40 %, 1,200/s.
func (u Unit) Text(v float64) string {
	switch u {
	case Nanoseconds:
		return sized(v, durations)
	case Bytes:
		return sized(v, bytes)
	case Seconds:
		return clock(v)
	case PerSecond:
		return digits(v) + "/s"
	case Share:
		return digits(v*100) + " %"
	case Factor:
		return digits(v) + "×"
	}
	return digits(v)
}

func sized(v float64, steps []step) string {
	for _, s := range steps {
		if math.Abs(v) >= s.size*0.9995 {
			return digits(v/s.size) + " " + s.name
		}
	}
	if v == 0 {
		return "0"
	}
	return digits(v) + " " + steps[len(steps)-1].name
}

// clock writes a time since the start of a run: 45 s, 2:30 min, 1:05 h.
func clock(v float64) string {
	if a := math.Abs(v); a < 120 || a > 1e9 {
		return digits(v) + " s"
	}
	seconds := int64(math.Round(math.Abs(v)))
	sign := ""
	if v < 0 {
		sign = "−"
	}
	if seconds < 3600*2 {
		return sign + strconv.FormatInt(seconds/60, 10) + ":" + two(seconds%60) + " min"
	}
	return sign + strconv.FormatInt(seconds/3600, 10) + ":" + two(seconds/60%60) + " h"
}

func two(n int64) string {
	return strings.Repeat("0", 2-len(strconv.FormatInt(n, 10))) + strconv.FormatInt(n, 10)
}

// digits writes a number with three digits, its thousands apart.
func digits(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v < 0:
		return "−" + digits(-v)
	case v >= 1e15:
		return strconv.FormatFloat(v, 'g', 3, 64)
	case v >= 1000:
		whole := strconv.FormatFloat(v, 'f', 0, 64)
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		return whole
	}
	s := strconv.FormatFloat(v, 'g', 3, 64)
	if strings.ContainsRune(s, 'e') {
		if v < 1e-4 {
			return s
		}
		f, _ := strconv.ParseFloat(s, 64)
		s = strconv.FormatFloat(f, 'f', -1, 64)
	}
	return s
}
