package report

import (
	"fmt"
	"io"

	"github.com/seed-5a006608/bench/report/compare"
)

// ComparisonAnnotations writes a gate that is not passed as a workflow command of GitHub Actions: a regression or a missed objective as an error,
// all else as a warning. A comparison without margins has nothing to annotate. Its error is that of w.
func ComparisonAnnotations(w io.Writer, c *Compared) error {
	r := &c.Result
	level := "warning"
	switch {
	case !r.Gate && !r.Spoiled, r.Outcome() == compare.Pass && !r.Interrupted:
		return nil
	case (r.Outcome() == compare.Regression || r.Outcome() == compare.Missed) && !r.Interrupted:
		level = "error"
	}
	_, err := fmt.Fprintf(w, "::%s title=bench gate::%s\n", level, commandEscapes.Replace(ComparisonAnswer(c)))
	return err
}
