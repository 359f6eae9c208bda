package capacity

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
)

// Growth is how a demand grows by month, as a factor of 1 + Monthly.
type Growth struct {
	Monthly  float64   `json:"monthly"`            // share, 0.04 is 4 % a month
	Low      float64   `json:"low"`                // 95 % of the fitted growth; Monthly where it was given
	High     float64   `json:"high"`               //
	Scatter  float64   `json:"scatter,omitempty"`  // standard deviation of the log of a month about the trend
	Months   int       `json:"months,omitempty"`   // that it was fitted to; 0: given
	Seasonal []float64 `json:"seasonal,omitempty"` // by month of the year after the last one, factors about the trend
}

// ParseGrowth reads growth by compound interest: 4%/month or 60%/year.
func ParseGrowth(text string) (Growth, error) {
	wrong := func(why string) (Growth, error) {
		return Growth{}, fmt.Errorf("growth %q: %s: write it as 4%%/month or 60%%/year", text, why)
	}
	digits, unit, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "/")
	if !ok {
		return wrong("it does not say in how long")
	}
	digits, percent := strings.CutSuffix(digits, "%")
	if !percent {
		return wrong("it has no % sign")
	}
	v, err := strconv.ParseFloat(digits, 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return wrong("it is no number")
	case v <= -100 || v > 1000:
		return wrong("it must lie above −100 % and be at most 1000 %")
	}
	v /= 100
	switch unit {
	case "month":
	case "year":
		v = math.Pow(1+v, 1.0/12) - 1
	default:
		return wrong("it is by month or by year")
	}
	return Growth{Monthly: v, Low: v, High: v}, nil
}

// Peaks are past peaks of the demand, one a month, in requests per second.
type Peaks []float64

// ReadPeaks reads a CSV file of two columns, the month in order as 2026-01 and its peak as a rate (5000/s, or a number). A
// first line without a rate is taken for headings. name stands in errors.
func ReadPeaks(name string, r io.Reader) (Peaks, error) {
	var list Peaks
	previous := 0
	err := eachRow(name, r, func(line int, first, second string) error {
		month, err := parseMonth(first)
		if err != nil {
			return err
		}
		rate, err := positiveRate(second)
		if err != nil {
			return err
		}
		if previous > 0 && month != previous+1 {
			return fmt.Errorf("month %s does not follow the one before: a hole would be taken for growth; fill it in, or leave out what is before it", first)
		}
		previous = month
		list = append(list, rate)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(list) < 4 {
		return nil, fmt.Errorf("%s: it has %d months: a trend with an interval needs 4", name, len(list))
	}
	return list, nil
}

func parseMonth(s string) (int, error) {
	year, month, ok := strings.Cut(strings.TrimSpace(s), "-")
	month, _, _ = strings.Cut(month, "-")
	y, err := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	if !ok || err != nil || err2 != nil || m < 1 || m > 12 {
		return 0, fmt.Errorf("%q is no month such as 2026-01", s)
	}
	return 12*y + m - 1, nil
}

func positiveRate(s string) (float64, error) {
	if strings.TrimSpace(s) == "" {
		return 0, errors.New("there is no rate: a hole would be taken for no demand")
	}
	rate, err := profiles.ParseRate(strings.TrimSpace(s))
	if err == nil && rate == 0 {
		err = errors.New("a rate of 0/s is no demand to plan for")
	}
	return rate, err
}

// eachRow reads the rows of a CSV file of two columns.
func eachRow(name string, r io.Reader, each func(line int, first, second string) error) error {
	reader := csv.NewReader(io.LimitReader(r, 1<<20))
	reader.Comment, reader.TrimLeadingSpace, reader.FieldsPerRecord = '#', true, -1
	for rows := 0; ; rows++ {
		row, err := reader.Read()
		if err == io.EOF {
			if rows == 0 {
				return fmt.Errorf("%s: it is empty", name)
			}
			return nil
		}
		var malformed *csv.ParseError
		if errors.As(err, &malformed) {
			return fmt.Errorf("%s:%d: %w", name, malformed.Line, malformed.Err)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := reader.FieldPos(0)
		if len(row) < 2 {
			return fmt.Errorf("%s:%d: it has %d columns, want 2: the time and the rate", name, line, len(row))
		}
		if _, err := profiles.ParseRate(strings.TrimSpace(row[1])); err != nil && rows == 0 && strings.TrimSpace(row[1]) != "" {
			continue // headings
		}
		if err := each(line, row[0], row[1]); err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
}

// FitGrowth fits log peak = a + b·month by least squares; growth is e^b − 1 with the interval of b by Student's t. Of two
// years or more, the mean residual of each month of the year is its seasonal factor, where those explain more than half of
// what the trend leaves over (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed. 2021, §3.4 and §7).
func FitGrowth(peaks Peaks) Growth {
	a, b, sxx := logTrend(peaks)
	residuals := make([]float64, len(peaks))
	var rest float64
	for i, p := range peaks {
		residuals[i] = math.Log(p) - a - b*float64(i)
		rest += residuals[i] * residuals[i]
	}
	g := Growth{Months: len(peaks)}
	if len(peaks) >= 24 {
		var byMonth, count [12]float64
		for i, r := range residuals {
			byMonth[i%12] += r
			count[i%12]++
		}
		var left float64
		for i, r := range residuals {
			left += math.Pow(r-byMonth[i%12]/count[i%12], 2)
		}
		if left < rest/2 {
			rest = left
			for i := range 12 {
				month := (len(peaks) + i) % 12
				g.Seasonal = append(g.Seasonal, math.Exp(byMonth[month]/count[month]))
			}
		}
	}
	freedom := len(peaks) - 2
	if g.Seasonal != nil {
		freedom = max(1, freedom-11)
	}
	g.Scatter = math.Sqrt(rest / float64(freedom))
	half := spread(g.Scatter/math.Sqrt(sxx), freedom)
	g.Monthly, g.Low, g.High = math.Expm1(b), math.Expm1(b-half), math.Expm1(b+half)
	return g
}

// logTrend returns the line through log peaks and the sum of the squared distances of the months from their mean.
func logTrend(peaks Peaks) (a, b, sxx float64) {
	n := float64(len(peaks))
	mean := (n - 1) / 2
	var sy, sxy float64
	for i, p := range peaks {
		x := float64(i) - mean
		sxx += x * x
		sy += math.Log(p)
		sxy += x * math.Log(p)
	}
	b = sxy / sxx
	return sy/n - b*mean, b, sxx
}

// At returns the demand so many months from now, with its 95 % prediction interval.
func (g Growth) At(now float64, month int) Rate {
	at := func(monthly float64) float64 { return now * math.Pow(1+monthly, float64(month)) }
	r := Rate{at(g.Monthly), at(g.Low), at(g.High)}
	if g.Seasonal != nil && month > 0 {
		// Now is a peak of the last month that was measured, whose own factor it holds.
		factor := g.Seasonal[(month-1)%12] / g.Seasonal[11]
		r = Rate{r.Rate * factor, r.Low * factor, r.High * factor}
	}
	if g.Scatter > 0 && month > 0 {
		widen := math.Exp(1.96 * g.Scatter)
		r.Low, r.High = r.Low/widen, r.High*widen
	}
	return r
}
