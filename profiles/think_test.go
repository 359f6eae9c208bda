package profiles

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestParseThink(t *testing.T) {
	second := time.Second
	for text, want := range map[string]Think{
		"1s":           {Mean: second},
		"0":            {},
		"fixed:1s":     {Mean: second},
		"1s±50%":       {UniformThink, second, second / 2, 3 * second / 2},
		"1s+-50%":      {UniformThink, second, second / 2, 3 * second / 2},
		"1s±0%":        {Mean: second},
		"exp:1s":       {Law: ExponentialThink, Mean: second},
		"1s..3s":       {UniformThink, 2 * second, second, 3 * second},
		"500ms..500ms": {Mean: second / 2},
	} {
		got, err := ParseThink(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if back, err := ParseThink(got.String()); back != got || err != nil {
			t.Errorf("%s is written %s, read back as %+v, %v", text, got, back, err)
		}
	}
	for text, want := range map[string]string{
		"": "such as", "1": "such as", "exp:": "such as", "exp:x": "such as", "1s±": "such as", "1s±50": "such as", "1s±150%": "it varies by at most 100%", "1s±-5%": "such as",
		"1s..": "such as", "3s..1s": "the shorter one first", "-1s": "not be below 0", "-1s..1s": "not be below 0", "exp:-1s": "not be below 0",
		"2h": "at most 1h0m0s", "exp:2h": "at most", "1s..2h": "at most",
	} {
		if got, err := ParseThink(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %+v, %v, want an error with %q", text, got, err, want)
		}
	}
}

// kolmogorov returns the probability of a distance from the law at least as large (Marsaglia, Tsang, Wang, J. Stat. Softw. 8,
// 2003, the limiting form).
func kolmogorov(values []float64, cdf func(float64) float64) float64 {
	slices.Sort(values)
	n, d := float64(len(values)), 0.0
	for i, v := range values {
		f := cdf(v)
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	x := (math.Sqrt(n) + 0.12 + 0.11/math.Sqrt(n)) * d
	p := 0.0
	for k := 1.0; k < 100; k++ {
		p += 2 * math.Pow(-1, k-1) * math.Exp(-2*k*k*x*x)
	}
	return min(max(p, 0), 1)
}

// What is drawn follows the law, and the same request thinks equally long each time.
func TestThinkIsDrawnByItsLaw(t *testing.T) {
	for text, cdf := range map[string]func(float64) float64{
		"exp:1s": distuv.Exponential{Rate: 1}.CDF,
		"1s..3s": distuv.Uniform{Min: 1, Max: 3}.CDF,
		"1s±50%": distuv.Uniform{Min: 0.5, Max: 1.5}.CDF,
	} {
		think, err := ParseThink(text)
		if err != nil {
			t.Fatal(err)
		}
		s := NewStream(1, "think")
		var values []float64
		for k := range uint64(5000) {
			values = append(values, think.Draw(s, k).Seconds())
			if think.Draw(s, k) != think.Draw(NewStream(1, "think"), k) {
				t.Fatalf("%s: request %d thinks now so long and now so", text, k)
			}
		}
		if p := kolmogorov(values, cdf); p < 0.001 {
			t.Errorf("%s: p %g", text, p)
		}
	}
}

// How long users still think who have been at it for long: the law's own definition, looked up in a long row of thinks.
func TestRestOfAThink(t *testing.T) {
	for _, text := range []string{"1s", "exp:1s", "1s..3s", "0s..2s", "1s±50%"} {
		think, err := ParseThink(text)
		if err != nil {
			t.Fatal(err)
		}
		var ends []time.Duration // of one think after the other
		s, at := NewStream(3, "think"), time.Duration(0)
		for k := uint64(0); at < 100_000*time.Second; k++ {
			at += think.Draw(s, k)
			ends = append(ends, at)
		}
		looks, draws := []time.Duration(nil), NewStream(4, "looks")
		for k := range uint64(50_000) {
			looked := time.Duration(draws.Float64(k) * float64(99_000*time.Second))
			i, _ := slices.BinarySearch(ends, looked)
			looks = append(looks, ends[i]-looked)
		}
		slices.Sort(looks)
		for _, q := range []float64{0.05, 0.25, 0.5, 0.75, 0.95, 0.99} {
			want := looks[int(q*float64(len(looks)))]
			if got := think.Rest(q); (got - want).Abs() > max(think.Mean/25, want/20) {
				t.Errorf("%s: the quantile %v of what is left to think is %v, of 50,000 looks %v", text, q, got, want)
			}
		}
		if think.Rest(0) != 0 {
			t.Errorf("%s: the first begins after %v", text, think.Rest(0))
		}
	}
}
