package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"github.com/seed-5a006608/bench/report/compare"
)

// ComparisonJUnit writes a gate as JUnit XML: a case for each metric that it was to judge, and one for failures. What is
// inconclusive, or was not judged, is skipped, as the format has no third word. Its error is that of w.
func ComparisonJUnit(w io.Writer, c *Compared) error {
	var all junitSuites
	for i := range c.Result.Comparisons {
		found := &c.Result.Comparisons[i]
		a, b := longName(found.A), longName(found.B)
		suite := junitSuite{
			ID: i, Package: "bench", Name: "gate: " + b + " against " + a, Hostname: "localhost", Timestamp: c.Started.UTC().Format("2006-01-02T15:04:05"),
			Time:       strconv.FormatFloat(c.Took.Seconds(), 'f', 3, 64),
			Properties: []junitProperty{{"seed", fmt.Sprint(c.Seed)}, {"verdict", string(found.Outcome)}, unitProperty(found)},
			Out:        ComparisonAnswer(c) + "\n",
		}
		judged := false
		for _, r := range found.Rows {
			judged = judged || r.Judged
			if r.Unjudged() {
				suite.add(metricName(r.Metric), b, compare.Inconclusive, metricName(r.Metric)+" was not judged: "+whyUnjudged(found, r))
			}
			if r.Judged {
				change, between := changeOf(r)
				evidence := evidenceOf(r, b, unitOf(found))
				if unsettled(r) {
					evidence += settles(r, unitOf(found))
				}
				suite.add(metricName(r.Metric), b, c.verdictOf(r.Outcome), fmt.Sprintf("%s: %s of %s, %s of %s: %s %s; %s: %s", metricName(r.Metric),
					metricValue(r.Metric, r.A, r.ALow), a, metricValue(r.Metric, r.B, r.BLow), b, change, between, marginWords(r), evidence))
			}
		}
		if !judged {
			suite.add("gate", b, compare.Inconclusive, "no percentile and no goodput was judged")
		}
		for _, o := range found.Objectives {
			suite.add(objectiveName(o), b, c.verdictOf(o.B.Outcome), fmt.Sprintf("%s: %s of %s, %s of %s: %s", objectiveName(o), objectiveValue(o, o.A), a,
				objectiveValue(o, o.B), b, objectiveEvidence(o, a)))
		}
		e := found.Errors
		suite.add("failed", b, c.verdictOf(e.Outcome), fmt.Sprintf("failed: %s of %s, %s of %s: %s", failedOrNone(e.A), a, failedOrNone(e.B), b,
			errorEvidence(found)))
		all.Suites = append(all.Suites, suite)
	}
	if c.FirstBaseline != "" {
		all.Suites = append(all.Suites, firstSuite(c))
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("as XML: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// firstSuite is that of a gate that had no baseline and saved one: a case that is skipped.
func firstSuite(c *Compared) junitSuite {
	suite := junitSuite{
		Package: "bench", Name: "gate: " + longName(c.firstName()), Hostname: "localhost", Timestamp: c.Started.UTC().Format("2006-01-02T15:04:05"),
		Time:       strconv.FormatFloat(c.Took.Seconds(), 'f', 3, 64),
		Properties: []junitProperty{{"seed", fmt.Sprint(c.Seed)}, {"verdict", string(compare.Inconclusive)}}, Out: ComparisonAnswer(c) + "\n",
	}
	suite.add("baseline", longName(c.firstName()), compare.Inconclusive, ComparisonAnswer(c))
	return suite
}

// unitProperty says of how many pairs, or runs of the new version, a gate was made.
func unitProperty(f *compare.Comparison) junitProperty {
	if f.RunsB > 0 {
		return junitProperty{"runs", fmt.Sprint(f.RunsB)}
	}
	return junitProperty{"pairs", fmt.Sprint(f.Pairs)}
}

// verdictOf is a row's outcome; of a gate that was not carried through none is a verdict.
func (c *Compared) verdictOf(o compare.Outcome) compare.Outcome {
	if c.Result.Spoiled || c.Result.Interrupted {
		return compare.Inconclusive
	}
	return o
}

func (s *junitSuite) add(name, class string, o compare.Outcome, text string) {
	c := junitCase{Name: name, Class: class, Time: "0"}
	switch o {
	case compare.Regression, compare.Missed:
		s.Failures++
		c.Failure = &junitFailure{Message: text, Type: string(o), Text: text}
	case compare.Inconclusive, compare.CannotTell:
		s.Skipped++
		c.Skipped = &junitSkipped{Message: text}
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}
