package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen/runfile"
	"github.com/seed-5a006608/bench/report"
)

// format writes a result of a command, such as runs, in one kind of file.
type format[T any] struct {
	kind  string
	write func(io.Writer, T) error
}

// cachePair are the default targets: two bundled services that differ in a cache alone.
var cachePair = report.CachePair{Cached: "cached", Uncached: "uncached"}

// runsShown shows runs.
var runsShown = shown[[]*runfile.Run]{
	text: report.WriteTerminal,
	formats: []format[[]*runfile.Run]{
		{"json", runfile.Encode},
		{"junit", report.WriteJUnit},
		{"csv", report.WriteCSV},
		{"hlog", report.WriteHLog},
		{"md", func(w io.Writer, runs []*runfile.Run) error { return report.WriteMarkdown(w, runs, caller) }},
		{"openmetrics", report.WriteOpenMetrics},
		{"gitlab", report.WriteGitLab},
		{"gh-benchmark", report.WriteGitHubBenchmark},
		{"html", htmlRuns},
	},
	tell: tellActions,
}

// print writes to standard output. Where that is the log of a GitHub Actions job, what is for a person holds no command; in what is
// for programs no line begins with one, and whoever reads it wants nothing else there.
func (f format[T]) print(stdout io.Writer, result T) error {
	write := func() error { return f.write(stdout, result) }
	if f.kind != "md" || isFile(stdout) {
		return write()
	}
	return onActions(stdout, write)
}

// isFile reports whether w is a file on a disk, which no job takes for its log.
func isFile(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// kinds lists the kinds of -o for a reader.
func kinds[T any](formats []format[T]) string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.kind
	}
	return strings.Join(names, ", ")
}

// output is one -o kind=path.
type output[T any] struct {
	format[T]
	path string
}

// outputs are the files for a result, in addition to the terminal.
type outputs[T any] []output[T]

// parseOutputs reads the values of -o. None may be another's file, or one of the inputs.
func parseOutputs[T any](values []string, formats []format[T], inputs ...string) (outputs[T], error) {
	var list outputs[T]
	stdout := 0
	for _, v := range values {
		out, err := parseOutput(v, formats)
		if err != nil {
			return nil, asUsage(fmt.Errorf("-o %s: %w", v, err))
		}
		if out.path == "-" {
			stdout++
		}
		list = append(list, out)
	}
	if stdout > 1 {
		return nil, asUsage(errors.New("-o: only one output can go to stdout"))
	}
	return list, asUsage(list.apart(inputs))
}

// parseOutput reads kind=path.
func parseOutput[T any](v string, formats []format[T]) (output[T], error) {
	kind, path, ok := strings.Cut(v, "=")
	if !ok || path == "" {
		return output[T]{}, errors.New("write it as kind=path, for example json=run.json")
	}
	i := slices.IndexFunc(formats, func(f format[T]) bool { return f.kind == kind })
	if i < 0 {
		return output[T]{}, fmt.Errorf("no output is called %q: there is %s", kind, kinds(formats))
	}
	return output[T]{formats[i], path}, nil
}

// text returns where what is for a person goes: to stdout, or where that is taken to stderr.
func (o outputs[T]) text(s streams) io.Writer {
	for _, out := range o {
		if out.path == "-" {
			return s.err
		}
	}
	return s.out
}

// write writes the result to each output. One that fails does not keep back the others. A pipe that nobody reads waits until
// the next interrupt.
func (o outputs[T]) write(result T, s streams) error {
	ctx, done := context.Background(), context.CancelFunc(func() {})
	if s.patience != nil {
		ctx, done = s.patience()
	}
	defer done()
	var failed error
	for _, out := range o {
		var err error
		if out.path == "-" {
			err = out.format.print(s.out, result)
		} else {
			err = runfile.ReplaceFileUntil(ctx, out.path, func(w io.Writer) error { return out.format.write(w, result) })
		}
		if err != nil {
			err = fmt.Errorf("-o %s=%s: not written: %w", out.kind, out.path, unwritable(out.path, err))
			if ctx.Err() != nil {
				err = untold{err}
			}
			failed = together(failed, err)
		}
	}
	return failed
}

// together joins two errors, either of which may be nil, into one for a single line.
func together(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	return fmt.Errorf("%w; %w", first, second)
}

// cause drops the path from a file's error, for a message that names it already.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	default:
		return err
	}
}

// pathOf returns the path that a file's error is about.
func pathOf(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Path
	}
	return ""
}
