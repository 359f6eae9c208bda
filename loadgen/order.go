package loadgen

import (
	"math"
	"slices"

	"github.com/seed-5a006608/bench/profiles"
)

// ordering says which of n requests is sent as number k.
type ordering struct {
	n          int
	sequential bool
	first      uint64    // the one that number 0 is
	bounds     []float64 // cumulated weights, the last one 1; nil: all weigh the same
	choice     profiles.Stream
}

// at returns the index of number k.
func (o *ordering) at(k uint64) int {
	switch {
	case o.n == 1:
		return 0
	case o.sequential:
		return int((o.first%uint64(o.n) + k%uint64(o.n)) % uint64(o.n))
	case o.bounds == nil:
		return o.evenly(o.choice.Float64(k))
	}
	i, found := slices.BinarySearch(o.bounds, o.choice.Float64(k))
	if found {
		i++
	}
	return min(i, o.n-1)
}

// firstLine returns the index of number 0 in a sequence; else 0.
func (o *ordering) firstLine() uint64 {
	if !o.sequential {
		return 0
	}
	return o.first % uint64(o.n)
}

// weighted reports whether one weighs more than another.
func (o *ordering) weighted() bool {
	for i, b := range o.bounds {
		if math.Abs(b*float64(o.n)-float64(i+1)) > 1e-6 {
			return true
		}
	}
	return false
}

// evenly is what the search among bounds i/n would find.
func (o *ordering) evenly(x float64) int {
	n := float64(o.n)
	i := min(int(x*n), o.n-1)
	for i > 0 && x < float64(i)/n {
		i--
	}
	for i < o.n-1 && x >= float64(i+1)/n {
		i++
	}
	return i
}
