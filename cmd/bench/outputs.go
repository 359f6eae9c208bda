package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/seed-5a006608/bench/loadgen"
	"github.com/seed-5a006608/bench/report"
	"golang.org/x/term"
)

// output is one -o kind=path.
type output struct{ kind, path string }

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
		if kind != "json" {
			return nil, usage(fmt.Errorf("-o %s: no output is called %q: there is json", v, kind))
		}
		if path == "-" {
			stdout++
		}
		list = append(list, output{kind, path})
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
	if err := report.Terminal(text, runs, options); err != nil {
		return fmt.Errorf("the report: %w", err)
	}
	var failed []error
	for _, out := range o {
		var err error
		if out.path == "-" {
			err = loadgen.Encode(s.out, runs)
		} else {
			err = loadgen.WriteFile(out.path, runs)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("-o %s=%s: not written: %w", out.kind, out.path, cause(err)))
		}
	}
	return errors.Join(failed...)
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
