package report

import (
	"time"

	"github.com/seed-5a006608/bench/report/compare"
)

// LeastDuration writes a lower bound of a duration, with ≥ and never with more than is known.
func LeastDuration(d time.Duration) string { return leastDuration(d) }

// MetricName is what a metric of a comparison is called in reports.
func MetricName(m compare.Metric) string { return metricName(m) }
