package main

import (
	"io"
	"time"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
)

// capacityFormats are the kinds of -o of bench capacity.
var capacityFormats = []format[[]*capacity.Capacity]{
	{"json", capacity.Encode},
	{"md", report.CapacityMarkdown},
}

// conclude keeps what was measured, shows it on the terminal and writes the other outputs.
func (o *capacityOptions) conclude(found []*capacity.Capacity, outs outputs[[]*capacity.Capacity], s streams) error {
	options := report.Options{Verbose: o.verbose, FromFile: o.from != ""}
	if len(found) == 1 {
		options.Again = o.again(found[0])
	}
	var failed error
	if !o.noSave && o.from == "" {
		path, err := keep("capacity", time.Now(), func(_ string, w io.Writer) error { return capacity.Encode(w, found) })
		failed = o.notKept(err, s.err)
		options.Saved = path
	}
	return together(failed, writeCapacity(outs, found, s, options))
}

// writeCapacity shows what was found on the terminal and writes the other outputs. One that fails does not keep back the
// others.
func writeCapacity(outs outputs[[]*capacity.Capacity], found []*capacity.Capacity, s streams, options report.Options) error {
	failed := shown(outs.text(s), options, func(w io.Writer, options report.Options) error { return report.Capacity(w, found, options) })
	return together(failed, outs.write(found, s))
}
