package history

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// The defaults of [Options], but for the magnitude those of Apache Otava.
const (
	DefaultWindow    = 50
	DefaultPValue    = 0.001
	DefaultMagnitude = 0.05 // the default of commands; a zero [Options] has no magnitude
)

// Options say what counts as a change. A zero Window or PValue takes its default; a zero Magnitude lets any change count.
type Options struct {
	Window    int     // number of neighbouring points that are searched at once, at least 2
	PValue    float64 // 0-1: the t-test's p has to be below it
	Magnitude float64 // the larger of the two means has to be above the smaller by more than this share of it
}

func (o Options) withDefaults() Options {
	if o.Window == 0 {
		o.Window = DefaultWindow
	}
	if o.PValue == 0 {
		o.PValue = DefaultPValue
	}
	return o
}

// Change is a change point of a series.
type Change struct {
	Index         int     // of the first point after the change, above 0
	Before, After float64 // means from the change before it up to it, and from it to the next
	P             float64 // of the t-test between those two, 0-1
}

// Ratio is the mean after the change over that before it.
func (c Change) Ratio() float64 { return c.After / c.Before }

// magnitude is the relative change, counted from the mean from which it is the greater.
func (c Change) magnitude() float64 {
	return max(relative(c.Before, c.After), relative(c.After, c.Before))
}

func relative(from, to float64) float64 {
	if from == 0 {
		return 0
	}
	return math.Abs(to/from - 1)
}

// Changes returns the change points of a series in order, nil where there are none. It is the method of Hunter, now Apache
// Otava (Fleming, Kołaczkowski, Kumar, Das, McCarthy, Pattabhiraman and Ingo, "Hunter: Using Change Point Detection to
// Hunt for Performance Regressions", ICPE 2023), in two steps.
//
// Windows that overlap by half are each divided by E-divisive means (Matteson and James, "A Nonparametric Approach for
// Multiple Change Point Analysis of Multivariate Data", J. Am. Stat. Assoc. 109, 2014) while the t-test's p is at most
// ten times the one that is wanted: an early stop would miss what lies beyond a weak point. Of all that were found the
// weakest is then taken out, one after the other, until all that are left have a p below the one that is wanted and a
// change above the magnitude.
//
// When a point is taken out, the one behind it is tested anew and the one before it is not, though it too has another
// neighbour. Otava does so, and testing both would keep other points than it does. What is returned is measured anew in the
// end, so a P may be above the one that was asked for.
func Changes(series []float64, o Options) []Change {
	o = o.withDefaults()
	at := split(series, max(o.Window, 2), weakened(o.PValue))
	changes := measured(series, at)
	for len(at) > 0 {
		out := weakest(changes, o)
		if out < 0 {
			break
		}
		at, changes = slices.Delete(at, out, out+1), slices.Delete(changes, out, out+1)
		if out < len(at) {
			changes[out] = measure(series, at, out)
		}
	}
	return measured(series, at)
}

// weakest returns which change is to be taken out next: that of the highest p, or where all are significant the smallest;
// −1 where all may stay.
func weakest(changes []Change, o Options) int {
	unsure, least := 0, 0
	for i, c := range changes {
		if c.P > changes[unsure].P {
			unsure = i
		}
		if c.magnitude() < changes[least].magnitude() {
			least = i
		}
	}
	switch {
	case changes[unsure].P >= o.PValue:
		return unsure
	case changes[least].magnitude() <= o.Magnitude:
		return least
	}
	return -1
}

// weakened is the p by which windows are divided.
func weakened(p float64) float64 {
	switch {
	case p < 0.05:
		return 10 * p
	case p < 0.5:
		return 2 * p
	}
	return p
}

// split returns the weak change points of all windows, in order.
func split(series []float64, window int, p float64) []int {
	var found []int
	for start := 0; start < len(series); {
		last := 0
		for _, i := range divide(series[start:min(start+window, len(series))], p) {
			if last = start + i; !slices.Contains(found, last) {
				found = append(found, last)
			}
		}
		start = max(last, start+window/2)
	}
	slices.Sort(found)
	return found
}

// divide parts a window at the point at which its parts diverge most, and goes on with the parts, until a division is not
// significant.
func divide(window []float64, p float64) []int {
	d := newDistances(window)
	bounds := []int{0, len(window)}
	for {
		part, index, highest := 0, 0, math.Inf(-1)
		for i := range len(bounds) - 1 {
			if at, q := d.divergence(bounds[i], bounds[i+1]); q > highest {
				part, index, highest = i, at, q
			}
		}
		if math.IsInf(highest, -1) || tTest(window[bounds[part]:index], window[index:bounds[part+1]]) > p {
			return bounds[1 : len(bounds)-1]
		}
		bounds = slices.Insert(bounds, part+1, index)
	}
}

func measured(series []float64, at []int) []Change {
	var changes []Change
	for i := range at {
		changes = append(changes, measure(series, at, i))
	}
	return changes
}

// measure measures the i-th of the changes that part a series.
func measure(series []float64, at []int, i int) Change {
	from, to := 0, len(series)
	if i > 0 {
		from = at[i-1]
	}
	if i+1 < len(at) {
		to = at[i+1]
	}
	left, right := series[from:at[i]], series[at[i]:to]
	return Change{Index: at[i], Before: stat.Mean(left, nil), After: stat.Mean(right, nil), P: tTest(left, right)}
}
