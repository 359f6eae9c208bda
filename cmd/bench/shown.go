package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/seed-5a006608/bench/report"
	"github.com/seed-5a006608/bench/report/page"
	"golang.org/x/term"
)

// shown says how each reader gets a kind of result: a person, other programs, and the CI system that bench runs under.
type shown[T any] struct {
	text    func(io.Writer, T, report.Options) error
	formats []format[T]              // of -o
	tell    func(io.Writer, T) error // GitHub Actions; nil: nothing
}

// show shows a result on the terminal, tells the CI system and writes the files. One that fails does not keep back the others.
func (k shown[T]) show(result T, files outputs[T], s streams, options report.Options) error {
	failed := display(files.text(s), options, func(w io.Writer, options report.Options) error { return k.text(w, result, options) })
	if k.tell != nil && actions() {
		failed = together(failed, k.tell(s.err, result))
	}
	return together(failed, files.write(result, s))
}

// display has show write what is for a person to w, as w shows it best. All that bench shows goes this way: its reader may
// go, and GitHub Actions takes no command from it.
func display(w io.Writer, options report.Options, show func(io.Writer, report.Options) error) error {
	options.Width, options.Color = look(w)
	options.Caller = caller
	w = piped(w)
	if err := onActions(w, func() error { return show(w, options) }); err != nil {
		return fmt.Errorf("the report: not written: %w", cause(err))
	}
	return nil
}

// look says how wide w is and whether it shows colour.
func look(w io.Writer) (width int, color bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return page.DefaultWidth, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		width = page.DefaultWidth
	}
	return width, os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// kept keeps what was measured below .bench, unless it is not to be kept, and returns its path.
func (o *driveOptions) kept(what string, stderr io.Writer, write func(path string, w io.Writer) error) (string, error) {
	if o.noSave {
		return "", nil
	}
	path, err := keep(what, time.Now(), write)
	return path, o.notKept(err, stderr)
}
