// Command bench drives load at a service and reports percentiles from the intended send time, what limited the run, and
// whether the service recovered.
//
//   - main.go, root.go, exit.go, interrupts.go, pipe.go, title*.go: the program, the root command, its exit codes, signals, and what
//     a list of processes shows of it
//   - drive*.go, preview.go, repeat.go: the driving commands; testfile.go, asked_file.go, targets_file.go, overlay.go, asking.go,
//     mixture.go, journeys.go, target_options.go, origin.go: what is asked of which target, by files with flags laid over them
//   - shape.go, closed.go, length.go, plan.go: the load and its plan; given.go, name.go, here.go, honoured.go, thresholds.go, abort.go,
//     profiling.go, around.go: flags that several commands have, and their checks
//   - habits.go, flag_errors.go, variables.go, hints.go: flags and variables that were typed wrongly, and the way out of errors
//   - compare*.go, conduct.go, rates.go, trial_live.go, mirror.go, sweep*.go: comparisons of live services or saved runs
//   - gate*.go, baseline*.go, fresh.go: gates and baselines
//   - capacity*.go, selfcheck*.go, history.go, report.go, list.go, schema.go, version.go: the commands of those names
//   - serve.go, keep.go, link.go, supervise.go: the commands that are processes of their own beside a run
//   - outputs*.go, *_outputs.go, html.go, writable.go, shown.go, open.go, documents.go, saved.go, claim.go, actions.go: results on the
//     terminal, in files and in CI; start here for a new output format
//   - help*.go and the directory help: the help and the manual
//   - internal/rig: starting, warming and stopping targets
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	var args []string
	for _, a := range os.Args[1:] {
		args = append(args, strings.Clone(a)) // hideArgument overwrites what it would else share
	}
	os.Exit(run(context.Background(), args, os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program: it returns the exit code. The first interrupt ends what is going on in good order, with a
// report of what was measured. A second one ends run at once, or gives what waits for it ([interrupts]) a moment to say what
// it leaves; child processes that are left running end by themselves when this one does, and files have not taken their
// name yet. A terminal that goes away is an interrupt, unless that was to be ignored, as by nohup.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, endings()...)
	defer signal.Stop(signals)

	survivePipes()
	_ = os.Setenv("QUIC_GO_DISABLE_RECEIVE_BUFFER_WARNING", "true") // preflight says it, where it belongs

	var told interrupts
	ctx = context.WithValue(ctx, interruptsKey{}, &told)
	done := make(chan int, 1)
	go func() { done <- execute(ctx, args, streams{stdin, piped(stdout), stderr, patience(ctx)}) }()
	interrupted := false
	var end <-chan time.Time
	for {
		select {
		case code := <-done:
			return code
		case <-end:
			return exitInterrupted
		case <-signals:
			switch waited := told.tell(); {
			case interrupted && !waited, end != nil:
				return exitInterrupted
			case interrupted:
				end = time.After(lastMoment)
			}
			interrupted = true
			cancel()
		}
	}
}

// endings are the signals that end a run. SIGHUP ends a run unless it was ignored at the start, as under nohup.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// streams are the standard ones: stdout carries the result, stderr progress and diagnostics.
type streams struct {
	in       io.Reader
	out, err io.Writer

	patience func() (context.Context, context.CancelFunc) // limit of waits for another program; nil: no limit
}
