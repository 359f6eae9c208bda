package chart

import "math"

// Scale is how an axis places its values.
type Scale int

// The scales. Percentile places the quantile q (0-1) at log10(1/(1-q)), as HdrHistogram's plots do: each nine takes as
// much room as the one before.
const (
	Linear Scale = iota
	Log
	Percentile
)

// Axis describes one axis. Where From and To are equal the data decides.
type Axis struct {
	Label    string
	Unit     Unit
	Scale    Scale
	From, To float64
	Loose    bool // a linear axis of data need not begin at 0
}

// scale places values between two edges of a drawing, in px.
type scale struct {
	Axis
	low, high float64
}

// clamp keeps a value in the range that is calculated with; NaN stays.
func clamp(v float64) float64 {
	if math.IsNaN(v) {
		return v
	}
	return within(v, -maxValue, maxValue)
}

// over returns the scale of an axis for values between min and max, from low to high px. Both are infinite where there is
// no value.
func (a Axis) over(min, max, low, high float64) scale {
	if a.From != a.To && !math.IsNaN(a.From) && !math.IsNaN(a.To) {
		min, max = math.Min(clamp(a.From), clamp(a.To)), math.Max(clamp(a.From), clamp(a.To))
	} else {
		if min > max || math.IsNaN(min) || math.IsNaN(max) {
			min, max = 0, 1
		}
		min, max = a.rounded(clamp(min), clamp(max))
	}
	switch a.Scale {
	case Log:
		max = math.Max(max, 1e-9)
		if min <= 0 || min >= max {
			min = max / 10
		}
	case Percentile:
		min, max = within(min, 0, 0.9), within(max, 0.95, 1-1e-9)
	default:
		if max <= min {
			max = min + math.Max(math.Abs(min)*0.1, 1)
		}
	}
	a.From, a.To = min, max
	return scale{a, low, high}
}

// rounded widens the range of data to where its ticks end.
func (a Axis) rounded(min, max float64) (float64, float64) {
	switch a.Scale {
	case Log:
		if max <= 0 {
			return 0.1, 1
		}
		if min <= 0 {
			min = max / 1000
		}
		if max <= 1.001*min { // one value stands in the middle
			return niceDown(min / 1.5), niceUp(max * 1.5)
		}
		step := interval((max-min)/4, a.Unit)
		if from := math.Floor(min/step+1e-9) * step; max < narrowData*min && from > 0 {
			return from, math.Ceil(max/step-1e-9) * step
		}
		return niceDown(min), niceUp(max)
	case Percentile:
		return min, max
	}
	if !a.Loose {
		min, max = math.Min(min, 0), math.Max(max, 0)
	}
	if max <= min {
		max = min + math.Max(math.Abs(min)*0.1, 1)
	}
	step := interval((max-min)/4, a.Unit)
	return math.Floor(min/step+1e-9) * step, math.Ceil(max/step-1e-9) * step
}

// A logarithmic axis over values that are less than narrowData times apart is rounded, and one shorter than narrowAxis has its ticks,
// as a linear one: of 1, 2 and 5 there would be too few. page.js does the same.
const (
	narrowData = 3.0
	narrowAxis = 4.0
)

// decade returns the power of ten at or below v > 0.
func decade(v float64) float64 { return math.Pow(10, math.Floor(math.Log10(v)+1e-9)) }

// niceUp rounds v > 0 up to 1, 2 or 5 times a power of ten.
func niceUp(v float64) float64 {
	power := decade(v)
	for _, s := range []float64{1, 2, 5} {
		if s*power >= v*(1-1e-9) {
			return s * power
		}
	}
	return 10 * power
}

// niceDown rounds v > 0 down to 1, 2 or 5 times a power of ten.
func niceDown(v float64) float64 {
	power := decade(v)
	for _, s := range []float64{5, 2} {
		if s*power <= v*(1+1e-9) {
			return s * power
		}
	}
	return power
}

// interval returns the distance of ticks that is at least v: 1, 2 or 5 times a power of ten, of a time what clocks show.
func interval(v float64, u Unit) float64 {
	if !(v > 0) {
		return 1
	}
	size := 1.0
	if u == Nanoseconds {
		size = 1e9
	}
	if u == Seconds || u == Nanoseconds && v > 5e9 {
		for _, s := range []float64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400} {
			if s*size >= v {
				return s * size
			}
		}
	}
	return niceUp(v)
}

// part returns where v lies on the axis, from 0 to 1; NaN where it is no value.
func (s scale) part(v float64) float64 {
	v = clamp(v)
	if math.IsNaN(v) {
		return v
	}
	return within((s.place(v)-s.place(s.From))/(s.place(s.To)-s.place(s.From)), 0, 1)
}

func (s scale) place(v float64) float64 {
	switch s.Scale {
	case Log:
		return math.Log10(math.Max(v, s.From))
	case Percentile:
		return -math.Log10(1 - within(v, 0, 1-1e-9))
	}
	return v
}

// at returns the place of v in px, NaN where it is no value.
func (s scale) at(v float64) float64 {
	return s.low + (s.high-s.low)*s.part(v)
}

// tick is a value of an axis with its text.
type tick struct {
	value float64
	text  string
}

// ticks returns at most about n values to write at the axis.
func (s scale) ticks(n int) []tick {
	n = max(n, 2)
	switch {
	case s.Scale == Log && s.To/s.From >= narrowAxis:
		return s.logTicks(n)
	case s.Scale == Percentile:
		return s.percentileTicks()
	}
	step := interval((s.To-s.From)/float64(n), s.Unit)
	var list []tick
	for i := math.Ceil(s.From/step - 1e-9); i*step <= s.To+step*1e-9 && len(list) < 4*n; i++ {
		v := i*step + 0 // and not -0
		list = append(list, tick{v, s.Unit.Text(v)})
	}
	return list
}

func (s scale) logTicks(n int) []tick {
	decades := math.Log10(s.To / s.From)
	steps := []float64{1}
	if 3*decades <= float64(n) {
		steps = []float64{1, 2, 5}
	}
	every := math.Max(math.Ceil(decades/float64(n)), 1)
	var list []tick
	first := math.Floor(math.Log10(s.From) + 1e-9)
	for e := first; e <= math.Log10(s.To)+1e-9 && len(list) < 4*n; e += every {
		for _, m := range steps {
			if v := m * math.Pow(10, e); v >= s.From*(1-1e-9) && v <= s.To*(1+1e-9) {
				list = append(list, tick{v, s.Unit.Text(v)})
			}
		}
	}
	return list
}

// quantiles are those that HdrHistogram's plots write.
var quantiles = []tick{
	{0, "0 %"}, {0.5, "50 %"}, {0.9, "90 %"}, {0.99, "99 %"}, {0.999, "99.9 %"}, {0.9999, "99.99 %"}, {0.99999, "99.999 %"},
	{0.999999, "99.9999 %"}, {0.9999999, "99.99999 %"},
}

func (s scale) percentileTicks() []tick {
	var list []tick
	for _, q := range quantiles {
		if q.value >= s.From && q.value <= s.To {
			list = append(list, q)
		}
	}
	return list
}
