// Command bench drives load at a service and says what it found: percentiles that count from the intended send time,
// what limited the run, and whether the service recovered.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	var args []string
	for _, a := range os.Args[1:] {
		args = append(args, strings.Clone(a)) // hideArgument overwrites what it would else share
	}
	os.Exit(run(context.Background(), args, os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program: it returns the exit code. The first interrupt ends what is going on in good order, with a
// report of what was measured. A second one ends run at once; what it leaves running are child processes, which end by
// themselves when this one does, and files that have not taken their name yet.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	survivePipes()

	done := make(chan int, 1)
	go func() { done <- execute(ctx, args, streams{stdin, piped(stdout), stderr}) }()
	interrupted := false
	for {
		select {
		case code := <-done:
			return code
		case <-signals:
			if interrupted {
				return exitInterrupted
			}
			interrupted = true
			cancel()
		}
	}
}

// streams are the standard ones: stdout carries the result, stderr progress and diagnostics.
type streams struct {
	in       io.Reader
	out, err io.Writer
}
