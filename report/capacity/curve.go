package capacity

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Curve is the demand over a day, in requests per second at the beginning of each of its equal parts.
type Curve []float64

// Peak is the highest rate, in requests/s.
func (c Curve) Peak() (peak float64) {
	for _, r := range c {
		peak = max(peak, r)
	}
	return peak
}

// Mean is the mean rate, in requests/s.
func (c Curve) Mean() float64 {
	mean, _ := meanOf(c)
	return mean
}

// At is the rate at a minute of the day, by linear interpolation, in requests/s.
func (c Curve) At(minute float64) float64 {
	at := minute / (24 * 60) * float64(len(c))
	i := int(at)
	from, to := c[i%len(c)], c[(i+1)%len(c)]
	return from + (to-from)*(at-float64(i))
}

// readCurve reads a CSV file of two columns: the time of day (13:00, or an hour), in equal steps from 0:00, and the rate. A
// first line without a rate is a heading. Errors begin with name.
func readCurve(name string, r io.Reader) (Curve, error) {
	var c Curve
	var times []int
	err := eachRow(name, r, func(_ int, first, second string) error {
		minute, err := parseMinute(first)
		if err != nil {
			return err
		}
		rate, err := positiveRate(second)
		if err != nil {
			return err
		}
		switch n := len(times); {
		case n == 0 && minute != 0:
			return fmt.Errorf("the day begins at %s: the first time must be 0:00", strings.TrimSpace(first))
		case n >= 2 && minute-times[n-1] != times[1]-times[0]:
			return fmt.Errorf("%s does not come %d minutes after the time before: a hole would be taken for an even demand; fill it in", strings.TrimSpace(first), times[1]-times[0])
		case n == 1 && minute <= 0:
			return fmt.Errorf("%s does not come after 0:00", strings.TrimSpace(first))
		}
		times, c = append(times, minute), append(c, rate)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(c) < 2:
		return nil, fmt.Errorf("%s: it has %d times of day, and a curve needs at least two", name, len(c))
	case times[1]*len(c) != 24*60:
		return nil, fmt.Errorf("%s: its %d steps of %d minutes do not make a day", name, len(c), times[1])
	}
	return c, nil
}

func parseMinute(s string) (int, error) {
	hour, minute, _ := strings.Cut(strings.TrimSpace(s), ":")
	if minute == "" {
		minute = "0"
	}
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if err != nil || err2 != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, fmt.Errorf("%q is no time of day such as 13:00", s)
	}
	return 60*h + m, nil
}
