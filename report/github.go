package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/loadgen/units"
	"github.com/seed-5a006608/bench/report/compare"
)

// maxAnnotations bounds what is annotated: GitHub shows ten of each kind in a step, and other tools want some.
const maxAnnotations = 5

// MaxStepSummary bounds the summary of a GitHub Actions step, in bytes; GitHub refuses one of more than 1 MiB.
const MaxStepSummary = 900_000

// WriteStepSummary writes the Markdown for the summary of a GitHub Actions step, at most limit bytes.
func WriteStepSummary(w io.Writer, runs []*runfile.Run, caller Caller, limit int) error {
	return markdown(w, runs, caller, limit)
}

// annotation is a line that GitHub Actions shows beside the job.
type annotation struct {
	level string // error, or warning
	rank  int    // worst first
	text  string
}

// WriteAnnotations writes the worst failures of the runs, at most five, as workflow commands of GitHub Actions: figures that
// are not the target's, failed thresholds and requests without success as errors, an interrupted run, and one whose target's own
// figures are known though bench was late, as a warning. That the target was limited is a finding and no failure.
func WriteAnnotations(w io.Writer, runs []*runfile.Run) error {
	subjects := subjectsOf(runs)
	var list []annotation
	for _, s := range subjects {
		if _, evidence := s.evidence(); s.outcome() == answered {
			list = append(list, annotation{"warning", 0, fmt.Sprintf("%s: %s: the service %s: %s", s.label, kindOf(s.Verdict), s.ownAnswer(),
				listed(evidence, false))})
		} else if s.Verdict.Kind.Spoiled() {
			list = append(list, annotation{"error", 0, fmt.Sprintf("%s: %s: these latencies are bench's own: %s", s.label, kindOf(s.Verdict),
				listed(evidence, false))})
		}
		for _, r := range s.Thresholds {
			switch {
			case r.Passed:
			case r.Undecided:
				list = append(list, annotation{"warning", 1, fmt.Sprintf("%s: %s cannot be judged: %s", s.label, longName(r.Text), ended(r.Sentence))})
			default:
				list = append(list, annotation{"error", 1, fmt.Sprintf("%s: %s failed: %s", s.label, longName(r.Text), ended(r.Sentence))})
			}
		}
		if lost := unanswered(s.Requests); lost > 0 {
			list = append(list, annotation{"error", 2, fmt.Sprintf("%s: %s of %s did not succeed%s", s.label, units.Count(lost),
				plural(max(s.due(), lost), "request"), s.mostly())})
		}
		switch {
		case s.Abort() != nil:
			list = append(list, annotation{"error", 1, s.label + ": the run was aborted on " + s.abortion()})
		case s.Interrupted:
			list = append(list, annotation{"warning", 3, s.label + ": the run was interrupted"})
		}
	}
	slices.SortStableFunc(list, func(a, b annotation) int { return cmp.Compare(a.rank, b.rank) })
	for _, a := range list[:min(len(list), maxAnnotations)] {
		if _, err := fmt.Fprintf(w, "::%s title=bench::%s\n", a.level, commandEscapes.Replace(a.text)); err != nil {
			return err
		}
	}
	return nil
}

// commandEscapes are those of a workflow command's text.
var commandEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

// WriteComparisonAnnotations writes a gate that is not passed as a workflow command of GitHub Actions: a regression or a missed objective as an error,
// all else as a warning. Its title has the name that the new version was given. A comparison without margins has nothing to annotate. Its error is that of w.
func WriteComparisonAnnotations(w io.Writer, c *Compared) error {
	r := &c.Result
	level := "warning"
	switch {
	case !r.Gate && !r.Spoiled, r.Outcome() == compare.Pass && !r.Interrupted:
		return nil
	case (r.Outcome() == compare.Regression || r.Outcome() == compare.Missed) && !r.Interrupted:
		level = "error"
	}
	_, err := fmt.Fprintf(w, "::%s title=%s::%s\n", level, propertyEscapes.Replace(c.title()), commandEscapes.Replace(ComparisonAnswer(c)))
	return err
}

// title is that of a gate, with the name that the new version was given.
func (c *Compared) title() string {
	if n := len(c.Arms); n > 0 && c.Arms[n-1].Target.Named {
		return "bench gate: " + longName(c.Arms[n-1].Name)
	}
	return "bench gate"
}

// propertyEscapes are those of a workflow command's property.
var propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
