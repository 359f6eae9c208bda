package runfile

import "slices"

// The metrics of what a cache saves and costs.
const (
	MetricHits   Metric = "hits"   // the share of hits among the answers that say whether they are one
	MetricOrigin Metric = "origin" // statements of the origin per second
)

// timeless reports whether the metric is not taken of a duration.
func (t Threshold) timeless() bool {
	return slices.Contains([]Metric{MetricErrors, MetricRate, MetricHits, MetricOrigin}, t.Metric)
}

// ofRun reports whether the metric is one figure of the whole run.
func (t Threshold) ofRun() bool { return t.Metric == MetricOrigin }

// Missing says why a part has no figure of hits or origin; "" where it has one, or the metric is another.
func (t Threshold) Missing(p *Part) string {
	switch {
	case t.Metric == MetricHits && p.Cache == Cache{}:
		return "hits are not measured: no answer says whether it came from a cache"
	case t.Metric != MetricOrigin || p.Origin.Known():
		return ""
	case p.Origin != nil:
		return "the origin's load is not measured: " + p.Origin.Problem
	}
	return "the origin's load is not measured: neither a counter of its statements nor Server-Timing tells it"
}

// cost is the figure of hits or origin, and of how many lookups or statements it is.
func (t Threshold) cost(p *Part) (figure float64, of uint64) {
	if t.Metric == MetricHits {
		of = p.Cache.Hits + p.Cache.Misses
		return PerSecond(p.Cache.Hits, float64(of)), of
	}
	return p.Origin.Rate(), p.Origin.Statements
}
