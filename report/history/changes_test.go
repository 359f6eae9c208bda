package history

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The change points are those that Otava's own tests and documentation publish for its example series.
func TestChangesAreOtavas(t *testing.T) {
	data, err := os.ReadFile("testdata/otava.json")
	if err != nil {
		t.Fatal(err)
	}
	var published []struct {
		Source string
		Series []float64
		Cases  []struct {
			Window       int
			P, Magnitude float64
			Want         []int
		}
	}
	if err := json.Unmarshal(data, &published); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, s := range published {
		for _, c := range s.Cases {
			compared++
			got := indices(Changes(s.Series, Options{c.Window, c.P, c.Magnitude}))
			if !slices.Equal(got, c.Want) {
				t.Errorf("%s, window %d, p %g, magnitude %g:\ngot  %v\nwant %v", s.Source, c.Window, c.P, c.Magnitude, got, c.Want)
			}
		}
	}
	if compared < 18 {
		t.Errorf("%d cases were compared", compared)
	}
}

func indices(changes []Change) []int {
	var list []int
	for _, c := range changes {
		list = append(list, c.Index)
	}
	return list
}

// The example of Otava's documentation prints -12.9 % for the change.
func TestChangeOfOtavasExample(t *testing.T) {
	c := Changes([]float64{10.43, 10.23, 10.29, 10.91, 10.34, 10.69, 9.23, 9.11, 9.13, 9.03}, Options{})
	if len(c) != 1 || math.Round(1000*(c[0].Ratio()-1)) != -129 {
		t.Errorf("%+v, want one of -12.9 %%", c)
	}
}

// divergenceByHand sums every distance anew.
func divergenceByHand(x, y []float64) float64 {
	n, m := float64(len(x)), float64(len(y))
	var between, inX, inY float64
	for i, a := range x {
		for _, b := range y {
			between += math.Abs(a - b)
		}
		for _, b := range x[i+1:] {
			inX += math.Abs(a - b)
		}
	}
	for i, a := range y {
		for _, b := range y[i+1:] {
			inY += math.Abs(a - b)
		}
	}
	q := 2 / (m + n) * between
	if n > 1 {
		q -= 2 * m / (m + n) / (n - 1) * inX
	}
	if m > 1 {
		q -= 2 * n / (m + n) / (m - 1) * inY
	}
	return q
}

func TestDivergenceIsThatByHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SliceOfN(rapid.Float64Range(0, 1000), 2, 20).Draw(t, "series")
		from := rapid.IntRange(0, len(z)-2).Draw(t, "from")
		to := rapid.IntRange(from+2, len(z)).Draw(t, "to")
		tau, got := newDistances(z).divergence(from, to)
		highest, atTau := math.Inf(-1), math.Inf(-1)
		for i := from + 1; i < to; i++ {
			for k := i + 1; k <= to; k++ {
				q := divergenceByHand(z[from:i], z[i:k])
				highest = max(highest, q)
				if i == tau {
					atTau = max(atTau, q)
				}
			}
		}
		if tolerance := 1e-8 * (1 + math.Abs(highest)); math.Abs(got-highest) > tolerance || math.Abs(atTau-highest) > tolerance {
			t.Fatalf("divergence(%d, %d) = %d, %v; by hand %v, at %d %v", from, to, tau, got, highest, tau, atTau)
		}
	})
}

func TestDivergenceOfOnePoint(t *testing.T) {
	if _, q := newDistances([]float64{1, 2}).divergence(0, 1); !math.IsInf(q, -1) {
		t.Errorf("q = %v, want none", q)
	}
}

// The table of Student's distribution: 4.303 and 9.925 at two degrees of freedom, 12.706 at one. The populations' variances
// are 1, so that the difference of the means is t, or t·√1.5 where one of them is a single point.
func TestTTestAgainstStudentsTable(t *testing.T) {
	for _, c := range []struct {
		a, b []float64
		want float64
	}{
		{[]float64{-1, 1}, []float64{3.303, 5.303}, 0.05},
		{[]float64{-1, 1}, []float64{8.925, 10.925}, 0.01},
		{[]float64{12.706 * math.Sqrt(1.5)}, []float64{-1, 1}, 0.05},
		{[]float64{1}, []float64{2}, 1},
		{[]float64{2, 2}, []float64{2, 2}, 1},
		{[]float64{2, 2}, []float64{3, 3}, 0},
	} {
		if got := tTest(c.a, c.b); math.Abs(got-c.want) > 2e-5 {
			t.Errorf("tTest(%v, %v) = %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

// latencies are those of n runs that scatter by a share, slower by a factor from the step on.
func latencies(random *rand.Rand, n int, scatter float64, step int, factor float64) []float64 {
	series := make([]float64, n)
	for i := range series {
		series[i] = 1e6 * math.Exp(scatter*random.NormFloat64())
		if i >= step {
			series[i] *= factor
		}
	}
	return series
}

// Of series without a change few have one found in them. It is more than p says, as the t-test is made where the parts
// diverge most, and the more the longer the series is.
func TestFewChangesInNoise(t *testing.T) {
	const trials = 400
	for n, most := range map[int]float64{10: 0.03, 30: 0.04, 100: 0.08} {
		random := rand.New(rand.NewPCG(uint64(n), 1))
		found := 0
		for range trials {
			if Changes(latencies(random, n, 0.05, n, 1), Options{Magnitude: DefaultMagnitude}) != nil {
				found++
			}
		}
		t.Logf("%d runs: a change in %d of %d series without one", n, found, trials)
		if float64(found) > most*trials {
			t.Errorf("%d runs: a change in %d of %d series without one, more than %g", n, found, trials, most)
		}
	}
}

// A change by 20 % is found at the run with which it came, or its neighbour, where runs scatter by 3 %.
func TestStepIsFoundWhereItIs(t *testing.T) {
	const trials = 100
	random := rand.New(rand.NewPCG(7, 7))
	near := 0
	for range trials {
		step := 8 + random.IntN(24)
		got := indices(Changes(latencies(random, 40, 0.03, step, 1.2), Options{Magnitude: DefaultMagnitude}))
		if len(got) == 1 && got[0] >= step-1 && got[0] <= step+1 {
			near++
		}
	}
	t.Logf("%d of %d", near, trials)
	if near < 95*trials/100 {
		t.Errorf("the step was found, and nothing else, in %d of %d series", near, trials)
	}
}

// What Changes returns lies within the series, in order, and parts it: the means are those of its parts.
func TestChangesPartTheSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series := rapid.SliceOfN(rapid.Float64Range(1, 10), 0, 120).Draw(t, "series")
		o := Options{Window: rapid.IntRange(2, 60).Draw(t, "window"), PValue: rapid.Float64Range(0.001, 0.2).Draw(t, "p"), Magnitude: 0.1}
		last := 0
		changes := Changes(series, o)
		for i, c := range changes {
			if c.Index <= last || c.Index >= len(series) || !(c.P >= 0 && c.P <= 1) {
				t.Fatalf("%+v after %d of %d", c, last, len(series))
			}
			if i > 0 && changes[i-1].After != c.Before {
				t.Fatalf("the mean after %+v is not that before %+v", changes[i-1], c)
			}
			last = c.Index
		}
	})
}
