package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen"
)

// target is a simulated service: what a request takes when it arrives at an instant of the search.
type target struct {
	name    string
	workers int
	service func(r *rand.Rand) float64     // seconds
	speed   func(at time.Duration) float64 // by which work is done faster; nil: 1
	limit   float64                        // requests/s beyond which requests are refused; 0: none
	truth   func(t *testing.T, at time.Duration) float64
}

// burst is how many requests at once a limited service lets through.
func (tg target) burst() float64 { return max(5, tg.limit/20) }

// refusing finds the true rate at which a limited service refuses that share.
func (tg target) refusing(r *rand.Rand, share float64) float64 {
	low, high := tg.limit/3, tg.limit*1.2
	for range 14 {
		middle, tokens, refused := (low+high)/2, tg.burst(), 0
		for range 300_000 {
			tokens = min(tg.burst(), tokens+r.ExpFloat64()/middle*tg.limit)
			if tokens < 1 {
				refused++
			} else {
				tokens--
			}
		}
		if float64(refused) > share*300_000 {
			high = middle
		} else {
			low = middle
		}
	}
	return (low + high) / 2
}

// drive acts a step out and returns what is measured of it.
func (tg target) drive(r *rand.Rand, s Step, began time.Duration, objectives []loadgen.Threshold) Measurement {
	type arrival struct {
		at, response float64
		failed       bool
	}
	length := (s.WarmUp + s.Hold).Seconds()
	free := make(workers, tg.workers)
	var list []arrival
	tokens, last := tg.burst(), 0.0
	for now := r.ExpFloat64() / s.Rate; now < length; now += r.ExpFloat64() / s.Rate {
		if tg.limit > 0 {
			tokens = min(tg.burst(), tokens+(now-last)*tg.limit)
			if last = now; tokens < 1 {
				list = append(list, arrival{now, 0.001, true})
				continue
			}
			tokens--
		}
		speed := 1.0
		if tg.speed != nil {
			speed = tg.speed(began + time.Duration(now*1e9))
		}
		start := max(now, free[0])
		end := start + tg.service(r)/speed
		free[0] = end
		list = append(list, arrival{now, end - now, false})
		fix(free)
	}
	m := Measurement{Step: s, totals: make([]tally, len(objectives))}
	hold, warm := s.Hold.Seconds(), s.WarmUp.Seconds()
	var due, failed, finished, startBacklog, endBacklog float64
	var worst []string
	for i, t := range objectives {
		m.seconds = append(m.seconds, make([]tally, int(hold)))
		for _, a := range list {
			if a.at < warm {
				continue
			}
			x := 0.0
			if t.Metric == loadgen.MetricErrors && a.failed || t.Metric != loadgen.MetricErrors && !a.failed && a.response*1e9 > t.Limit {
				x = 1
			}
			second := &m.seconds[i][min(int(a.at-warm), int(hold)-1)]
			second.n, second.x = second.n+1, second.x+x
			m.totals[i].n, m.totals[i].x = m.totals[i].n+1, m.totals[i].x+x
		}
		if a, _ := allowed(t); m.totals[i].share() > a {
			worst = append(worst, t.Text)
		}
	}
	for _, a := range list {
		end := a.at + a.response
		if a.at < warm && end >= warm {
			startBacklog++
		}
		if a.at < length && end >= length {
			endBacklog++
		}
		if a.at >= warm {
			due++
			if !a.failed {
				m.answers.add(seconds(a.response))
			}
			if a.failed {
				failed++
			}
		}
		if !a.failed && end >= warm && end < length {
			finished++
		}
	}
	m.answers.Rate = due / hold
	m.Offered, m.Served, m.Growth = due/hold, finished/hold, (endBacklog-startBacklog)/hold
	m.served = make([]float64, int(hold))
	for _, a := range list {
		if end := a.at + a.response - warm; !a.failed && end >= 0 && end < hold {
			m.served[int(end)]++
		}
	}
	slack := shortShare*due + shortSigma*math.Sqrt(1+min(startBacklog+16, max(startBacklog, endBacklog)))
	switch growth := endBacklog - startBacklog; {
	case growth > slack && growth > shortSigma*math.Sqrt(m.Offered):
		m.late, m.Why = true, "the backlog grows"
	case len(worst) > 0:
		m.Why = worst[0]
	}
	m.Holds = m.Why == ""
	m.decide(objectives)
	return m
}

// fix restores the heap's order below its root.
func fix(w workers) {
	for i := 0; ; {
		least := i
		for _, child := range []int{2*i + 1, 2*i + 2} {
			if child < len(w) && w[child] < w[least] {
				least = child
			}
		}
		if least == i {
			return
		}
		w[i], w[least] = w[least], w[i]
		i = least
	}
}

// searched acts a whole search out.
func (tg target) searched(t *testing.T, r *rand.Rand, o Options) (*Search, time.Duration) {
	t.Helper()
	s := NewSearch(o)
	for n := 0; ; n++ {
		step, done := s.Next()
		if done {
			return s, s.now()
		}
		if n > 60 {
			t.Fatalf("%s: the search does not end", tg.name)
		}
		s.add(tg.drive(r, step, s.elapsed, o.Objectives))
	}
}

// heavy draws lognormal service times of mean 1/mu, whose squared coefficient of variation is e^(s²) − 1.
func heavy(mu, s float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return math.Exp(s*r.NormFloat64()-s*s/2) / mu }
}

// longRun finds the true edge of a service that does not change, by a run that is long beside a search.
func longRun(r *rand.Rand, workers int, service func(*rand.Rand) float64, share, limit, guess float64) float64 {
	low, high := guess/8, guess*2
	for range 12 {
		middle := math.Sqrt(low * high)
		n, over := 200_000, 0
		for _, response := range simulate(r, workers, middle, func() float64 { return service(r) }, n) {
			if response > limit {
				over++
			}
		}
		if float64(over) > share*float64(n) {
			high = middle
		} else {
			low = middle
		}
	}
	return math.Sqrt(low * high)
}

// makeTarget draws one of the four kinds.
func makeTarget(r *rand.Rand, kind int) (target, []string) {
	workers := 1 + r.IntN(8)
	mu := math.Exp(math.Log(60) + r.Float64()*math.Log(10)) // 60 … 600/s a worker
	limit := (5.5 + 11*r.Float64()) / mu
	q := MMC{workers, mu}
	slo := fmt.Sprintf("p99<%.4fms", limit*1e3)
	exponential := func(r *rand.Rand) float64 { return r.ExpFloat64() / mu }
	truth := q.RateWithin(0.99, seconds(limit))
	switch kind {
	case 0:
		return target{"M/M/c", workers, exponential, nil, 0, func(*testing.T, time.Duration) float64 { return truth }}, []string{slo}
	case 1:
		mu *= 4
		service := heavy(mu, 1+0.3*r.Float64())
		limit = (12 + 12*r.Float64()) / mu
		own := rand.New(rand.NewPCG(r.Uint64(), 0))
		return target{"M/G/1", 1, service, nil, 0, func(*testing.T, time.Duration) float64 {
			return longRun(own, 1, service, 0.01, limit, mu)
		}}, []string{fmt.Sprintf("p99<%.4fms", limit*1e3)}
	case 2:
		drift := 0.0005 * (2*r.Float64() - 1) // of its speed, each second
		speed := func(at time.Duration) float64 { return 1 + drift*at.Seconds() }
		return target{"drifting", workers, exponential, speed, 0, func(_ *testing.T, at time.Duration) float64 {
			return MMC{workers, mu * speed(at)}.RateWithin(0.99, seconds(limit))
		}}, []string{slo}
	}
	top := truth * (0.4 + 0.5*r.Float64())
	throttled := target{"throttled", workers, exponential, nil, top, nil}
	throttled.truth = func(*testing.T, time.Duration) float64 { return throttled.refusing(r, 0.01) }
	return throttled, []string{slo, "errors<1%"}
}
