package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLooksAreWholeQuads(t *testing.T) {
	for _, tc := range []struct {
		quads int
		want  []int
	}{
		{5, nil}, {6, []int{6}}, {7, []int{6, 7}}, {10, []int{6, 8, 10}}, {20, []int{7, 11, 15, 20}},
	} {
		if got := looksOf(tc.quads); !slices.Equal(got, tc.want) {
			t.Errorf("looksOf(%d) = %v, want %v", tc.quads, got, tc.want)
		}
	}
}

// A look at all of the data alone has the whole error; the levels of the four looks of 20 quads are those of an independent
// program.
func TestNominalLevels(t *testing.T) {
	for _, tc := range []struct {
		total       float64
		times, want []float64
	}{
		{0.05, []float64{1}, []float64{0.05}},
		{0.05, []float64{0.35, 0.55, 0.75, 1}, []float64{0.00214, 0.00722, 0.01749, 0.04226}},
		{0.025, []float64{0.35, 0.55, 0.75, 1}, []float64{0.00107, 0.00356, 0.00853, 0.02048}},
		{0.05 / 3, []float64{0.35, 0.55, 0.75, 1}, []float64{0.00071, 0.00235, 0.00561, 0.01343}},
	} {
		got := nominalLevels(tc.total, tc.times)
		for i := range got {
			if math.Abs(got[i]-tc.want[i]) > 1e-5 {
				t.Errorf("nominalLevels(%v, %v) = %v, want %v", tc.total, tc.times, got, tc.want)
				break
			}
		}
	}
}

// Random walks cross the boundaries as often as they may.
func TestNominalLevelsSpendTheirShare(t *testing.T) {
	const walks = 200_000
	times := []float64{0.5, 0.7, 1}
	levels := nominalLevels(0.2, times)
	random := rand.New(rand.NewPCG(7, 11))
	crossed := make([]float64, len(times))
	for range walks {
		at, before := 0.0, 0.0
		for i, when := range times {
			at += random.NormFloat64() * math.Sqrt(when-before)
			before = when
			if 2*upper(math.Abs(at)/math.Sqrt(when)) < levels[i] {
				crossed[i]++
				break
			}
		}
	}
	var sum float64
	for i, when := range times {
		sum += crossed[i] / walks
		if want := 0.2 * when * when * when; math.Abs(sum-want) > 0.003 {
			t.Errorf("by %v %.4f crossed, want %.4f", when, sum, want)
		}
	}
}
