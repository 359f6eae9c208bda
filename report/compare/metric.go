package compare

import (
	"github.com/seed-5a006608/bench/loadgen/runfile"
)

// How many requests have to be beyond a percentile before it is judged. Fewer than five, and a round's own percentile is
// one of its few largest values, which tells a changed P99.9 for a changed P99.
const (
	enough       = 5   // in a round, or in a run that is a unit of its own
	enoughTop    = 3.5 // in a quad of rounds, to judge by its slowest requests together
	enoughBefore = 20  // in a run that was saved when this was the rule
	enoughMirror = 20  // in a block of a mirrored run
)

// Estimator is how a metric of rounds is judged.
type Estimator string

// The estimators, chosen by what is planned and so before the first round that counts.
const (
	ByPairs Estimator = "pairs" // each round has a figure of its own, and of two neighbouring ones there is a ratio
	ByTop   Estimator = "top"   // a quad's slowest requests are counted by side
	ByNone  Estimator = ""      // too few requests for either
)

// estimator returns how a metric is judged in rounds that are planned to count so many requests.
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

// Metric is one thing in which services are compared, as a ratio.
type Metric struct {
	Key            string  // "p50", "mean", "goodput", …
	Quantile       float64 // 0-1 of a latency; 0 for what is no percentile
	HigherIsBetter bool

	other   func(*runfile.Run) reading            // of what is no latency
	latency func(*runfile.Dist) (float64, string) // of one: the figure in ns, and its key in the run file
}

// read returns what a run says of the metric; of a latency what is compared, see [latencies].
func (m Metric) read(r *runfile.Run) reading { return m.of(latencies(r), r) }

// of returns what a run says of the metric, by those of its latencies.
func (m Metric) of(d *runfile.Dist, r *runfile.Run) reading {
	if m.latency == nil {
		return m.other(r)
	}
	value, key := m.latency(d)
	least := float64(enough)
	if !r.HasTargetTime() {
		least = enoughBefore
	}
	return reading{
		value: value, atLeast: d.IsLowerBound(key), ok: d.Count > 0, least: least,
		beyond: float64(d.Count) * (1 - m.Quantile), planned: float64(max(d.Count, r.Overall.Requests.Due)) * (1 - m.Quantile),
	}
}

// reading is what one run says of a metric; ok is false where it says nothing.
type reading struct {
	value   float64 // durations in ns
	atLeast bool    // value is a lower bound
	beyond  float64 // of a percentile: how many requests lie beyond it
	planned float64 // of a percentile: how many of those that were due would
	least   float64 // of a percentile: how many take it to be judged, in a run that is a unit of its own
	ok      bool
}

// The metrics, in the order in which they are shown.
var (
	P50  = percentile("p50", 0.50, "p50_ns", func(d *runfile.Dist) float64 { return float64(d.P50NS) })
	P95  = percentile("p95", 0.95, "p95_ns", func(d *runfile.Dist) float64 { return float64(d.P95NS) })
	P99  = percentile("p99", 0.99, "p99_ns", func(d *runfile.Dist) float64 { return float64(d.P99NS) })
	P999 = percentile("p999", 0.999, "p999_ns", func(d *runfile.Dist) float64 { return float64(d.P999NS) })
	Mean = Metric{Key: "mean", latency: func(d *runfile.Dist) (float64, string) { return float64(d.MeanNS), "mean_ns" }}

	// Goodput is the successes per second that came within the run's first upper limit of a response time. Without such a
	// threshold it is the requests that succeeded, per second of the time in which they were due: counting those that finished
	// in it instead would take slower answers for fewer.
	Goodput = Metric{Key: "goodput", HigherIsBetter: true, other: func(r *runfile.Run) reading {
		if o, ok := r.Objective(); ok {
			return positive(o.Goodput)
		}
		p := &r.Overall
		return positive(perRequest(p.Requests.Succeeded, p.DurationNS.Seconds()*float64(r.Repetitions())))
	}}
	// Throughput is the answers per second of a phase's clock time, failures among them.
	Throughput = Metric{Key: "throughput", HigherIsBetter: true, other: func(r *runfile.Run) reading {
		p := &r.Overall
		return positive(perRequest(p.Achieved.Count+p.Requests.Failed, p.DurationNS.Seconds()*float64(r.Repetitions())))
	}}
	HitRatio = Metric{Key: "hit_ratio", HigherIsBetter: true, other: func(r *runfile.Run) reading {
		c := r.Overall.Cache
		return positive(perRequest(c.Hits, float64(c.Hits+c.Misses)))
	}}
	// OriginQueries is how often the database was asked for each success, as Server-Timing says.
	OriginQueries = Metric{Key: "origin_queries", other: func(r *runfile.Run) reading {
		for _, s := range r.Overall.ServerTiming {
			if s.Name == "db" {
				return positive(perRequest(s.Count, float64(r.Overall.Requests.Succeeded)))
			}
		}
		return reading{}
	}}
	BytesIn = Metric{Key: "bytes", other: func(r *runfile.Run) reading {
		return positive(perRequest(r.Overall.Bytes.In, float64(r.Overall.Requests.Succeeded)))
	}}
	// CPU is the processor time of the target's whole tree for each success, in ns.
	CPU = Metric{Key: "cpu", other: func(r *runfile.Run) reading {
		if t := r.Overall.CPU.Target; t != nil && *t > 0 {
			return positive(perRequest(uint64(*t), float64(r.Overall.Requests.Succeeded)))
		}
		return reading{}
	}}
)

// Metrics lists all, in the order in which they are shown.
func Metrics() []Metric {
	return []Metric{P50, P95, P99, P999, Mean, Goodput, Throughput, HitRatio, OriginQueries, BytesIn, CPU}
}

func percentile(key string, q float64, inFile string, value func(*runfile.Dist) float64) Metric {
	return Metric{Key: key, Quantile: q, latency: func(d *runfile.Dist) (float64, string) { return value(d), inFile }}
}

func positive(v float64) reading { return reading{value: v, ok: v > 0} }

func perRequest(n uint64, of float64) float64 {
	if of <= 0 {
		return 0
	}
	return float64(n) / of
}
