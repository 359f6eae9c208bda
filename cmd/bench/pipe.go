package main

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// survivePipes makes a write to a pipe that nobody reads any more fail, instead of ending this process: a run whose
// report was piped into head still has files to write. What this process starts is not told to ignore the signal.
func survivePipes() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }

// untilGone drops writes after its reader has gone, as head does.
type untilGone struct{ io.Writer }

func (u untilGone) Write(p []byte) (int, error) {
	n, err := u.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}

// piped wraps a standard stream that is no terminal, whose reader may go.
func piped(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok && !term.IsTerminal(int(f.Fd())) {
		return untilGone{f}
	}
	return w
}
