package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-5a006608/bench/report/compare"
)

// ComparisonAnnotations writes a gate that is not passed as a workflow command of GitHub Actions: a regression or a missed objective as an error,
// all else as a warning. Its title has the name that the new version was given. A comparison without margins has nothing to annotate. Its error is that of w.
func ComparisonAnnotations(w io.Writer, c *Compared) error {
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
