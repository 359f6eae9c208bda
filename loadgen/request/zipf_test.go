package request

import (
	"math"
	"testing"

	"github.com/seed-5a006608/bench/profiles"
	"gonum.org/v1/gonum/stat/distuv"
)

// The frequencies of the ranks are tested against the law itself, on both sides of s = 1 and at it.
func TestZipfFollowsItsLaw(t *testing.T) {
	const draws = 200_000
	for _, tc := range []struct {
		n uint64
		s float64
	}{{1, 1.1}, {2, 3}, {10, 0.5}, {300, 1}, {300, 1.1}, {100_000, 1.1}, {1000, 2.5}} {
		law, stream := newZipf(tc.n, tc.s), profiles.NewStream(7, "zipf test")
		cells := int(min(tc.n, 100)) // the ranks beyond are counted as one
		counts := make([]float64, cells+1)
		for k := range uint64(draws) {
			rank := law.draw(stream, k)
			if rank < 1 || rank > tc.n {
				t.Fatalf("n %d, s %v: rank %d", tc.n, tc.s, rank)
			}
			counts[min(rank, uint64(cells)+1)-1]++
		}
		var norm float64
		for i := uint64(1); i <= tc.n; i++ {
			norm += math.Pow(float64(i), -tc.s)
		}
		var chi, used, restCount, restExpected float64
		for i := range cells {
			expected := draws * math.Pow(float64(i+1), -tc.s) / norm
			if expected < 5 {
				restCount, restExpected = restCount+counts[i], restExpected+expected
				continue
			}
			chi += (counts[i] - expected) * (counts[i] - expected) / expected
			used++
		}
		for i := uint64(cells + 1); i <= tc.n; i++ {
			restExpected += draws * math.Pow(float64(i), -tc.s) / norm
		}
		restCount += counts[cells]
		if restExpected >= 5 {
			chi += (restCount - restExpected) * (restCount - restExpected) / restExpected
			used++
		}
		if used < 2 {
			continue
		}
		if p := (distuv.ChiSquared{K: used - 1}).Survival(chi); p < 1e-4 {
			t.Errorf("n %d, s %v: χ² = %.1f of %v cells, p = %.2g", tc.n, tc.s, chi, used, p)
		}
	}
}
