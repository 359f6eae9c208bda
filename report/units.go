package report

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
)

// absent stands where there is no figure.
const absent = "–"

// scale is one row of a unit table: values whose rounded count of size is below limit take unit and decimals.
type scale struct {
	unit     string
	size     float64
	decimals int
	limit    float64
}

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

// format writes v, of the tables' base unit, with the first row it fits. The comparison is made after rounding, so that
// 999.6 us is 1.0 ms and never 1000 us.
func format(v float64, table []scale) string { return formatTo(v, table, round) }

// formatTo writes v as format does, with digits that to leaves.
func formatTo(v float64, table []scale, to rounding) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return absent
	}
	sign := ""
	if v < 0 {
		sign, v = "−", -v
	}
	for _, s := range table {
		if n := to(v/s.size, s.decimals); n < s.limit {
			return sign + decimal(n, s.decimals) + " " + s.unit
		}
	}
	return absent
}

// rounding leaves that many decimals of a value.
type rounding func(v float64, decimals int) float64

// down rounds downwards, for what is only a lower bound: more than is known is never claimed. The hair that is added keeps
// 1.1 from becoming 1.0 where a binary fraction lies just below it.
func down(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Floor(v*p+math.Abs(v*p)*1e-12) / p
}

func round(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(v*p) / p
}

// decimal writes v ≥ 0 with that many decimals and thousands apart.
func decimal(v float64, decimals int) string {
	if v >= 1e15 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return grouped(strconv.FormatFloat(round(v, decimals), 'f', decimals, 64))
}

// grouped puts a comma between the thousands of the digits before the decimal point.
func grouped(digits string) string {
	whole, fraction, found := strings.Cut(digits, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if found {
		b.WriteByte('.')
		b.WriteString(fraction)
	}
	return b.String()
}

// Duration writes a measured duration with two or three digits: 410 us, 1.3 ms, 14 ms, 3.4 s, 20.1 s.
func Duration(d time.Duration) string {
	if d == 0 {
		return "0 us"
	}
	return format(float64(d), durations)
}

// Span writes a planned or elapsed length, which is mostly whole: 8 s, 1.5 s, 500 ms, 10 min.
func Span(d time.Duration) string {
	switch a := d.Abs(); {
	case a == 0:
		return "0 s"
	case a < time.Second:
		return Duration(d)
	case a < 2*time.Minute:
		return trimmed(d.Seconds()) + " s"
	case a < 2*time.Hour:
		return trimmed(d.Minutes()) + " min"
	default:
		return trimmed(d.Hours()) + " h"
	}
}

// trimmed writes v with at most one decimal.
func trimmed(v float64) string {
	sign := ""
	if v < 0 {
		sign, v = "−", -v
	}
	return sign + strings.TrimSuffix(decimal(v, 1), ".0")
}

// Rate writes requests per second: 0.25/s, 9.5/s, 104/s, 1,600/s; three digits from 10,000/s on: 81,200/s.
func Rate(perSecond float64) string { return rateTo(perSecond, round) }

// rateTo writes a rate as Rate does, with digits that to leaves.
func rateTo(perSecond float64, to rounding) string {
	v := math.Abs(perSecond)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return absent
	case v == 0:
		return "0/s"
	case to(v, 2) == 0:
		return "< 0.01/s"
	case to(v, 2) < 1:
		return signed(perSecond, strings.TrimRight(decimal(to(v, 2), 2), "0")+"/s")
	case to(v, 1) < 10:
		return signed(perSecond, trimmed(to(v, 1))+"/s")
	case to(v, 0) < 10000:
		return signed(perSecond, decimal(to(v, 0), 0)+"/s")
	default:
		return signed(perSecond, decimal(significantTo(v, 3, to), 0)+"/s")
	}
}

func signed(v float64, s string) string {
	if v < 0 {
		return "−" + s
	}
	return s
}

// significant rounds v > 0 to that many digits.
func significant(v float64, digits int) float64 { return significantTo(v, digits, round) }

func significantTo(v float64, digits int, to rounding) float64 {
	p := math.Pow10(int(math.Floor(math.Log10(v))) + 1 - digits)
	return to(v/p, 0) * p
}

// Count writes a number of things exactly: 4,812.
func Count(n uint64) string { return grouped(strconv.FormatUint(n, 10)) }

// Bytes writes a size in powers of ten: 512 B, 1.3 kB, 98 MB.
func Bytes(n uint64) string { return format(float64(n), sizes) }

// Share writes a part of a whole, 0-1: 98.7 %. What is not nothing is never written as 0 %, nor what is not all as 100 %.
func Share(part float64) string {
	switch {
	case math.IsNaN(part) || math.IsInf(part, 0):
		return absent
	case part > 0 && part < 0.0005:
		return "< 0.1 %"
	case part >= 0.9995 && part < 1:
		return "> 99.9 %"
	}
	return trimmed(part*100) + " %"
}

// Percent writes the use of something as a whole number of percent of it: 9 %, 100 %.
func Percent(part float64) string {
	switch {
	case math.IsNaN(part) || math.IsInf(part, 0):
		return absent
	case part > 0 && part < 0.005:
		return "< 1 %"
	}
	return signed(part, decimal(math.Abs(part)*100, 0)+" %")
}

// Times writes how many times greater something is: 0.17×, 3.1×, 22.4×, 9,714×.
func Times(ratio float64) string { return timesTo(ratio, round) }

// timesTo writes a ratio as Times does, with digits that to leaves.
func timesTo(ratio float64, to rounding) string {
	switch v := ratio; {
	case math.IsNaN(v) || math.IsInf(v, 0) || v < 0:
		return absent
	case v == 0:
		return "0×"
	case to(v, 2) == 0:
		return "< 0.01×"
	case to(v, 2) < 1:
		return decimal(to(v, 2), 2) + "×"
	case to(v, 1) < 100:
		return decimal(to(v, 1), 1) + "×"
	default:
		return decimal(significantTo(v, 3, to), 0) + "×"
	}
}

// up rounds upwards, for what is only an upper bound.
func up(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Ceil(v*p-math.Abs(v*p)*1e-12) / p
}

// leastDuration writes a lower bound of a duration, as [Duration] does but never with more than is known.
func leastDuration(d time.Duration) string { return "≥ " + lowDuration(d) }

// lowDuration is leastDuration without its sign.
func lowDuration(d time.Duration) string {
	if d == 0 {
		return Duration(d)
	}
	return formatTo(float64(d), durations, down)
}

// leastRate writes a lower bound of a rate, as [Rate] does but never with more than is known.
func leastRate(perSecond float64) string { return "≥ " + lowRate(perSecond) }

// lowRate is leastRate without its sign.
func lowRate(perSecond float64) string { return rateTo(perSecond, down) }

// Figure writes a duration of a distribution by its key in the run file, such as "p99_ns": with ≥ where it is a lower bound.
func Figure(d *runfile.Dist, key string, v time.Duration) string { return figure(d, key, v) }

// Focus is the phase of a run that asked most of the target: the spike where there is one.
func Focus(r *runfile.Run) *runfile.Phase { return focusOf(r) }

// LeastDuration writes a lower bound of a duration, with ≥ and never with more than is known.
func LeastDuration(d time.Duration) string { return leastDuration(d) }

// MetricName is what a metric of a comparison is called in reports.
func MetricName(m compare.Metric) string { return metricName(m) }

// durationCell shows a duration of a distribution as [figure] writes it.
func durationCell(d *runfile.Dist, key string, value time.Duration) page.Cell {
	if d.Count == 0 {
		return page.Words(absent)
	}
	cell := page.Figure(figure(d, key, value), float64(value))
	cell.AtLeast = d.IsLowerBound(key)
	return cell
}

// boundedCell shows a duration that may be a lower bound.
func boundedCell(d time.Duration, atLeast bool) page.Cell {
	return page.Cell{Text: bounded(d, atLeast), Figure: true, Value: float64(d), AtLeast: atLeast}
}

func rateCell(v float64) page.Cell { return page.Figure(Rate(v), v) }

// shareCell shows a share from 0 to 1 as a percentage.
func shareCell(v float64) page.Cell { return page.Figure(Percent(v), v) }

func bytesCell(n uint64) page.Cell { return page.Figure(Bytes(n), float64(n)) }

// countCell shows a count, and nothing in particular for none.
func countCell(n uint64) page.Cell { return page.Figure(some(n), float64(n)) }

// numberCell shows a count, 0 as well.
func numberCell(n uint64) page.Cell { return page.Figure(Count(n), float64(n)) }

func spanCell(d time.Duration) page.Cell { return page.Figure(Duration(d), float64(d)) }
