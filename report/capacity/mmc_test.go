package capacity

import (
	"container/heap"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/seed-5a006608/bench/loadgen/racetest"
)

// The definition, term by term in exact fractions: C = (a^c/c!)·c/(c−a) / (Σ_{k<c} a^k/k! + (a^c/c!)·c/(c−a)).
func erlangByDefinition(c int64, a *big.Rat) float64 {
	term, sum := big.NewRat(1, 1), new(big.Rat)
	for k := int64(0); k < c; k++ {
		sum.Add(sum, term)
		term = new(big.Rat).Mul(term, new(big.Rat).Quo(a, big.NewRat(k+1, 1)))
	}
	workers := big.NewRat(c, 1)
	term.Mul(term, new(big.Rat).Quo(workers, new(big.Rat).Sub(workers, a)))
	value, _ := new(big.Rat).Quo(term, sum.Add(sum, term)).Float64()
	return value
}

func TestErlangC(t *testing.T) {
	for _, tc := range []struct {
		c    int
		a    float64
		want float64
		why  string
	}{
		{1, 0.7, 0.7, "M/M/1 waits when its worker is busy: ρ"},
		{2, 1, 1.0 / 3, "2ρ²/(1+ρ), ρ = 1/2"},
		{2, 1.8, 1.62 / 1.9, "2ρ²/(1+ρ), ρ = 0.9"},
		{3, 2, 4.0 / 9, "Gross and Harris, Fundamentals of Queueing Theory, example 2.1: λ = 6, μ = 3, c = 3 leave no one waiting in 5/9"},
		{4, 3, 0.509434, "27/53, printed as 0.5094 in tables of M/M/c at ρ = 0.75"},
		{4, 4, 1, "at saturation"},
		{4, 5, 1, "beyond it"},
		{4, 0, 0, "nothing offered"},
	} {
		if got := erlangC(tc.c, tc.a); math.Abs(got-tc.want) > 1e-6 {
			t.Errorf("erlangC(%d, %v) = %v, want %v (%s)", tc.c, tc.a, got, tc.want, tc.why)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.Int64Range(1, 200).Draw(t, "c")
		thousandths := rapid.Int64Range(1, 999).Draw(t, "rho")
		a := big.NewRat(c*thousandths, 1000)
		load, _ := a.Float64()
		if got, want := erlangC(int(c), load), erlangByDefinition(c, a); math.Abs(got-want) > 1e-9 {
			t.Fatalf("erlangC(%d, %v) = %v, want %v", c, load, got, want)
		}
	})
}

func TestQuantileOfOneWorkerIsClosedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mu := rapid.Float64Range(0.1, 1e5).Draw(t, "mu")
		rho := rapid.Float64Range(0.01, 0.99).Draw(t, "rho")
		p := rapid.Float64Range(0.01, 0.9999).Draw(t, "p")
		got, ok := MMC{1, mu}.Quantile(rho*mu, p)
		want := -math.Log(1-p) / (mu - rho*mu)
		if !ok || math.Abs(got.Seconds()-want) > 1e-6*want+2e-9 {
			t.Fatalf("Quantile = %v, want %v s", got, want)
		}
	})
}

// workers is when each of them will be free.
type workers []float64

func (w workers) Len() int           { return len(w) }
func (w workers) Less(i, j int) bool { return w[i] < w[j] }
func (w workers) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *workers) Push(any)          {}
func (w *workers) Pop() any          { return nil }

// simulate returns the responses, in seconds, of n arrivals at a queue that is acted out.
func simulate(r *rand.Rand, c int, rate float64, service func() float64, n int) []float64 {
	free := make(workers, c)
	now, list := 0.0, make([]float64, n)
	for i := range list {
		now += r.ExpFloat64() / rate
		start := max(now, free[0])
		free[0] = start + service()
		list[i] = free[0] - now
		heap.Fix(&free, 0)
	}
	return list
}

func TestQuantilesAgreeWithSimulation(t *testing.T) {
	racetest.Skip(t)
	n := 40_000
	if testing.Short() {
		n = 12_000
	}
	for _, tc := range []struct {
		c   int
		rho float64
	}{{1, 0.5}, {2, 0.8}, {4, 0.768}, {4, 0.902}, {16, 0.9}} {
		r := rand.New(rand.NewPCG(7, uint64(tc.c)))
		q := MMC{tc.c, 125}
		rate := tc.rho * q.Saturation()
		batches := make([][]float64, 20) // whose scatter is the simulation's own error
		for b := range batches {
			list := simulate(r, tc.c, rate, func() float64 { return r.ExpFloat64() / 125 }, n)[2000:]
			slices.Sort(list)
			batches[b] = list
		}
		for _, p := range []float64{0.5, 0.95, 0.99} {
			var found []float64
			for _, list := range batches {
				found = append(found, list[int(p*float64(len(list)))])
			}
			mean, sd := meanOf(found)
			want, _ := q.Quantile(rate, p)
			if allowed := 4*sd/math.Sqrt(20) + 1e-3*mean; math.Abs(mean-want.Seconds()) > allowed {
				t.Errorf("M/M/%d at ρ %v: P%v is %v, simulated %v ± %v", tc.c, tc.rho, p*100, want, mean, allowed)
			}
		}
	}
}

func TestRateWithinInvertsQuantile(t *testing.T) {
	q := MMC{4, 125}
	for _, tc := range []struct {
		limit time.Duration
		want  float64
	}{{50 * time.Millisecond, 384}, {100 * time.Millisecond, 451}} {
		got := q.RateWithin(0.99, tc.limit)
		if math.Abs(got-tc.want) > 0.6 { // the wanted are whole
			t.Errorf("RateWithin(P99, %v) = %v, want %v", tc.limit, got, tc.want)
		}
		if back, _ := q.Quantile(got, 0.99); math.Abs(back.Seconds()-tc.limit.Seconds()) > 1e-6 {
			t.Errorf("P99 at %v is %v, want %v", got, back, tc.limit)
		}
	}
	if got := q.RateWithin(0.99, 30*time.Millisecond); got != 0 {
		t.Errorf("an idle worker's P99 is 36.8 ms, yet RateWithin(P99, 30ms) = %v", got)
	}
	if _, ok := q.Quantile(500, 0.99); ok {
		t.Error("at saturation there is no quantile")
	}
}

func TestAllenCunneenIsExactForOneWorker(t *testing.T) {
	// Pollaczek and Khinchine, deterministic service: W = ρ/(2(1−ρ))·s.
	got, want := MMC{1, 100}.AllenCunneen(80, 1, 0), 0.8/(2*0.2)/100
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("M/D/1 waits %v, want %v", got, want)
	}
}
