package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/capacity"
)

// capacityOutput is one -o kind=path of bench capacity.
type capacityOutput struct {
	kind, path string
	write      func(io.Writer, []*capacity.Capacity) error
}

type capacityOutputs []capacityOutput

func parseCapacityOutputs(values []string) (list capacityOutputs, err error) {
	stdout := 0
	for _, v := range values {
		kind, path, ok := strings.Cut(v, "=")
		if !ok || path == "" {
			return nil, usage(fmt.Errorf("-o %s: write it as kind=path, for example -o json=capacity.json", v))
		}
		out := capacityOutput{kind: kind, path: path}
		switch kind {
		case "json":
			out.write = capacity.Encode
		case "md":
			out.write = report.CapacityMarkdown
		default:
			return nil, usage(fmt.Errorf("-o %s: bench capacity has no output %q: there are json and md", v, kind))
		}
		if path == "-" {
			stdout++
		}
		list = append(list, out)
	}
	if stdout > 1 {
		return nil, usage(errors.New("-o: only one output can go to stdout"))
	}
	return list, nil
}

// write shows what was found on the terminal and writes the other outputs. One that fails does not keep back the others.
func (o capacityOutputs) write(found []*capacity.Capacity, s streams, options report.Options) (failed error) {
	text := s.out
	for _, out := range o {
		if out.path == "-" {
			text = s.err
		}
	}
	options.Width, options.Color = look(text)
	if err := report.Capacity(piped(text), found, options); err != nil {
		failed = fmt.Errorf("the report: not written: %w", cause(err))
	}
	for _, out := range o {
		write := func(w io.Writer) error { return out.write(w, found) }
		var err error
		if out.path == "-" {
			err = write(s.out)
		} else {
			err = loadgen.ReplaceFile(out.path, write)
		}
		if err != nil {
			failed = together(failed, fmt.Errorf("-o %s=%s: not written: %w", out.kind, out.path, cause(err)))
		}
	}
	return failed
}
