package main

import (
	"errors"
	"io"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/html"
)

// comparisonsShown shows comparisons and gates.
var comparisonsShown = shown[*report.Compared]{
	text: report.WriteComparison,
	formats: []format[*report.Compared]{
		{"json", report.WriteComparisonJSON},
		{"junit", report.WriteComparisonJUnit},
		{"md", report.WriteComparisonMarkdown},
		{"html", html.WriteComparison},
	},
	tell: tellActionsCompared,
}

// conclude reports what was found, keeps it, and returns the error that its exit code asks for.
func (o *compareOptions) conclude(found *report.Compared, outs outputs[*report.Compared], s streams) error {
	kind := "compare"
	if o.gate != nil {
		kind = "gate"
	}
	var failed error
	found.Saved, failed = o.kept(kind, s.err, func(_ string, w io.Writer) error { return report.WriteComparisonJSON(w, found) })
	failed = together(failed, comparisonsShown.show(found, outs, s, report.Options{}))
	switch {
	case failed != nil:
		return failed
	case found.Result.Spoiled:
		return alreadySaid{exitError{exitLimited, errors.New("bench or its host was too late too often")}}
	case found.Result.Outcome() == compare.CannotTell:
		return alreadySaid{exitError{exitLimited, errors.New("one side makes bench late")}}
	case o.gate != nil:
		return o.gate.exit(found)
	}
	return nil
}
