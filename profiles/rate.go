package profiles

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// ParseRate reads a rate in requests per second: "500", "500/s", "1.5k", "30k/s", "2M/s", "600/m" (per minute) or
// "7200/h". It must be 0 or lie between [MinRate] and [MaxRate].
func ParseRate(s string) (float64, error) { return parseRate("rate", s) }

func parseRate(field, s string) (float64, error) {
	number, unit, slash := strings.Cut(s, "/")
	seconds, known := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if !slash {
		seconds, known = 1, true
	}
	scale := 1.0
	if digits, ok := strings.CutSuffix(strings.Replace(number, "K", "k", 1), "k"); ok {
		number, scale = digits, 1e3
	} else if digits, ok := strings.CutSuffix(number, "M"); ok {
		number, scale = digits, 1e6
	}
	r, ok := units.ParseNumber(number)
	if !ok || !known {
		return 0, fmt.Errorf("%s must be a number of requests such as 500/s, 30k/s or 600/m, got %s", field, quote(s))
	}
	r = r * scale / seconds
	if err := checkRate(field, r); err != nil {
		return 0, err
	}
	return r, nil
}

// formatRate is the shortest text that ParseRate reads back as r.
func formatRate(r float64) string {
	form := byte('f')
	if r != 0 && (math.Abs(r) < 1e-4 || math.Abs(r) >= 1e15) {
		form = 'g'
	}
	return strconv.FormatFloat(r, form, -1, 64) + "/s"
}

// Peak is a new highest rate: Rate, in requests per second, or Factor times the baseline's rate. Exactly one of them is
// above 0.
type Peak struct{ Rate, Factor float64 }

// ParsePeak reads a peak: a rate as [ParseRate] reads it, or a multiple of the baseline such as "10x".
func ParsePeak(s string) (Peak, error) {
	if number, ok := strings.CutSuffix(s, "x"); ok {
		f, ok := units.ParseNumber(number)
		if !ok || f <= 1 {
			return Peak{}, fmt.Errorf("peak must be a multiple above 1 such as 10x, or a rate such as 2000/s, got %s", quote(s))
		}
		return Peak{Factor: f}, nil
	}
	r, err := parseRate("peak", s)
	if err != nil {
		return Peak{}, err
	}
	if r == 0 {
		return Peak{}, fmt.Errorf("peak must be above 0, got %s", quote(s))
	}
	return Peak{Rate: r}, nil
}
