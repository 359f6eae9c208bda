package profiles

import (
	"hash/fnv"
	"math"
	"testing"
	"time"
)

// expectedBy integrates the rate up to t by the trapezoids that the profile consists of.
func expectedBy(p Profile, t time.Duration) float64 {
	n := 0.0
	for _, ph := range p.Phases {
		if t < ph.Duration {
			part := float64(t) / float64(ph.Duration)
			return n + (ph.From+(ph.To-ph.From)*part/2)*part*ph.Duration.Seconds()
		}
		n += ph.expected()
		t -= ph.Duration
	}
	return n
}

var poissonProfiles = []Profile{
	{Name: "steady", Arrivals: Poisson, Phases: []Phase{{"hold", Hold, 20 * time.Second, 1000, 1000, 0, 0}}},
	{Name: "hill", Arrivals: Poisson, Phases: []Phase{
		{"up", Ramp, 10 * time.Second, 0, 1500, 0, 0}, {"pause", Hold, 3 * time.Second, 0, 0, 0, 0},
		{"down", Ramp, 10 * time.Second, 1500, 0, 0, 0}, {"calm", Baseline, 20 * time.Second, 40, 40, 0, 0},
	}},
}

// Measured in expected arrivals, the gaps are exponential with mean 1 whatever the rate does, and know nothing of each
// other.
func TestPoissonGaps(t *testing.T) {
	for _, p := range poissonProfiles {
		for seed := range uint64(10) {
			at := arrivals(mustSchedule(t, p, seed))
			gaps := make([]float64, len(at))
			last := 0.0
			for k, a := range at {
				now := expectedBy(p, a)
				gaps[k], last = now-last, now
			}
			wantKolmogorov(t, p.Name, gaps, exponentialCDF)
			serial := 0.0
			for k := range gaps[1:] {
				serial += (gaps[k] - 1) * (gaps[k+1] - 1)
			}
			// The sum has variance n, as (E-1) has variance 1; 3.29 is the 0.1 % point of the normal distribution.
			if z := serial / math.Sqrt(float64(len(gaps)-1)); math.Abs(z) > 3.29 {
				t.Errorf("%s, seed %d: neighbouring gaps are correlated, z = %.2f", p.Name, seed, z)
			}
		}
	}
}

// The arrivals are the running sum of the stream's exponentials: an independent sum and a bisection instead of the
// closed form.
func TestPoissonAgreesWithItsSlowTwin(t *testing.T) {
	for _, p := range poissonProfiles {
		s := mustSchedule(t, p, 42)
		gaps, sum := NewStream(42, "arrivals"), 0.0
		for k, got := range arrivals(s) {
			sum -= math.Log(float64(gaps.Uint64(uint64(k))>>11+1) / (1 << 53))
			low, high := time.Duration(0), p.Duration()
			for high-low > 1 {
				if mid := (low + high) / 2; expectedBy(p, mid) < sum {
					low = mid
				} else {
					high = mid
				}
			}
			// Near a rate of 0 the last digit of the sum is worth more than a nanosecond.
			slack := time.Duration(2 + 1e-11*1e9/max(p.Rate(got), 1e-3))
			if (got - high).Abs() > slack {
				t.Fatalf("%s: At(%d) = %d, want %d ± %d", p.Name, k, got, high, slack)
			}
		}
		if next := sum - math.Log(float64(gaps.Uint64(s.Total())>>11+1)/(1<<53)); next < p.Expected() {
			t.Errorf("%s: arrival %d would come at %v of %v expected and is missing", p.Name, s.Total(), next, p.Expected())
		}
	}
}

// N over many seeds is Poisson distributed: its mean, its dispersion (the variance is the mean) and its shape.
func TestPoissonTotals(t *testing.T) {
	const seeds, mean = 4000, 50.0
	p := Profile{Name: "short", Arrivals: Poisson, Phases: []Phase{
		{"up", Ramp, time.Second, 0, 60, 0, 0}, {"hold", Hold, time.Second, 20, 20, 0, 0},
	}}
	const firstBin, bins = 36, 29 // ≤ 36, 37, …, 63, ≥ 64
	var observed [bins]float64
	var sum, squares float64
	for seed := range uint64(seeds) {
		n := float64(mustSchedule(t, p, seed).Total())
		sum += n
		squares += (n - mean) * (n - mean)
		observed[min(max(int(n)-firstBin, 0), bins-1)]++
	}
	if z := (sum/seeds - mean) / math.Sqrt(mean/seeds); math.Abs(z) > 3.29 {
		t.Errorf("mean of N = %.3f, want %v, z = %.2f", sum/seeds, mean, z)
	}
	if low, high := chiSquareBounds(seeds); squares/mean < low || squares/mean > high {
		t.Errorf("index of dispersion: Σ(N-%v)²/%v = %.0f, want within %.0f and %.0f", mean, mean, squares/mean, low, high)
	}
	pmf := func(n int) float64 {
		logFactorial, _ := math.Lgamma(float64(n) + 1)
		return math.Exp(float64(n)*math.Log(mean) - mean - logFactorial)
	}
	chi, rest := 0.0, 1.0
	var want [bins]float64
	for n := 0; n < firstBin+bins-1; n++ {
		want[max(n-firstBin, 0)] += pmf(n)
		rest -= pmf(n)
	}
	want[bins-1] = rest
	for i := range want {
		chi += (observed[i] - seeds*want[i]) * (observed[i] - seeds*want[i]) / (seeds * want[i])
	}
	if _, high := chiSquareBounds(bins - 1); chi > high {
		t.Errorf("χ² of N against the Poisson distribution = %.1f, want at most %.1f", chi, high)
	}
}

func TestSeedsDiffer(t *testing.T) {
	p := poissonProfiles[0]
	if a, b := arrivals(mustSchedule(t, p, 1)), arrivals(mustSchedule(t, p, 2)); a[0] == b[0] && a[1] == b[1] {
		t.Errorf("seeds 1 and 2 both begin %v, %v", a[0], a[1])
	}
}

// A saved run names its seed: the same seed must give the same arrivals in every later version and on every machine.
func TestPoissonIsPinned(t *testing.T) {
	s := mustSchedule(t, poissonProfiles[1], 1)
	h := fnv.New64a()
	for _, at := range arrivals(s) {
		var b [8]byte
		for i := range b {
			b[i] = byte(at >> (8 * i))
		}
		_, _ = h.Write(b[:])
	}
	if got, want := s.Total(), uint64(15780); got != want {
		t.Errorf("Total() = %d, want %d", got, want)
	}
	if got, want := h.Sum64(), uint64(0xe4821e72dcce4ee1); got != want {
		t.Errorf("FNV-1a of all times = %#x, want %#x", got, want)
	}
}
