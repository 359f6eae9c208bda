package main

import (
	"io"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/html"
)

// capacitiesShown shows capacities.
var capacitiesShown = shown[[]*capacity.Capacity]{
	text: report.WriteCapacity,
	formats: []format[[]*capacity.Capacity]{
		{"json", capacity.Encode},
		{"md", report.WriteCapacityMarkdown},
		{"html", html.WriteCapacity},
	},
}

// conclude keeps what was measured, shows it on the terminal and writes the other outputs.
func (o *capacityOptions) conclude(found []*capacity.Capacity, outs outputs[[]*capacity.Capacity], s streams) (failed error) {
	options := report.Options{Verbose: o.verbose, FromFile: o.from != ""}
	if len(found) == 1 {
		options.Again = o.again(found[0])
	}
	if o.from == "" {
		options.Saved, failed = o.kept("capacity", s.err, func(_ string, w io.Writer) error { return capacity.Encode(w, found) })
	}
	return together(failed, capacitiesShown.show(found, outs, s, options))
}
