package capacity

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// waking is the utilisation law of a resource at which a request costs more when it finds the resource idle:
//
//	busy = idle + X·(D + W·(1 − busy/servers) / (1 + τ·X/servers)),  saturation = (servers − idle) / D
//
// W is the cost of waking the resource: the interrupt, leaving a sleep state, cold caches. Poisson arrivals see time averages
// (Wolff, Operations Research 30(2), 1982), so the share of them that find a server idle is
// 1 − busy/servers; for one server and τ = 0 this is the queue of Welch, On a Generalized M/G/1 Queuing Process in Which the
// First Customer of Each Busy Period Receives Exceptional Service, Operations Research 12(5), 1964. A short sleep costs less
// than a long one, t costs W·(1 − e^(−t/τ)), and those between Poisson arrivals are exponential with the mean servers/X,
// which makes W/(1 + τ·X/servers) on average.
//
// In a burst about one request for each server finds it idle, after a long sleep.
//
// A straight line would count the cost of waking as idle use, and would make D larger than it is at a full resource.
type waking struct {
	demand, wake, sleep float64 // D, W and τ, in seconds
	sd                  float64 // standard error of D
	scatter             float64 // standard deviation of the cost in a step of the mean length, as a share of it
	weight              float64 // posterior weight of τ among sleepTimes
}

// sleepTimes are the values of τ, equally likely beforehand, in seconds: from a processor that always wakes at full cost to
// caches that take 10 ms to get cold.
var sleepTimes = []float64{0, 30e-6, 100e-6, 300e-6, 1e-3, 3e-3, 10e-3}

// leastScatter is the least relative scatter of the measured cost of a request.
const leastScatter = 0.001

// fitWaking fits D and W for each of sleepTimes by least squares of the relative error of a request's cost, whose scatter is
// about the same at any rate and falls with the length of the measurement. Each τ has the weight RSS^(−(n−2)/2), its
// likelihood with the scatter integrated out (Gelman et al., Bayesian Data Analysis, 2013, §14.2). It returns nil where the
// law does not fit.
func fitWaking(servers, idle float64, uses []Use) (laws []waking) {
	freedom := float64(len(uses) - 2)
	mean := 0.0 // seconds of a step
	for _, u := range uses {
		mean += u.Seconds / float64(len(uses))
	}
	for _, tau := range sleepTimes {
		var n, sx, sy, sxx, sxy float64
		for _, u := range uses {
			cost := (u.Busy - idle) / u.Rate
			if cost <= 0 {
				return nil
			}
			w, x := u.Seconds/mean/(cost*cost), wakes(u, servers, tau)
			n, sx, sy, sxx, sxy = n+w, sx+w*x, sy+w*cost, sxx+w*x*x, sxy+w*x*cost
		}
		det := n*sxx - sx*sx
		if det <= 1e-12*n*sxx {
			return nil
		}
		law := waking{sleep: tau, wake: (n*sxy - sx*sy) / det}
		law.demand = (sy - law.wake*sx) / n
		rest := leastScatter * leastScatter * float64(len(uses))
		for _, u := range uses {
			cost := (u.Busy - idle) / u.Rate
			rest += u.Seconds / mean * math.Pow((law.demand+law.wake*wakes(u, servers, tau))/cost-1, 2)
		}
		law.scatter = math.Sqrt(rest / freedom)
		law.sd = law.scatter * math.Sqrt(sxx/det)
		law.weight = -freedom / 2 * math.Log(rest)
		if !(law.sd > 0) || math.IsInf(law.sd, 0) {
			return nil
		}
		laws = append(laws, law)
	}
	top := slices.MaxFunc(laws, func(a, b waking) int { return cmp.Compare(a.weight, b.weight) }).weight
	var sum float64
	for i := range laws {
		laws[i].weight = math.Exp(laws[i].weight - top)
		sum += laws[i].weight
	}
	for i := range laws {
		laws[i].weight /= sum
	}
	return laws
}

// busyAt is the use at the rate of u: the law solved for busy.
func (l waking) busyAt(u Use, servers, idle float64) float64 {
	if u.Burst > 0 {
		return idle + u.Rate*(l.demand+l.wake*wakes(u, servers, l.sleep))
	}
	w := l.wake / (1 + l.sleep*u.Rate/servers)
	return (idle + u.Rate*(l.demand+w)) / (1 + u.Rate*w/servers)
}

// wakes is the mean share of W that a request costs.
func wakes(u Use, servers, tau float64) float64 {
	if u.Burst > 0 {
		return min(1, servers/u.Burst)
	}
	return (1 - u.Busy/servers) / (1 + tau*u.Rate/servers)
}

// demandOf returns the median and 95 % interval of D over all laws, and the predictive interval for one more step. Each law
// contributes a Student's t about its own D, cut off at 0. ok is false where hardly any of it is above 0.
func demandOf(laws []waking, freedom int) (d, another Estimate, ok bool) {
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(freedom)}
	spreadOver := func(sd func(waking) float64) (Estimate, bool) {
		below := func(demand float64) (p float64) {
			for _, l := range laws {
				p += l.weight * t.CDF((demand-l.demand)/sd(l))
			}
			return p
		}
		none := below(0)
		at := func(p float64) float64 {
			low, high := 0.0, laws[0].sd
			for below(high) < none+p*(1-none) {
				low, high = high, 2*high
			}
			for range 60 {
				if middle := (low + high) / 2; below(middle) < none+p*(1-none) {
					low = middle
				} else {
					high = middle
				}
			}
			return high
		}
		if none > 0.5 {
			return Estimate{}, false
		}
		return Estimate{at(0.5), at((1 - confidence) / 2), at((1 + confidence) / 2)}, true
	}
	if d, ok = spreadOver(func(l waking) float64 { return l.sd }); !ok {
		return d, another, false
	}
	another, ok = spreadOver(func(l waking) float64 { return math.Hypot(l.sd, l.scatter*l.demand) })
	return d, another, ok
}
