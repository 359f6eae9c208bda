package units

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Count writes a whole number with its thousands apart: 4,812.
func Count(n uint64) string { return grouped(strconv.FormatUint(n, 10)) }

// Requests writes a number of requests.
func Requests(n uint64) string {
	if n == 1 {
		return "1 request"
	}
	return Count(n) + " requests"
}

// Reads writes a number of reads.
func Reads(n uint64) string {
	if n == 1 {
		return "1 read"
	}
	return Count(n) + " reads"
}

// listedNames joins the first names of a list.
func Listed(names []string) string {
	const most = 5
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// Rate writes requests per second: 0.25/s, 9.5/s, 104/s, 1,600/s; three digits from 10,000/s on: 81,200/s.
func Rate(perSecond float64) string { return rate(perSecond, Nearest) }

// RateLow writes a lower bound of a rate as [Rate] does, but never more than is known.
func RateLow(perSecond float64) string { return rate(perSecond, Down) }

// RateAtLeast is [RateLow] with its sign: ≥ 1,600/s.
func RateAtLeast(perSecond float64) string { return "≥ " + RateLow(perSecond) }

func rate(perSecond float64, to Rounding) string {
	v := math.Abs(perSecond)
	switch {
	case !finite(v):
		return Absent
	case v == 0:
		return "0/s"
	case to(v, 2) == 0:
		return "< 0.01/s"
	case to(v, 2) < 1:
		return signed(perSecond, strings.TrimRight(Decimal(to(v, 2), 2), "0")+"/s")
	case to(v, 1) < 10:
		return signed(perSecond, Trimmed(to(v, 1))+"/s")
	case to(v, 0) < 10000:
		return signed(perSecond, Decimal(to(v, 0), 0)+"/s")
	default:
		return signed(perSecond, Decimal(Significant(v, 3, to), 0)+"/s")
	}
}

var sizes = []scale{
	{"B", 1, 0, 1000},
	{"kB", 1e3, 1, 10},
	{"kB", 1e3, 0, 1000},
	{"MB", 1e6, 1, 10},
	{"MB", 1e6, 0, 1000},
	{"GB", 1e9, 1, 10},
	{"GB", 1e9, 0, 1000},
	{"TB", 1e12, 1, 10},
	{"TB", 1e12, 0, math.Inf(1)},
}

// Bytes writes a size in powers of ten: 512 B, 1.3 kB, 98 MB.
func Bytes(n uint64) string { return format(float64(n), sizes, Nearest) }

// Throughput writes bytes per second: 512 B/s, 98 MB/s.
func Throughput(perSecond float64) string { return format(perSecond, sizes, Nearest) + "/s" }

// Share writes a part of a whole, 0-1: 98.7 %. What is not nothing is never written as 0 %, nor what is not all as 100 %.
func Share(part float64) string {
	switch {
	case !finite(part):
		return Absent
	case part > 0 && part < 0.0005:
		return "< 0.1 %"
	case part >= 0.9995 && part < 1:
		return "> 99.9 %"
	}
	return Trimmed(part*100) + " %"
}

// Percent writes the use of something as a whole number of percent of it: 9 %, 100 %.
func Percent(part float64) string {
	switch {
	case !finite(part):
		return Absent
	case part > 0 && part < 0.005:
		return "< 1 %"
	}
	return signed(part, Decimal(math.Abs(part)*100, 0)+" %")
}

// Times writes how many times greater something is: 0.17×, 3.1×, 22.4×, 9,714×.
func Times(ratio float64) string { return TimesTo(ratio, Nearest) }

// TimesTo writes a ratio as [Times] does, with the digits that to leaves.
func TimesTo(ratio float64, to Rounding) string {
	switch v := ratio; {
	case !finite(v) || v < 0:
		return Absent
	case v == 0:
		return "0×"
	case to(v, 2) == 0:
		return "< 0.01×"
	case to(v, 2) < 1:
		return Decimal(to(v, 2), 2) + "×"
	case to(v, 1) < 100:
		return Decimal(to(v, 1), 1) + "×"
	default:
		return Decimal(Significant(v, 3, to), 0) + "×"
	}
}
