package compare

import (
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// The least numbers of requests beyond a percentile for it to be judged. With fewer than five, a round's own percentile is
// one of its few largest values, and a changed P99.9 passes for a changed P99.
const (
	enough       = 5   // in a round, or in a run that is a unit of its own
	enoughTop    = 3.5 // in a quad of rounds, to judge by its slowest requests together
	enoughBefore = 20  // in a run that was saved when this was the rule
	enoughMirror = 20  // in a block of a mirrored run
)

// Estimator is the method by which a metric of rounds is judged.
type Estimator string

// The estimators. The plan decides between them, and so before the first round that counts.
const (
	ByPairs Estimator = "pairs" // by the ratios of neighbouring rounds, each with a figure of its own
	ByTop   Estimator = "top"   // by the number of each side among a quad's slowest requests
	ByNone  Estimator = ""      // too few requests for either
)

// estimator returns the estimator of a metric for rounds with so many planned requests.
func (m Metric) estimator(planned float64) Estimator {
	const rounding = 1e-6
	switch beyond := (1 - m.Quantile) * planned; {
	case m.Quantile == 0, beyond >= enough-rounding:
		return ByPairs
	case 4*beyond >= enoughTop-rounding:
		return ByTop
	}
	return ByNone
}

// Metric is one figure by which services are compared, as a ratio.
type Metric struct {
	Key            string  // "p50", "mean", "goodput", …
	Quantile       float64 // 0-1 for a percentile of latency; 0 for any other metric
	HigherIsBetter bool

	other   func(*runfile.Run, *arrivals) reading // reads a metric that is not a latency
	latency func(*runfile.Dist) runfile.Figure
}

// read returns a run's reading of the metric.
func (m Metric) read(r *runfile.Run) reading {
	a := arrivalsOf(r)
	return m.of(&a, a.latencies, r)
}

// of returns a run's reading of the metric; a latency is read from d, the latencies of the arrivals.
func (m Metric) of(a *arrivals, d *runfile.Dist, r *runfile.Run) reading {
	if m.latency == nil {
		return m.other(r, a)
	}
	figure := m.latency(d)
	least := float64(enough)
	if !r.HasTargetTime() {
		least = enoughBefore
	}
	return reading{
		value: float64(figure.Value), atLeast: figure.AtLeast, ok: d.Count > 0, least: least,
		beyond: float64(d.Count) * (1 - m.Quantile), planned: float64(max(d.Count, a.due)) * (1 - m.Quantile),
	}
}

// reading is one run's figure of a metric; ok is false where the run did not measure it.
type reading struct {
	value   float64 // durations in ns
	atLeast bool    // value is a lower bound
	beyond  float64 // of a percentile: how many requests, or journeys, lie beyond it
	planned float64 // of a percentile: how many of those that were due lie beyond it
	least   float64 // of a percentile: how many must lie beyond it for a verdict, where the run is a unit of its own
	ok      bool
}

// The metrics, in the order in which they are shown.
var (
	P50  = percentile("p50", 0.50)
	P95  = percentile("p95", 0.95)
	P99  = percentile("p99", 0.99)
	P999 = percentile("p999", 0.999)
	Mean = Metric{Key: "mean", latency: (*runfile.Dist).Mean}

	// Goodput is the successes per second within the run's first upper limit of a response time. Without such a threshold it
	// is all successes, per second of the time in which they were due: by the time in which they finished, slower answers
	// would look like fewer. Of journeys it is all that were completed, by when they arrived.
	Goodput = Metric{Key: "goodput", HigherIsBetter: true, other: func(r *runfile.Run, a *arrivals) reading {
		if o, ok := r.Objective(); ok && a.unit != Journeys {
			return positive(o.Goodput)
		}
		return positive(a.rate(r))
	}}
	// Throughput is the answers to requests per second of a phase's clock time, failures included.
	Throughput = Metric{Key: "throughput", HigherIsBetter: true, other: func(r *runfile.Run, _ *arrivals) reading {
		p := &r.Overall
		return positive(perRequest(p.Achieved.Count+p.Requests.Failed, p.DurationNS.Seconds()*float64(r.Repetitions())))
	}}
	HitRatio = Metric{Key: "hit_ratio", HigherIsBetter: true, other: func(r *runfile.Run, _ *arrivals) reading {
		c := r.Overall.Cache
		return positive(perRequest(c.Hits, float64(c.Hits+c.Misses)))
	}}
	// OriginQueries is the number of database queries for each success, by Server-Timing.
	OriginQueries = Metric{Key: "origin_queries", other: func(r *runfile.Run, _ *arrivals) reading {
		for _, s := range r.Overall.ServerTiming {
			if s.Name == "db" {
				return positive(perRequest(s.Count, float64(r.Overall.Requests.Succeeded)))
			}
		}
		return reading{}
	}}
	BytesIn = Metric{Key: "bytes", other: func(r *runfile.Run, _ *arrivals) reading {
		return positive(perRequest(r.Overall.Bytes.In, float64(r.Overall.Requests.Succeeded)))
	}}
	// CPU is the processor time of the target's whole tree for each success, in ns.
	CPU = Metric{Key: "cpu", other: func(r *runfile.Run, _ *arrivals) reading {
		if t := r.Overall.CPU.Target; t != nil && *t > 0 {
			return positive(perRequest(uint64(*t), float64(r.Overall.Requests.Succeeded)))
		}
		return reading{}
	}}
)

// Metrics lists all metrics in the order of the report.
func Metrics() []Metric {
	return []Metric{P50, P95, P99, P999, Mean, Goodput, Throughput, HitRatio, OriginQueries, BytesIn, CPU}
}

func percentile(key string, q float64) Metric {
	return Metric{Key: key, Quantile: q, latency: func(d *runfile.Dist) runfile.Figure { return d.Quantile(q) }}
}

func positive(v float64) reading { return reading{value: v, ok: v > 0} }

func perRequest(n uint64, of float64) float64 {
	if of <= 0 {
		return 0
	}
	return float64(n) / of
}
