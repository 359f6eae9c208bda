package main

import (
	"io"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/html"
)

// htmlRuns writes the HTML report of runs.
func htmlRuns(w io.Writer, runs []*runfile.Run) error {
	p, err := report.RunPage(runs, report.Options{Verbose: true, FromFile: true, Caller: caller})
	if err != nil {
		return err
	}
	return html.WriteRuns(w, p, runs)
}
