package capacity

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
)

// marks are the limits of the response time classes of [fitMMC]: from 1 us by factors of √2 to 95 s.
var marks = func() (list [54]time.Duration) {
	for i := range list {
		list[i] = time.Duration(1000 * math.Pow(2, float64(i)/2))
	}
	return list
}()

// Responses is the number of a step's responses by response time, in classes between [marks]: Counts[0] up to the first
// mark, Counts[i] above mark i−1 and up to mark i, the last one above all marks.
type Responses struct {
	Rate   float64 // offered requests/s
	Counts [len(marks) + 1]float64
}

func (r *Responses) add(v time.Duration) {
	i := 0
	for i < len(marks) && v > marks[i] {
		i++
	}
	r.Counts[i]++
}

// classesOf divides a distribution into the classes of [Responses].
func classesOf(rate float64, d *runfile.Dist) Responses {
	r := Responses{Rate: rate}
	before := float64(d.Count)
	for i, m := range marks {
		above := before
		switch { // a search through all values takes long
		case m >= d.MaxNS:
			above = 0
		case m >= d.MinNS:
			above = float64(d.Count) * d.ShareAbove(m)
		}
		r.Counts[i], before = before-above, above
	}
	r.Counts[len(marks)] = before
	return r
}

func (r *Responses) total() (n float64) {
	for _, c := range r.Counts {
		n += c
	}
	return n
}

// FittedMMC is the queue M/M/c fitted to response times.
type FittedMMC struct {
	MMC
	Saturation Rate    `json:"saturation"`
	Misfit     float64 `json:"misfit"` // Kolmogorov–Smirnov distance of the response times, 0-1
	Steps      int     `json:"steps"`

	Contradicted *Contradiction `json:"contradicted,omitempty"` // nil: no step contradicts it

	candidates []candidate
}

// candidate is a possible queue with its likelihood relative to the best one.
type candidate struct {
	MMC
	weight float64
}

// The limits of an accepted fit of M/M/c.
const (
	mostWorkers   = 512
	worstMisfit   = 0.05
	likelihood95  = 5.00 // χ² with two degrees of freedom requires 3; more here, as the clustering is only approximate
	serviceValues = 25   // tried service rates for each number of workers
)

// fitMMC fits the number of workers and their service rate to the response times of several steps, by the likelihood of
// their counts. Successive waits are correlated for the relaxation time of the queue, so each count is divided by its
// clustering 1 + C·2·λ·cμ/(cμ − λ)² with C of [erlangC] (heavy traffic: Cox and Miller, The Theory of Stochastic Processes,
// 1965, §5.9). Intervals are by likelihood ratio. It returns an error where the misfit is above worstMisfit, or no step had
// enough load to tell the number of workers.
func fitMMC(steps []Responses, full Saturation) (FittedMMC, error) {
	var kept []Responses
	for _, s := range steps {
		if s.Rate > 0 && s.total() >= 20 {
			kept = append(kept, s)
		}
	}
	if len(kept) < 2 {
		return FittedMMC{}, fmt.Errorf("response times were measured at %d rates: M/M/c needs them at 2", len(kept))
	}
	// The first pass uses the plain counts and gives the clustering for the second.
	clusters := make([]float64, len(kept))
	for i := range clusters {
		clusters[i] = 1
	}
	_, first, top := scanWorkers(kept, clusters, full)
	if math.IsInf(top, -1) {
		return FittedMMC{}, fmt.Errorf("no queue M/M/c keeps up with the rates that were served")
	}
	for i, s := range kept {
		clusters[i] = first.clusters(s.Rate)
	}
	all, q, best := scanWorkers(kept, clusters, full)
	f := FittedMMC{Steps: len(kept)}
	f.MMC = q
	low, high := math.Inf(1), 0.0
	for _, q := range all {
		if q.weight >= best-likelihood95 {
			low, high = min(low, q.MMC.Saturation()), max(high, q.MMC.Saturation())
		}
		if q.weight > best-12 {
			f.candidates = append(f.candidates, candidate{q.MMC, math.Exp(q.weight - best)})
		}
	}
	f.Saturation = Rate{averaged(f.candidates), low, high}
	if f.Misfit = misfit(f.MMC, kept); f.Misfit > worstMisfit {
		return f, fmt.Errorf("the response times are not those of M/M/c: the shares within a time differ by up to %.0f %%", f.Misfit*100)
	}
	if f.Workers > mostWorkers/2 || high > 3*low {
		return f, fmt.Errorf("no step was loaded enough to tell the number of workers: the data allow %s to %s", units.Rate(low), units.Rate(high))
	}
	return f, nil
}

// clusters is the clustering of responses at a rate below saturation, see [fitMMC].
func (q MMC) clusters(rate float64) float64 {
	spare := q.Saturation() - rate
	return 1 + erlangC(q.Workers, rate/q.ServiceRate)*2*rate*q.Saturation()/(spare*spare)
}

func (f *FittedMMC) name() string { return fmt.Sprintf("M/M/%d, Erlang C", f.Workers) }

// responses predicts the response time at quantile q, with the range over the queues that are nearly as likely.
func (f *FittedMMC) responses(rate, q float64) (e Estimate, clusters float64, ok bool) {
	value, ok := f.Quantile(rate, q)
	if !ok {
		return e, 0, false
	}
	e = Estimate{value.Seconds(), value.Seconds(), value.Seconds()}
	for _, c := range f.candidates {
		if c.weight < math.Exp(-likelihood95) {
			continue
		}
		v, ok := c.Quantile(rate, q)
		if !ok {
			e.High = 0
			break
		}
		e.Low, e.High = min(e.Low, v.Seconds()), max(e.High, v.Seconds())
	}
	return e, f.clusters(rate), true
}

// scanWorkers fits every number of workers, until more of them are no better.
func scanWorkers(steps []Responses, clusters []float64, full Saturation) (all []candidate, q MMC, best float64) {
	best = math.Inf(-1)
	for c, worse := 1, 0; c <= mostWorkers && worse < 4; c++ {
		list, top := fitWorkers(c, steps, clusters, full)
		all = append(all, list...)
		if worse++; top.weight > best {
			q, best, worse = top.MMC, top.weight, 0
		}
		if math.IsInf(top.weight, -1) {
			worse = 0 // too few workers to keep up
		}
		c += c / 16 // a large number of workers is not exact to one
	}
	return all, q, best
}

// averaged is the mean saturation over the possible numbers of workers, weighted by the likelihood of the best rate of each:
// one number of workers is often hardly likelier than the next.
func averaged(list []candidate) float64 {
	best := map[int]candidate{}
	for _, q := range list {
		if q.weight > best[q.Workers].weight {
			best[q.Workers] = q
		}
	}
	var sum, all float64
	for _, q := range best {
		sum, all = sum+q.weight*q.MMC.Saturation(), all+q.weight
	}
	return sum / all
}

// fitWorkers scans service rates for c workers, first widely and then around the best, and returns them with their log
// likelihoods.
func fitWorkers(c int, steps []Responses, clusters []float64, full Saturation) (list []candidate, top candidate) {
	var n, sum float64
	for _, s := range steps {
		for i, count := range s.Counts {
			at := marks[min(i, len(marks)-1)]
			n, sum = n+count, sum+count*at.Seconds()/math.Pow(2, 0.25)
		}
	}
	centre, width := math.Log(n/sum)+1, 2.5
	top.weight = math.Inf(-1)
	for range 4 {
		best := centre
		for i := range serviceValues {
			at := centre + width*(2*float64(i)/(serviceValues-1)-1)
			q := MMC{c, math.Exp(at)}
			tried := candidate{q, logLikelihood(q, steps, clusters) + full.logLikelihood(q.Saturation())}
			if list = append(list, tried); tried.weight > top.weight {
				top, best = tried, at
			}
		}
		centre, width = best, width/5
	}
	return list, top
}

// tails returns the shares of responses over each mark.
func (q MMC) tails(rate float64) (list [len(marks)]float64) {
	c := erlangC(q.Workers, rate/q.ServiceRate)
	for i, m := range marks {
		list[i] = q.tail(rate, m, c)
	}
	return list
}

func logLikelihood(q MMC, steps []Responses, clusters []float64) (sum float64) {
	for k, s := range steps {
		if s.Rate >= q.Saturation() {
			return math.Inf(-1)
		}
		tails := q.tails(s.Rate)
		above := 1.0
		var step float64
		for i, count := range s.Counts {
			next := 0.0
			if i < len(tails) {
				next = tails[i]
			}
			if count > 0 {
				step += count * math.Log(max(above-next, 1e-12))
			}
			above = next
		}
		sum += step / clusters[k]
	}
	return sum
}

// misfit is the Kolmogorov–Smirnov distance between the measured and the modelled response times, over all steps together.
func misfit(q MMC, steps []Responses) (worst float64) {
	var counted, modelled [len(marks)]float64
	var all float64
	for _, s := range steps {
		n := s.total()
		all += n
		within := 0.0
		for i, t := range q.tails(s.Rate) {
			within += s.Counts[i]
			counted[i] += within
			modelled[i] += n * (1 - t)
		}
	}
	for i := range counted {
		worst = max(worst, math.Abs(counted[i]-modelled[i])/all)
	}
	return worst
}
