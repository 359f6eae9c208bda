package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/profiles"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
	"github.com/seed-5a006608/bench/report/compare"
	"github.com/seed-5a006608/bench/report/page"
	"github.com/seed-5a006608/bench/report/selfcheck"
	"github.com/seed-5a006608/bench/report/sweep"
)

// document is a JSON file written by bench.
type document struct {
	path string
	kind string
	data []byte
}

// documentKinds are the kinds of documents, which bench report shows.
var documentKinds = []string{
	runfile.RunKind, compare.BaselineKind, capacity.Kind, report.ComparisonKind, report.GateKind, report.MirrorKind, report.HistoryKind, selfcheck.Kind, sweep.Kind,
}

// readDocument reads a file that bench wrote, packed or not, and tells its kind.
func readDocument(path string) (document, error) {
	data, err := runfile.ReadBytes(path)
	if err != nil {
		return document{}, plain(err)
	}
	d := document{path, kindOf(data), data}
	switch {
	case slices.Contains(documentKinds, d.kind):
		return d, nil
	case d.kind != "":
		return d, fmt.Errorf("%s: is of the kind %q, which this bench does not know: it shows %s", path, page.Clean(d.kind, 40), strings.Join(documentKinds, ", "))
	}
	if what := foreign(path, data); what != "" {
		return d, fmt.Errorf("%s: is %s: show what it was made of again, a file under .bench/ or of -o json=FILE", path, what)
	}
	if _, err := profiles.Parse(path, data); err == nil {
		return d, fmt.Errorf("%s: is a test file, and nothing was measured in it: bench run %s drives it", path, path)
	}
	// An incomplete run file gets an error that says where it is cut off.
	_, err = runfile.Decode(path, bytes.NewReader(data))
	return d, err
}

// kindOf returns the kind that a document names, or for older files the one kind with its keys; "": unknown.
func kindOf(data []byte) string {
	var head struct {
		Kind     string          `json:"kind"`
		Runs     json.RawMessage `json:"runs"`
		Baseline json.RawMessage `json:"baseline"`
		Capacity json.RawMessage `json:"capacity"`
		Engines  json.RawMessage `json:"engines"`
	}
	if json.Unmarshal(data, &head) != nil {
		return ""
	}
	switch {
	case head.Kind != "":
		return head.Kind
	case head.Runs != nil && head.Baseline != nil:
		return compare.BaselineKind
	case head.Runs != nil:
		return runfile.RunKind
	case head.Capacity != nil:
		return capacity.Kind
	case head.Engines != nil:
		return selfcheck.Kind
	}
	return ""
}

// foreign names the format of a file that bench wrote for other programs; "": not known.
func foreign(path string, data []byte) string {
	begins := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return bytes.HasPrefix(data, []byte(p)) })
	}
	var summary struct {
		Metrics map[string]json.RawMessage `json:"metrics"`
	}
	var points []struct {
		Name string `json:"name"`
		Unit string `json:"unit"`
	}
	switch {
	case strings.HasSuffix(path, ".pprof"):
		return "a profile of the target, for go tool pprof"
	case begins("<!DOCTYPE html>"):
		return "an HTML report (-o html), for a browser"
	case begins("<?xml"):
		return "JUnit XML (-o junit), for a CI system"
	case begins("#["):
		return "an interval log (-o hlog), for HdrHistogram's tools"
	case begins("# HELP", "# TYPE"):
		return "OpenMetrics text (-o openmetrics), for Prometheus"
	case begins("start_s,", "series,"):
		return "CSV (-o csv), for a spreadsheet"
	case begins("**", "## "):
		return "Markdown (-o md), for a person"
	case json.Unmarshal(data, &points) == nil && len(points) > 0 && points[0].Unit != "":
		return "a list of figures (-o gh-benchmark), for github-action-benchmark"
	case json.Unmarshal(data, &summary) == nil && summary.Metrics != nil:
		return "a summary as k6 writes it (-o gitlab), for GitLab"
	}
	return ""
}
