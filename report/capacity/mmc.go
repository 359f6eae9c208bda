package capacity

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// erlangC returns the probability that an arrival has to wait in M/M/c, for c workers and an offered load of a erlangs
// (arrival rate × mean service time). It is 1 where a ≥ c, as the queue then grows for ever, and 0 without load.
//
//	B(0) = 1,  B(k) = a·B(k−1) / (k + a·B(k−1)),  C = B(c) / (1 − (a/c)·(1 − B(c)))
//
// The recursion of Erlang B has no factorial to overflow (Cooper, Introduction to Queueing Theory, 2nd ed. 1981, §3.2 and
// §3.4; Erlang 1917).
func erlangC(c int, a float64) float64 {
	switch {
	case !(a > 0):
		return 0
	case c < 1 || a >= float64(c):
		return 1
	}
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b / (1 - a/float64(c)*(1-b))
}

// MMC is the queue M/M/c: Poisson arrivals, one line, c workers with exponential service times.
type MMC struct {
	Workers     int     `json:"workers"`
	ServiceRate float64 `json:"service_rate"` // requests/s of one busy worker
}

// Saturation is the rate at which all workers are busy all the time, in requests/s.
func (q MMC) Saturation() float64 { return float64(q.Workers) * q.ServiceRate }

// Tail returns the probability that a response takes longer than t at an arrival rate below saturation. With μ the
// service rate, θ = c·μ − λ and C from [erlangC]:
//
//	P(T > t) = e^(−μt) + C·μ·(e^(−μt) − e^(−θt)) / (θ − μ)
//
// (Gross et al., Fundamentals of Queueing Theory, 4th ed. 2008, §2.3). The difference is taken by expm1 from the larger
// of the two exponentials, so that θ = μ needs no case and nothing overflows. It is 1 at saturation and above.
func (q MMC) Tail(rate float64, t time.Duration) float64 {
	return q.tail(rate, t, erlangC(q.Workers, rate/q.ServiceRate))
}

// tail is Tail with a given probability of waiting.
func (q MMC) tail(rate float64, t time.Duration, waits float64) float64 {
	theta := q.Saturation() - rate
	if theta <= 0 || t <= 0 {
		return 1
	}
	mu, s := q.ServiceRate, t.Seconds()
	slow, apart := min(mu, theta), math.Abs(theta-mu)
	ratio := s // the limit of (1 − e^(−apart·s)) / apart
	if apart*s > 1e-12 {
		ratio = -math.Expm1(-apart*s) / apart
	}
	return min(1, math.Exp(-mu*s)+waits*mu*math.Exp(-slow*s)*ratio)
}

// Quantile returns the response time at p (0-1, both left out) and an arrival rate; false where the rate is not below
// saturation.
func (q MMC) Quantile(rate, p float64) (time.Duration, bool) {
	if rate >= q.Saturation() || !(p > 0 && p < 1) {
		return 0, false
	}
	// Both terms of the tail are below e^(−slow·t)·(1 + μ·t), so this many of the slower time constant suffice for any p.
	slow := min(q.ServiceRate, q.Saturation()-rate)
	high := 1 / slow
	for q.Tail(rate, seconds(high)) > 1-p && high < 1e9 {
		high *= 2
	}
	low := 0.0
	for range 200 {
		middle := (low + high) / 2
		if q.Tail(rate, seconds(middle)) > 1-p {
			low = middle
		} else {
			high = middle
		}
	}
	return seconds(high), true
}

// RateWithin returns the highest rate, in requests/s, at which the share p (0-1) of the responses takes at most limit; 0
// where even an idle service is slower.
func (q MMC) RateWithin(p float64, limit time.Duration) float64 {
	if math.Exp(-q.ServiceRate*limit.Seconds()) > 1-p {
		return 0
	}
	low, high := 0.0, q.Saturation()
	for range 100 {
		middle := (low + high) / 2
		if q.Tail(middle, limit) <= 1-p {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// MeanWait returns the mean time in the line, without service: C·1/(c·μ − λ). It is infinite from saturation on.
func (q MMC) MeanWait(rate float64) float64 {
	if rate >= q.Saturation() {
		return math.Inf(1)
	}
	return erlangC(q.Workers, rate/q.ServiceRate) / (q.Saturation() - rate)
}

// AllenCunneen approximates the mean wait of G/G/c by that of M/M/c, for the squared coefficients of variation of the
// times between arrivals (1 for Poisson) and of the service times:
//
//	W(G/G/c) ≈ W(M/M/c) · (ca² + cs²) / 2
//
// (Allen, Probability, Statistics, and Queueing Theory, 2nd ed. 1990, §5.5). It is exact for M/M/c and M/G/1.
func (q MMC) AllenCunneen(rate, ca2, cs2 float64) float64 { return q.MeanWait(rate) * (ca2 + cs2) / 2 }

func (q MMC) String() string {
	return fmt.Sprintf("M/M/%d at %s a worker", q.Workers, units.Rate(q.ServiceRate))
}

func seconds(s float64) time.Duration {
	if s > math.MaxInt64/1e9 {
		return math.MaxInt64
	}
	return time.Duration(s * 1e9)
}
