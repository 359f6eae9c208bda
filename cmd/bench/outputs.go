package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report"
	"golang.org/x/term"
)

// outputFormat writes runs in one kind of file.
type outputFormat struct {
	kind  string
	write func(io.Writer, []*loadgen.Run) error
}

// formats are the kinds of -o.
var formats = []outputFormat{
	{"json", loadgen.Encode},
	{"junit", report.JUnit},
	{"csv", report.CSV},
	{"hlog", report.HLog},
	{"md", report.Markdown},
	{"openmetrics", report.OpenMetrics},
	{"gitlab", report.GitLab},
	{"gh-benchmark", report.GitHubBenchmark},
}

// kinds lists the kinds of -o for a reader.
func kinds() string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.kind
	}
	return strings.Join(names, ", ")
}

// output is one -o kind=path.
type output struct {
	outputFormat
	path string
}

// outputs are where a report goes beside the terminal.
type outputs []output

// parseOutputs reads the values of -o.
func parseOutputs(values []string) (outputs, error) {
	var list outputs
	stdout := 0
	for _, v := range values {
		kind, path, ok := strings.Cut(v, "=")
		if !ok || path == "" {
			return nil, usage(fmt.Errorf("-o %s: write it as kind=path, for example -o json=run.json", v))
		}
		format := slices.IndexFunc(formats, func(f outputFormat) bool { return f.kind == kind })
		if format < 0 {
			return nil, usage(fmt.Errorf("-o %s: no output is called %q: there is %s", v, kind, kinds()))
		}
		if path == "-" {
			stdout++
		}
		list = append(list, output{formats[format], path})
	}
	if stdout > 1 {
		return nil, usage(errors.New("-o: only one output can go to stdout"))
	}
	return list, nil
}

func (o outputs) useStdout() bool {
	for _, out := range o {
		if out.path == "-" {
			return true
		}
	}
	return false
}

// write shows the runs on the terminal and writes the other outputs. One that fails does not keep back the others.
func (o outputs) write(runs []*loadgen.Run, s streams, options report.Options) error {
	text := s.out
	if o.useStdout() {
		text = s.err
	}
	options.Width, options.Color = look(text)
	text = piped(text)
	actions := os.Getenv("GITHUB_ACTIONS") == "true"
	var failed error
	if err := onActions(actions, text, func() error { return report.Terminal(text, runs, options) }); err != nil {
		failed = fmt.Errorf("the report: not written: %w", cause(err))
	}
	if actions {
		failed = together(failed, tellActions(s.err, runs))
	}
	for _, out := range o {
		var err error
		if out.path == "-" {
			err = out.write(s.out, runs)
		} else {
			err = loadgen.ReplaceFile(out.path, func(w io.Writer) error { return out.write(w, runs) })
		}
		if err != nil {
			failed = together(failed, fmt.Errorf("-o %s=%s: not written: %w", out.kind, out.path, cause(err)))
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

// look says how wide w is and whether it shows colour.
func look(w io.Writer) (width int, color bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return report.DefaultWidth, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		width = report.DefaultWidth
	}
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
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
