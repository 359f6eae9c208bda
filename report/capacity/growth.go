package capacity

import (
	"fmt"
	"math"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// mostGrowth is the highest accepted growth, by month or by year, as a share.
const mostGrowth = 10

// Growth is the growth of a demand: a factor of 1 + Monthly each month.
type Growth struct {
	Monthly  float64   `json:"monthly"`            // share, 0.04 is 4 % a month
	Low      float64   `json:"low"`                // 95 % interval of a fitted growth; Monthly where the user gave it
	High     float64   `json:"high"`               //
	Months   int       `json:"months,omitempty"`   // number of fitted months; 0: given by the user
	Scatter  float64   `json:"scatter,omitempty"`  // standard error of the log of a month about the trend
	Level    float64   `json:"level,omitempty"`    // requests/s of the trend in the last month, without its season; 0: the demand given by the user
	Seasonal []float64 `json:"seasonal,omitempty"` // by month of the year after the last one, factors about the trend
}

// parseGrowth reads growth by compound interest: 4%/month or 60%/year.
func parseGrowth(text string) (Growth, error) {
	wrong := func(why string) (Growth, error) {
		return Growth{}, fmt.Errorf("growth %q: %s: write it as 4%%/month or 60%%/year", text, why)
	}
	digits, unit, ok := strings.Cut(strings.ReplaceAll(text, " ", ""), "/")
	if !ok {
		return wrong("it does not say in how long")
	}
	if !strings.HasSuffix(digits, "%") {
		return wrong("it has no % sign")
	}
	v, ok := units.ParsePercent(digits)
	switch {
	case !ok:
		return wrong("it is no number")
	case v <= -100 || v > 100*mostGrowth:
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

// At returns the demand so many months from now, with its 95 % prediction interval where the growth was fitted:
//
//	level · (1 + growth)^m · season · e^(± t · s · √(1 + 1/n + (x − x̄)²/Sxx))
//
// x is the month, counted from the first peak. n, x̄ and Sxx are of the fitted months; with seasons n and x̄ are of the same
// month of the year and Sxx is about those means. t is Student's, s the scatter (Hyndman and Athanasopoulos,
// Forecasting: Principles and Practice, 3rd ed. 2021, §7.6). Month 0 is now, which is known.
func (g Growth) At(now float64, month int) Rate {
	if month == 0 {
		return Rate{now, now, now}
	}
	level, season := g.Level, 1.0
	if level == 0 {
		level = now
	}
	if g.Seasonal != nil {
		season = g.Seasonal[(month-1)%12]
		if g.Level == 0 {
			season /= g.Seasonal[11] // the demand of now already contains the season of its month
		}
	}
	rate := level * math.Pow(1+g.Monthly, float64(month)) * season
	if g.Months == 0 {
		return Rate{rate, rate, rate}
	}
	s := trendOf(g.Months, g.Seasonal != nil)
	widen := math.Exp(spread(g.Scatter*math.Sqrt(1+s.leverage(g.Months-1+month)), s.freedom))
	return Rate{rate, rate / widen, rate * widen}
}
