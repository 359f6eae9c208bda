package runfile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// The metrics of what a cache saves and costs.
const (
	MetricHits   Metric = "hits"   // the share of hits among the answers that say whether they are one
	MetricOrigin Metric = "origin" // statements of the origin per second
	MetricLost   Metric = "lost"   // writes that were acknowledged and are not at the origin
)

// timeless reports whether the metric is not taken of a duration.
func (t Threshold) timeless() bool {
	return slices.Contains([]Metric{MetricErrors, MetricRate, MetricStale, MetricHits, MetricOrigin, MetricLost}, t.Metric)
}

// ofRun reports whether the metric is one figure of the whole run.
func (t Threshold) ofRun() bool { return t.Metric == MetricOrigin || t.Metric == MetricLost }

// parseLost reads a limit of lost writes.
func (t *Threshold) parseLost(s string) error {
	n, err := strconv.ParseUint(s, 10, 32)
	switch {
	case err != nil:
		return fmt.Errorf("its limit must be a number of writes such as 0, got %s", strconv.Quote(Excerpt(s)))
	case n == 0 && t.Operator == Less:
		return errors.New("no number of writes is below 0: write lost<=0 for none at all")
	}
	t.Limit = float64(n)
	return nil
}

// Missing says why a part has no figure of hits, origin or lost; "" where it has one, or the metric is another.
func (t Threshold) Missing(p *Part) string {
	switch {
	case t.Metric == MetricHits && p.Cache == Cache{}:
		return "hits are not measured: no answer says whether it came from a cache"
	case t.Metric == MetricOrigin && p.Origin != nil && !p.Origin.Known():
		return "the origin's load is not measured: " + p.Origin.Problem
	case t.Metric == MetricOrigin && p.Origin == nil:
		return "the origin's load is not measured: neither a counter of its statements nor Server-Timing tells it"
	case t.Metric == MetricLost && p.Lost == nil:
		return "lost writes are not measured: no key was read back at the origin"
	case t.Metric == MetricLost && p.Lost.Of > 0 && p.Lost.Judged() == 0:
		return fmt.Sprintf("lost writes are not measured: of none of %d keys it can be told whether it has gone back", p.Lost.Keys)
	}
	return ""
}

// cost is the figure of hits, origin or lost, and of how many lookups, statements or keys it is.
func (t Threshold) cost(p *Part) (figure float64, of uint64) {
	switch t.Metric {
	case MetricHits:
		of = p.Cache.Hits + p.Cache.Misses
		return PerSecond(p.Cache.Hits, float64(of)), of
	case MetricLost:
		return float64(p.Lost.Writes), p.Lost.Judged()
	}
	return p.Origin.Rate(), p.Origin.Statements
}

// lostWords says how many writes were lost, or with no part, how many may be.
func lostWords(n float64, p *Part) string {
	if p == nil {
		return units.Count(uint64(n))
	}
	return fmt.Sprintf("%s (%s of %s keys have gone back)", units.Count(uint64(n)), units.Count(p.Lost.GoneBack), units.Count(p.Lost.Judged()))
}

// Judged is the number of keys of which it could be told whether they have gone back.
func (l *Lost) Judged() uint64 { return l.Keys - min(l.NotJudged+l.Again, l.Keys) }
