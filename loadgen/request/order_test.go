package request

import (
	"slices"
	"testing"

	"github.com/seed-5a006608/bench/profiles"
	"pgregory.net/rapid"
)

// In sequence each request comes once, and then round again, from wherever it begins.
func TestSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := ordering{N: rapid.IntRange(1, 50).Draw(t, "n"), Sequential: true, first: rapid.Uint64().Draw(t, "first")}
		k := rapid.Uint64Range(0, 1<<40).Draw(t, "k")
		var seen []int
		for i := range uint64(o.N) {
			seen = append(seen, o.at(k+i))
		}
		if o.at(0) != int(o.FirstLine()) || o.at(k+uint64(o.N)) != seen[0] {
			t.Fatalf("it begins at %d, not at %d; after a round at %d, not at %d", o.at(0), o.FirstLine(), o.at(k+uint64(o.N)), seen[0])
		}
		for i := 1; i < o.N; i++ {
			if seen[i] != (seen[i-1]+1)%o.N {
				t.Fatalf("%v", seen)
			}
		}
		if slices.Sort(seen); seen[0] != 0 || seen[o.N-1] != o.N-1 {
			t.Fatalf("%v", seen)
		}
	})
}

// Lines that are drawn are those that were drawn when each had a weight of its own.
func TestLinesAreDrawnAsBefore(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 49, 1000, 100_003} {
		equal := ordering{N: n, choice: profiles.NewStream(5, "request")}
		weighed := equal
		var sum float64
		for range n {
			sum++
			weighed.bounds = append(weighed.bounds, sum/float64(n))
		}
		for k := range uint64(20_000) {
			if got, want := equal.at(k), weighed.at(k); got != want {
				t.Fatalf("of %d number %d is %d, and was %d", n, k, got, want)
			}
		}
		for i := range min(n, 2000) {
			for _, x := range []float64{float64(i) / float64(n), float64(i+1) / float64(n)} {
				want, found := slices.BinarySearch(weighed.bounds, x)
				if found {
					want++
				}
				if got := equal.evenly(x); got != min(want, n-1) {
					t.Fatalf("of %d at %v: %d, want %d", n, x, got, want)
				}
			}
		}
	}
}
