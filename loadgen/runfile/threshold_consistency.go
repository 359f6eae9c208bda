package runfile

import (
	"fmt"

	"github.com/seed-5a006608/bench/loadgen/units"
)

// durationStale is the duration of a threshold on the ages of stale reads.
const durationStale = "stale"

// notConsistent says why a run has nothing that a threshold on stale reads could judge.
const notConsistent = "the run tells no versions: say with consistency in a test file what a read's and a write's is (bench help caching)"

// OfStale reports whether the threshold is about stale reads: their share, or their age.
func (t Threshold) OfStale() bool { return t.Metric == MetricStale || t.Duration == durationStale }

// OfShare reports whether the limit is a share of what was counted, 0-1: of requests that failed, or of reads that were stale.
func (t Threshold) OfShare() bool { return t.Metric == MetricErrors || t.Metric == MetricStale }

// addConsistency adds the counts of a phase.
func (p *Part) addConsistency(c *Consistency) {
	sum := &p.Consistency
	sum.Reads, sum.Stale, sum.Foreign, sum.NotJudged = sum.Reads+c.Reads, sum.Stale+c.Stale, sum.Foreign+c.Foreign, sum.NotJudged+c.NotJudged
}

// WhyNoReads says what became of the reads where no read was judged.
func (c *Consistency) WhyNoReads() string {
	switch {
	case c.Foreign > 0:
		return fmt.Sprintf("somebody else wrote what %s returned", units.Reads(c.Foreign))
	case c.NotJudged > 0:
		return fmt.Sprintf("%s had no key or no version", units.Reads(c.NotJudged))
	default:
		return "no request read a version and was answered"
	}
}

// noneStale says that no read was stale, so that no age is above anything.
func (t Threshold) noneStale(p *Part, relation, limit string) string {
	return fmt.Sprintf("none of %s was stale, so their age is %s %s", units.Reads(p.Consistency.Reads), relation, limit)
}
