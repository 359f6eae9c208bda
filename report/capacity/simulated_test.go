package capacity

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// target is a simulated service: what a request takes when it arrives at an instant of the search.
type target struct {
	name    string
	workers int
	service func(r *rand.Rand) float64     // seconds
	speed   func(at time.Duration) float64 // by which work is done faster; nil: 1
	limit   float64                        // requests/s beyond which requests are refused at once; 0: none
	room    int                            // requests that it holds at once, beyond which others are refused at once; 0: any number
	timeout float64                        // seconds after which a request is given up on, though the service does its work; 0: never
	kinds   int                            // of requests that are told apart, equally often; 0: one
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

// arrival is what became of one simulated request, in seconds since the step began.
type arrival struct {
	at, response float64
	refused      bool
	censored     bool // given up on after response
	kind         int
}

// arrivals acts the requests of a step out.
func (tg target) arrivals(r *rand.Rand, s Step, began time.Duration) (list []arrival) {
	length := (s.WarmUp + s.Hold).Seconds()
	free := make(workers, tg.workers)
	var inside []float64 // when those that are inside go, in order
	tokens, last := tg.burst(), 0.0
	for now := r.ExpFloat64() / s.Rate; now < length; now += r.ExpFloat64() / s.Rate {
		if tg.limit > 0 {
			tokens = min(tg.burst(), tokens+(now-last)*tg.limit)
			last = now
		}
		for len(inside) > 0 && inside[0] <= now {
			inside = inside[1:]
		}
		if tg.limit > 0 && tokens < 1 || tg.room > 0 && len(inside) >= tg.room {
			list = append(list, arrival{at: now, response: 0.001, refused: true, kind: tg.kind(r)})
			continue
		}
		tokens--
		speed := 1.0
		if tg.speed != nil {
			speed = tg.speed(began + time.Duration(now*1e9))
		}
		end := max(now, free[0]) + tg.service(r)/speed
		free[0] = end
		fix(free)
		if tg.room > 0 {
			at, _ := slices.BinarySearch(inside, end)
			inside = slices.Insert(inside, at, end)
		}
		list = append(list, arrival{at: now, response: end - now, kind: tg.kind(r)})
		if a := &list[len(list)-1]; tg.timeout > 0 && a.response > tg.timeout {
			a.response, a.censored = tg.timeout, true
		}
	}
	return list
}

func (tg target) kind(r *rand.Rand) int {
	if tg.kinds < 2 {
		return 0
	}
	return r.IntN(tg.kinds)
}

// drive acts a step out and returns what is measured of it, as it is of a run.
func (tg target) drive(r *rand.Rand, s Step, began time.Duration, objectives []runfile.Threshold) Measurement {
	return measure(s, runOf(s, tg.arrivals(r, s, began)), objectives, 0)
}

// runOf makes of a step's requests the run that they would be recorded as.
func runOf(s Step, list []arrival) *runfile.Run {
	warm, length, hold := s.WarmUp.Seconds(), (s.WarmUp + s.Hold).Seconds(), s.Hold.Seconds()
	var of dist
	kinds := map[int]*[2]dist{} // successes and failures
	seconds := make([]dist, int(length))
	intervals := make([]runfile.Interval, int(length))
	p := runfile.Phase{Name: "step", Kind: "step", StartNS: s.WarmUp, DurationNS: s.Hold}
	for i := range intervals {
		intervals[i].StartNS = time.Duration(i) * time.Second
	}
	for _, a := range list {
		iv := &intervals[min(int(a.at), len(intervals)-1)]
		iv.Due++
		end := a.at + a.response
		succeeded := !a.refused && !a.censored
		if succeeded {
			iv.OK++
		} else {
			iv.Failed++
		}
		seconds[min(int(a.at), len(seconds)-1)].add(a)
		for i := int(a.at); i < len(intervals) && float64(i+1) <= end; i++ {
			intervals[i].Backlog++
		}
		if int(end) < len(intervals) {
			intervals[int(end)].Finished++
		}
		if a.at < warm && end >= warm {
			p.Backlog.Start++
		}
		if end >= length {
			p.Backlog.End++
		}
		if succeeded && end >= warm && end < length {
			p.Achieved.Count++
		}
		if a.at < warm {
			continue
		}
		of.add(a)
		if kinds[a.kind] == nil {
			kinds[a.kind] = new([2]dist)
		}
		if p.Requests.Due++; succeeded {
			p.Requests.Succeeded++
			kinds[a.kind][0].add(a)
		} else {
			p.Requests.Failed++
			a.refused = false // the distribution of an endpoint's failures holds what they took
			kinds[a.kind][1].add(a)
		}
	}
	for kind, of := range kinds {
		for i, class := range []runfile.Class{runfile.ClassOK, runfile.ClassFailed} {
			d := of[i].of(2)
			if d.Count == 0 {
				continue
			}
			e := runfile.Endpoint{Name: fmt.Sprintf("GET /%d", kind), Class: class, Count: d.Count, ResponseTime: d, TargetTime: allOf(d)}
			if class == runfile.ClassFailed {
				e.TargetTime = allOf(runfile.NewDist(2, nil, of[i].censored))
			}
			p.Endpoints = append(p.Endpoints, e)
		}
	}
	for i := range intervals {
		intervals[i].ResponseTime = seconds[i].of(2)
		intervals[i].TargetTime = allOf(intervals[i].ResponseTime)
	}
	p.ResponseTime = of.of(3)
	p.TargetTime = allOf(p.ResponseTime)
	p.Offered = runfile.Rate{Count: p.Requests.Due, Rate: float64(p.Requests.Due) / hold}
	p.Achieved.Rate = float64(p.Achieved.Count) / hold
	return &runfile.Run{
		Overall: p, Phases: []runfile.Phase{{Name: "warm-up", Kind: "warmup", DurationNS: s.WarmUp}, p},
		Intervals: intervals, Verdict: runfile.Verdict{Kind: runfile.Valid},
	}
}

// allOf is the target time of a run in which bench was never late.
func allOf(d runfile.Dist) *runfile.TargetTime { return &runfile.TargetTime{Undisturbed: d} }

// dist gathers the responses of a distribution: what was refused is in none.
type dist struct{ values, censored []time.Duration }

func (d *dist) add(a arrival) {
	switch {
	case a.censored:
		d.censored = append(d.censored, seconds(a.response))
	case !a.refused:
		d.values = append(d.values, seconds(a.response))
	}
}

func (d *dist) of(digits int) runfile.Dist { return runfile.NewDist(digits, d.values, d.censored) }

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

// full is the share of requests that M/M/c refuses when it holds at most room of them, at an arrival rate:
//
//	p(n) ∝ aⁿ / n!  up to c,  and from there on times a/c each
//
// (Gross et al., Fundamentals of Queueing Theory, 4th ed. 2008, §2.5).
func full(q MMC, rate float64, room int) float64 {
	a, p, sum := rate/q.ServiceRate, 1.0, 1.0
	for n := 1; n <= room; n++ {
		p *= a / float64(min(n, q.Workers))
		sum += p
	}
	return p / sum
}

// kinds is how many makeTarget draws from.
const kinds = 6

// makeTarget draws one of the kinds.
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
		return target{name: "M/M/c", workers: workers, service: exponential, truth: func(*testing.T, time.Duration) float64 { return truth }}, []string{slo}
	case 1:
		mu *= 4
		service := heavy(mu, 1+0.3*r.Float64())
		limit = (12 + 12*r.Float64()) / mu
		own := rand.New(rand.NewPCG(r.Uint64(), 0))
		return target{name: "M/G/1", workers: 1, service: service, truth: func(*testing.T, time.Duration) float64 {
			return longRun(own, 1, service, 0.01, limit, mu)
		}}, []string{fmt.Sprintf("p99<%.4fms", limit*1e3)}
	case 2:
		drift := 0.0005 * (2*r.Float64() - 1) // of its speed, each second
		speed := func(at time.Duration) float64 { return 1 + drift*at.Seconds() }
		return target{name: "drifting", workers: workers, service: exponential, speed: speed, truth: func(_ *testing.T, at time.Duration) float64 {
			return MMC{workers, mu * speed(at)}.RateWithin(0.99, seconds(limit))
		}}, []string{slo}
	case 3:
		// It holds so few that it refuses before any of them takes long.
		room := workers + 2 + r.IntN(4)
		low, high := 0.0, 2*q.Saturation()
		for range 50 {
			if middle := (low + high) / 2; full(q, middle, room) > 0.01 {
				high = middle
			} else {
				low = middle
			}
		}
		return target{name: "bounded queue", workers: workers, service: exponential, room: room, truth: func(*testing.T, time.Duration) float64 { return low }},
			[]string{fmt.Sprintf("p99<%.4fms", 3*limit*1e3), "errors<1%"}
	case 4:
		// Clients give up on what takes longer than the limit, and its work is done all the same.
		return target{name: "given up on", workers: workers, service: exponential, timeout: limit, truth: func(*testing.T, time.Duration) float64 { return truth }},
			[]string{"errors<1%"}
	}
	top := truth * (0.4 + 0.5*r.Float64())
	throttled := target{name: "throttled", workers: workers, service: exponential, limit: top}
	throttled.truth = func(*testing.T, time.Duration) float64 { return throttled.refusing(r, 0.01) }
	return throttled, []string{slo, "errors<1%"}
}
