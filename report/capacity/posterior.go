package capacity

import (
	"math"
	"time"
)

// evidence is one step's evidence about the edge, the rate at which an objective is just met.
type evidence struct {
	logRate float64
	seconds float64 // hold of the step
	age     float64 // minutes between the step and the instant of the answer
	near    bool    // near enough to the edge for edgeOf's line to describe its counts
	n, x    float64 // requests and those that broke the objective, both divided by the clustering; n = 0: no counts
	holds   bool
}

// The priors of the edge. Capacity differs between two steps by about 1 %, and by more in short steps (a queue has not
// settled, a limiter has not used up its allowance). It also drifts over time.
const (
	stepScatter  = 0.06  // standard deviation of the log of capacity between two steps of a second
	wander       = 0.015 // standard deviation of its random walk over a minute
	steepLow     = 0.5   // d(log odds)/d(log rate) where an objective breaks, from heavy tails …
	steepHigh    = 2000.0
	passScatter  = 0.02 // width, in log rates, of the transition from holding to failing, for steps without counts
	priorBatches = 8.0
	modelScatter = 0.015 // standard deviation of the log of a model's edge
	disbelief    = 0.2
	longClusters = 2.0 // factor for clusters longer than a batch, which batches do not show
	edgeCells    = 120
	steepCells   = 14
	surprise     = 0.005 // probability of a step that contradicts all others
	hermiteNodes = 5
)

var hermite = [hermiteNodes]struct{ node, weight float64 }{
	{-2.8569700138728, 0.0112574113277207}, {-1.35562617997427, 0.222075922005613}, {0, 0.533333333333333},
	{1.35562617997427, 0.222075922005613}, {2.8569700138728, 0.0112574113277207},
}

// posterior is the distribution of the log of the edge over a grid of equal cells.
type posterior struct {
	low, cell float64
	weight    []float64 // adds up to 1
}

// edgeOf returns the posterior of the edge on a grid, from the share of requests that broke the objective at each rate:
//
//	logit share(r) = logit allowed + b·(log r − log edge)
//
// The share of responses over a limit grows exponentially with the rate in M/M/c, and so the form holds near the edge; a
// cliff is the same with a large b. Priors are flat in log edge and log b. Counts are binomial, divided beforehand by
// their clustering; the edge of each step is scattered around the common one by stepScatter and by a random walk over
// its age, which is integrated out by Gauss–Hermite quadrature of 5 nodes (Abramowitz and Stegun, table 25.10). The method
// is that of probabilistic bisection (Horstein, IEEE Trans. Information Theory 9(3), 1963) with counts for answers.
func edgeOf(list []evidence, allowed, low, high float64) posterior {
	p := posterior{low: math.Log(low), weight: make([]float64, edgeCells)}
	p.cell = (math.Log(high) - p.low) / edgeCells
	base := math.Log(allowed / (1 - allowed))
	logs := make([]float64, edgeCells*steepCells)
	for i := range edgeCells {
		edge := p.low + (float64(i)+0.5)*p.cell
		for j := range steepCells {
			steep := steepLow * math.Pow(steepHigh/steepLow, (float64(j)+0.5)/steepCells)
			for _, e := range list {
				logs[i*steepCells+j] += e.logLikelihood(edge, steep, base)
			}
		}
	}
	top := math.Inf(-1)
	for _, l := range logs {
		top = max(top, l)
	}
	var sum float64
	for i, l := range logs {
		w := math.Exp(l - top)
		p.weight[i/steepCells] += w
		sum += w
	}
	for i := range p.weight {
		p.weight[i] /= sum
	}
	return p
}

func (e evidence) logLikelihood(edge, steep, base float64) float64 {
	sd := math.Sqrt(stepScatter*stepScatter/e.seconds + wander*wander*e.age)
	if !e.near {
		z := (edge - e.logRate) / math.Hypot(sd, passScatter)
		above := math.Erfc(-z/math.Sqrt2) / 2
		ifAbove, ifBelow := e.sides(base)
		return math.Log(surprise + (1-2*surprise)*(above*ifAbove+(1-above)*ifBelow))
	}
	var parts [hermiteNodes]float64
	top := math.Inf(-1)
	for k, h := range hermite {
		odds := base + steep*(e.logRate-edge-sd*h.node)
		// log p and log(1 − p) without overflow.
		soft := math.Log1p(math.Exp(-math.Abs(odds)))
		parts[k] = e.x*(min(odds, 0)-soft) + (e.n-e.x)*(-max(odds, 0)-soft)
		top = max(top, parts[k])
	}
	var sum float64
	for k, h := range hermite {
		sum += h.weight * math.Exp(parts[k]-top)
	}
	return top + math.Log(sum)
}

// believe multiplies the posterior by a fitted model's distribution of the edge, widened by modelScatter. With the
// probability disbelief the model tells nothing.
func (p *posterior) believe(logs, weights []float64) {
	var all float64
	for _, w := range weights {
		all += w
	}
	if all == 0 {
		return
	}
	flat := 1 / (p.cell * float64(len(p.weight)))
	var sum float64
	for i := range p.weight {
		at := p.low + (float64(i)+0.5)*p.cell
		var density float64
		for k, l := range logs {
			z := (at - l) / modelScatter
			density += weights[k] / all * math.Exp(-z*z/2) / (modelScatter * math.Sqrt(2*math.Pi))
		}
		p.weight[i] *= disbelief*flat + (1-disbelief)*density
		sum += p.weight[i]
	}
	for i := range p.weight {
		p.weight[i] /= sum
	}
}

// sides returns the likelihood of the step if the edge lies above its rate and if it lies below, relative to the likeliest
// share. Below the edge at most the allowed share of requests breaks the objective, above it at least that share.
func (e evidence) sides(base float64) (ifAbove, ifBelow float64) {
	if e.n == 0 {
		if e.holds {
			return 1, 0
		}
		return 0, 1
	}
	allowed, share := 1/(1+math.Exp(-base)), e.x/e.n
	log := func(p float64) float64 {
		p = min(max(p, 1e-9), 1-1e-9)
		return e.x*math.Log(p) + (e.n-e.x)*math.Log1p(-p)
	}
	return math.Exp(log(min(share, allowed)) - log(share)), math.Exp(log(max(share, allowed)) - log(share))
}

// quantile returns the rate below which the edge lies with probability q.
func (p posterior) quantile(q float64) float64 {
	var sum float64
	for i, w := range p.weight {
		if sum+w >= q && w > 0 {
			return math.Exp(p.low + (float64(i)+(q-sum)/w)*p.cell)
		}
		sum += w
	}
	return math.Exp(p.low + p.cell*float64(len(p.weight)))
}

// clustering returns the index of dispersion of the requests that break an objective: the variance of their number over that
// of independent requests, from batches of seconds within steps. The prior expect weighs as much as priorBatches batches.
func clustering(steps [][]tally, expect float64) float64 {
	excess, expected := priorBatches*expect, priorBatches
	for _, seconds := range steps {
		batches := batched(seconds)
		if len(batches) < 3 {
			continue
		}
		var total tally
		for _, b := range batches {
			total.n, total.x = total.n+b.n, total.x+b.x
		}
		share := total.share()
		k := float64(len(batches))
		if share <= 0 || share > 0.5 {
			continue
		}
		var sum float64
		for _, b := range batches {
			sum += (b.x - b.n*share) * (b.x - b.n*share) / max(b.n*share*(1-share), 1e-9)
		}
		excess += sum * k / (k - 1)
		expected += k
	}
	return max(1, longClusters*excess/expected)
}

// expectedClustering is the theoretical clustering of responses over a limit, at a rate near the edge, for a single queue.
// The wait has a tail e^(−θt) with θ ≈ ln 100 / limit where 1 % exceed the limit, an excursion over the limit lasts about
// rate/θ², and a request is on average in an excursion of twice the mean size (inspection paradox):
//
//	1 + 2·rate·(rate/θ²) = 1 + 2·(rate·limit/ln 100)²
//
// (Cox and Miller, The Theory of Stochastic Processes, 1965, §5.9, for the fluctuation of a queue in heavy traffic).
func expectedClustering(rate float64, limit time.Duration) float64 {
	z := rate * limit.Seconds() / math.Log(100)
	return 1 + 2*z*z
}

// batched joins neighbouring seconds to at most 6 batches: clusters of several seconds show only between longer batches.
func batched(seconds []tally) []tally {
	size := (len(seconds) + 5) / 6
	var list []tally
	for i, s := range seconds {
		if i%max(size, 1) == 0 {
			list = append(list, tally{})
		}
		last := &list[len(list)-1]
		last.n, last.x = last.n+s.n, last.x+s.x
	}
	return list
}
