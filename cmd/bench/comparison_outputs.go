package main

import (
	"errors"
	"io"
	"time"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/compare"
)

// comparisonFormats are the kinds of -o of the commands that compare.
var comparisonFormats = []format[*report.Compared]{
	{"json", report.ComparisonJSON},
	{"junit", report.ComparisonJUnit},
	{"md", report.ComparisonMarkdown},
}

// conclude reports what was found, keeps it, and returns the error that its exit code asks for.
func (o *compareOptions) conclude(found *report.Compared, outs outputs[*report.Compared], s streams) error {
	var failed error
	if !o.noSave {
		kind := "compare"
		if o.gate != nil {
			kind = "gate"
		}
		path, err := keep(kind, time.Now(), func(_ string, w io.Writer) error { return report.ComparisonJSON(w, found) })
		failed = o.notKept(err, s.err)
		found.Saved = path
	}
	if err := writeCompared(outs, found, s); err != nil {
		failed = together(failed, err)
	}
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

// writeCompared shows what was found on the terminal and writes the other outputs.
func writeCompared(o outputs[*report.Compared], found *report.Compared, s streams) error {
	failed := shown(o.text(s), report.Options{}, func(w io.Writer, options report.Options) error { return report.Comparison(w, found, options) })
	if actions() {
		failed = together(failed, tellActionsCompared(s.err, found))
	}
	return together(failed, o.write(found, s))
}
