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

// JUnit writes the thresholds of runs as JUnit XML: a suite for each target, in it a case for each threshold. A run that
// was judged by none is a suite without cases. Its error is that of w, or says that there is no run.
func JUnit(w io.Writer, runs []*runfile.Run) error {
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
	suite.Out = out.String()
	return suite
}
