package units

import (
	"math"
	"strconv"
	"strings"
)

// Absent stands where there is no figure.
const Absent = "–"

// scale is one row of a unit table: values whose rounded count of size is below limit take unit and decimals.
type scale struct {
	unit     string
	size     float64
	decimals int
	limit    float64
}

// format writes v, of the table's base unit, with the first row it fits. The comparison is made after rounding, so that
// 999.6 us is 1.0 ms and never 1000 us.
func format(v float64, table []scale, to Rounding) string {
	if !finite(v) {
		return Absent
	}
	sign := ""
	if v < 0 {
		sign, v = "−", -v
	}
	for _, s := range table {
		if n := to(v/s.size, s.decimals); n < s.limit {
			return sign + Decimal(n, s.decimals) + " " + s.unit
		}
	}
	return Absent
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Rounding leaves that many decimals of a value.
type Rounding func(v float64, decimals int) float64

// Nearest rounds half away from 0.
func Nearest(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Round(v*p) / p
}

// Down rounds downwards, for what is only a lower bound: more than is known is never claimed. The hair that is added keeps
// 1.1 from becoming 1.0 where a binary fraction lies just below it.
func Down(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Floor(v*p+math.Abs(v*p)*1e-12) / p
}

// Up rounds upwards, for what is only an upper bound.
func Up(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	return math.Ceil(v*p-math.Abs(v*p)*1e-12) / p
}

// Significant rounds v > 0 to that many digits.
func Significant(v float64, digits int, to Rounding) float64 {
	p := math.Pow10(int(math.Floor(math.Log10(v))) + 1 - digits)
	return to(v/p, 0) * p
}

// Decimal writes v ≥ 0 with that many decimals and thousands apart.
func Decimal(v float64, decimals int) string {
	if v >= 1e15 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return grouped(strconv.FormatFloat(Nearest(v, decimals), 'f', decimals, 64))
}

// Trimmed writes v with at most one decimal.
func Trimmed(v float64) string {
	return signed(v, strings.TrimSuffix(Decimal(math.Abs(v), 1), ".0"))
}

// ThreeDigits writes a number with three digits, or all of those before the point.
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

// grouped puts a comma between the thousands of the digits before the decimal point.
func grouped(digits string) string {
	whole, fraction, found := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		return whole + "." + fraction
	}
	return whole
}

func signed(v float64, s string) string {
	if v < 0 {
		return "−" + s
	}
	return s
}
