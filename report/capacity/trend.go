package capacity

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// seasonLevel is the level of the test for seasons.
const seasonLevel = 0.01

// fitGrowth fits log peak = a + b·month by least squares; growth is e^b − 1 with the interval of b by Student's t. With two
// years or more, a second fit has a level for each month of the year. It is used where the F test of nested models finds
// seasons at the 1 % level (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed. 2021,
// §7.4; Draper and Smith, Applied Regression Analysis, 3rd ed. 1998, §6).
func fitGrowth(peaks Peaks) Growth {
	n := len(peaks)
	t := trendOf(n, false)
	levels, b, rest := t.fit(peaks)
	g := Growth{Months: n}
	if n >= 24 {
		s := trendOf(n, true)
		seasonal, slope, left := s.fit(peaks)
		f := distuv.F{D1: 11, D2: float64(s.freedom)}
		if rest > 1e-12 && (rest-left)/11 > f.Quantile(1-seasonLevel)*left/float64(s.freedom) {
			t, levels, b, rest = s, seasonal, slope, left
		}
	}
	level := 0.0
	for _, l := range levels {
		level += l / float64(len(levels))
	}
	if len(levels) > 1 {
		for i := range levels {
			g.Seasonal = append(g.Seasonal, math.Exp(levels[(n+i)%12]-level))
		}
	}
	g.Level = math.Exp(level + b*float64(n-1))
	g.Scatter = math.Sqrt(rest / float64(t.freedom))
	half := spread(g.Scatter/math.Sqrt(t.sxx), t.freedom)
	g.Monthly, g.Low, g.High = math.Expm1(b), math.Expm1(b-half), math.Expm1(b+half)
	return g
}

// trend is the design of a fit to months 0 … n − 1, with one level, or with seasons one level for each month of the year.
type trend struct {
	count, mean []float64 // number and mean of the months of each level
	sxx         float64   // sum of squared distances of the months from the mean of their level
	freedom     int
}

func trendOf(n int, seasons bool) trend {
	levels := 1
	if seasons {
		levels = 12
	}
	t := trend{count: make([]float64, levels), mean: make([]float64, levels), freedom: max(1, n-1-levels)}
	for i := range n {
		t.count[i%levels]++
		t.mean[i%levels] += float64(i)
	}
	for k := range t.mean {
		t.mean[k] /= t.count[k]
	}
	for i := range n {
		t.sxx += math.Pow(float64(i)-t.mean[i%levels], 2)
	}
	return t
}

// fit returns the levels of log peaks at month 0, the slope, and the residual sum of squares.
func (t trend) fit(peaks Peaks) (levels []float64, slope, rest float64) {
	k := len(t.count)
	levels = make([]float64, k)
	for i, p := range peaks {
		levels[i%k] += math.Log(p) / t.count[i%k]
		slope += (float64(i) - t.mean[i%k]) * math.Log(p) / t.sxx
	}
	for j := range levels {
		levels[j] -= slope * t.mean[j]
	}
	for i, p := range peaks {
		rest += math.Pow(math.Log(p)-levels[i%k]-slope*float64(i), 2)
	}
	return levels, slope, rest
}

// leverage is (x − x̄)²/Sxx + 1/n of a month, with x̄ and n of its level.
func (t trend) leverage(month int) float64 {
	k := month % len(t.count)
	return 1/t.count[k] + math.Pow(float64(month)-t.mean[k], 2)/t.sxx
}
