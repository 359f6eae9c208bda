package report

import (
	"fmt"
	"math"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
)

func objectiveName(o compare.Objective) string { return "slo " + sentence(o.Threshold.Text) }

// objectiveFigure writes a figure in the unit of a threshold.
func objectiveFigure(t runfile.Threshold, v float64) string {
	switch {
	case t.OfShare():
		return units.Share(v)
	case t.Metric == runfile.MetricRate:
		return units.Rate(v)
	}
	return units.Duration(time.Duration(v))
}

func objectiveValue(o compare.Objective, h compare.Held) string {
	switch {
	case !h.Known:
		return absent
	case h.AtLeast:
		return units.DurationAtLeast(time.Duration(h.Value)) // of a percentile: rates and shares are counted
	}
	return objectiveFigure(o.Threshold, h.Value)
}

// objectiveEvidence says whether the new service holds an objective, and whether the old one does.
func objectiveEvidence(o compare.Objective, a string) string {
	verdict := string(o.B.Outcome)
	if o.B.Outcome == compare.Missed {
		verdict = "MISSED"
	}
	return verdict + "; " + a + " " + map[compare.Outcome]string{
		compare.Pass: "holds it", compare.Missed: "misses it too", compare.Inconclusive: "cannot be told",
	}[o.A.Outcome]
}

// objectiveAnswer says what was found of an objective that is not held, or not surely.
func objectiveAnswer(o compare.Objective, a, b string) string {
	old := map[compare.Outcome]string{
		compare.Pass: a + " does", compare.Missed: a + " does not either", compare.Inconclusive: "whether " + a + " does cannot be told",
	}[o.A.Outcome]
	found := "rounds do not tell what it is"
	if o.B.Known {
		found = "it is " + objectiveValue(o, o.B) + betweenBounds(o)
	}
	if o.B.Outcome == compare.Missed {
		return fmt.Sprintf("%s does not hold %s: %s; %s", b, sentence(o.Threshold.Text), found, old)
	}
	return fmt.Sprintf("whether %s holds %s is not sure: %s", b, sentence(o.Threshold.Text), found)
}

func betweenBounds(o compare.Objective) string {
	if o.B.Low <= 0 || math.IsInf(o.B.High, 1) || o.Threshold.OfShare() {
		return ""
	}
	return fmt.Sprintf(" (%s … %s)", objectiveFigure(o.Threshold, o.B.Low), objectiveFigure(o.Threshold, o.B.High))
}
