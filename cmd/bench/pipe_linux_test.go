package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-5a006608/bench/report"
)

// An output to a pipe that nobody reads waits until an interrupt, which says so; the other outputs are written.
func TestAnOutputThatNobodyReadsEndsWithAnInterrupt(t *testing.T) {
	dir := t.TempDir()
	pipe, file := filepath.Join(dir, "pipe"), filepath.Join(dir, "file")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	var told interrupts
	ctx := context.WithValue(t.Context(), interruptsKey{}, &told)
	written := format[*report.Mirror]{"md", func(w io.Writer, _ *report.Mirror) error {
		told.tell() // the pipe is about to be opened
		_, err := io.WriteString(w, "answer")
		return err
	}}
	err := (outputs[*report.Mirror]{{written, pipe}, {written, file}}).write(nil, streams{err: io.Discard, patience: patience(ctx)})
	if text, ok := errors.AsType[untold](err); !ok || codeOf(err) != exitInterrupted || !strings.Contains(oneLine(text), "-o md="+pipe+": not written: nobody read all of it") {
		t.Errorf("exit %d: %v", codeOf(err), err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "answer" {
		t.Errorf("the other output: %q, %v", text, err)
	}
}
