package request

import (
	"math"
	"slices"

	"github.com/seed-5a006608/bench/profiles"
)

// ordering says which of n requests is sent as number k.
type ordering struct {
	N          int
	Sequential bool
	first      uint64    // the one that number 0 is
	bounds     []float64 // cumulated weights, the last one 1; nil: all weigh the same
	choice     profiles.Stream
}

// at returns the index of number k.
func (o *ordering) at(k uint64) int {
	switch {
	case o.N == 1:
		return 0
	case o.Sequential:
		return int((o.first%uint64(o.N) + k%uint64(o.N)) % uint64(o.N))
	case o.bounds == nil:
		return o.evenly(o.choice.Float64(k))
	}
	i, found := slices.BinarySearch(o.bounds, o.choice.Float64(k))
	if found {
		i++
	}
	return min(i, o.N-1)
}

// FirstLine returns the index of number 0 in a sequence; else 0.
func (o *ordering) FirstLine() uint64 {
	if !o.Sequential {
		return 0
	}
	return o.first % uint64(o.N)
}

// weighted reports whether the weights differ.
func (o *ordering) weighted() bool {
	for i, b := range o.bounds {
		if math.Abs(b*float64(o.N)-float64(i+1)) > 1e-6 {
			return true
		}
	}
	return false
}

// evenly returns what a search among the bounds i/n would find.
func (o *ordering) evenly(x float64) int {
	n := float64(o.N)
	i := min(int(x*n), o.N-1)
	for i > 0 && x < float64(i)/n {
		i--
	}
	for i < o.N-1 && x >= float64(i+1)/n {
		i++
	}
	return i
}
