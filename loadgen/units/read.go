package units

import (
	"strconv"
	"strings"
)

// ParseNumber reads a decimal number such as 12, 0.5 or 1e3. Unlike strconv.ParseFloat it accepts no hexadecimal, no
// underscores, no infinities and no NaN.
func ParseNumber(s string) (v float64, ok bool) {
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// ParsePercent reads a number with a percent sign, 12.5% or 12.5 %, and returns the number: 12.5.
func ParsePercent(s string) (percent float64, ok bool) {
	number, found := strings.CutSuffix(strings.TrimSpace(s), "%")
	if !found {
		return 0, false
	}
	return ParseNumber(strings.TrimSpace(number))
}
