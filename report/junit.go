package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report/compare"
)

// The JUnit format is that of Apache Ant's task, the strictest of those about: what its schema takes, Jenkins, GitLab and
// the others take too. It has no attributes on the root, and a host, a time and both outputs in every suite.
type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	ID         int             `xml:"id,attr"`
	Package    string          `xml:"package,attr"`
	Name       string          `xml:"name,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Hostname   string          `xml:"hostname,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr,omitempty"`
	Time       string          `xml:"time,attr"` // s
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Out        string          `xml:"system-out"`
	Err        string          `xml:"system-err"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"` // s
	Error   *junitFailure `xml:"error"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the thresholds of runs as JUnit XML: a suite for each target, in it a case for each threshold. A run without
// thresholds is a suite without cases. Its error is that of w, or says that there is no run.
func WriteJUnit(w io.Writer, runs []*runfile.Run) error {
	subjects, err := fileSubjects(runs)
	if err != nil {
		return err
	}
	var all junitSuites
	for i, s := range subjects {
		all.Suites = append(all.Suites, junitOf(i, s))
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("as XML: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

func junitOf(id int, s subject) junitSuite {
	suite := junitSuite{
		ID: id, Package: "bench", Name: cmp.Or(strings.TrimSpace(s.label), "target"), Hostname: "localhost", // as the schema has it where the host is not known
		Timestamp: s.Started.UTC().Format("2006-01-02T15:04:05"), Tests: len(s.Thresholds),
		Properties: []junitProperty{
			{"profile", longName(s.Plan.Profile)}, {"verdict", kindOf(s.Verdict)},
		},
	}
	if seeds := s.seeds(); seeds != "" {
		suite.Properties = slices.Insert(suite.Properties, 1, junitProperty{"seed", seeds})
	}
	if s.Pooled > 0 {
		suite.Properties = append(suite.Properties, junitProperty{"pooled_runs", fmt.Sprint(s.Pooled)})
	}
	var length time.Duration
	for _, p := range s.Phases {
		length += p.DurationNS
	}
	suite.Time = strconv.FormatFloat(length.Seconds(), 'f', 3, 64)
	var out strings.Builder
	for _, r := range s.Thresholds {
		c := junitCase{Name: sentence(r.Text), Class: s.label, Time: "0"} // judging takes none of its own
		told := sentence(r.Sentence)
		switch {
		case r.Passed:
		case r.Undecided:
			suite.Errors++
			c.Error = &junitFailure{Message: told, Type: "threshold", Text: told}
		default:
			suite.Failures++
			c.Failure = &junitFailure{Message: told, Type: "threshold", Text: told}
		}
		suite.Cases = append(suite.Cases, c)
		fmt.Fprintf(&out, "%s  %s: %s\n", verdictWord(r), c.Name, told)
	}
	suite.Out = out.String() + s.journeyLines()
	return suite
}

// WriteComparisonJUnit writes a gate as JUnit XML: a case for each metric that it was to judge, and one for failures. What is
// inconclusive, or was not judged, is skipped, as the format has no third word. Its error is that of w.
func WriteComparisonJUnit(w io.Writer, c *Compared) error {
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
				suite.add(MetricName(r.Metric), b, compare.Inconclusive, timeName(r.Metric, found.Of)+" was not judged: "+whyUnjudged(found, r))
			}
			if r.Judged {
				change, between := changeOf(r)
				evidence := evidenceOf(r, b, unitOf(found))
				if unsettled(r) {
					evidence += settles(r, unitOf(found))
				}
				suite.add(MetricName(r.Metric), b, c.verdictOf(r.Outcome), fmt.Sprintf("%s: %s of %s, %s of %s: %s %s; %s: %s", timeName(r.Metric, found.Of),
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
		for i := range found.Parts {
			s := &found.Parts[i]
			name := partName(s.Of)
			suite.add(name, b, c.verdictOf(s.Outcome), fmt.Sprintf("%s: %s of %s, %s of %s: %s", name, failedOrNone(s.A), a, failedOrNone(s.B), b,
				shareEvidence(found, &s.Errors)))
		}
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

// firstSuite is the suite of a gate that saved its first baseline: one skipped case.
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

// verdictOf is a row's outcome; inconclusive for all rows of a gate that was spoiled or interrupted.
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
