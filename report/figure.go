package report

import (
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// Figure writes a duration of a distribution by its key in the run file, such as "p99_ns": with ≥ where it is a lower bound.
func Figure(d *runfile.Dist, key string, v time.Duration) string { return figure(d, key, v) }

// Focus is the phase of a run that asked most of the target: the spike where there is one.
func Focus(r *runfile.Run) *runfile.Phase { return focusOf(r) }

// LeastDuration writes a lower bound of a duration, with ≥ and never with more than is known.
func LeastDuration(d time.Duration) string { return leastDuration(d) }

// MetricName is what a metric of a comparison is called in reports.
func MetricName(m compare.Metric) string { return metricName(m) }
