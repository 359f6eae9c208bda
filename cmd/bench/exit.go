package main

import "errors"

// The exit codes.
const (
	exitOK           = 0
	exitFailed       = 1   // failed to run: target unreachable, port taken, an output not written
	exitUsage        = 2   // bad usage or configuration: flags, a profile, an input file
	exitRegression   = 3   // a gate found a regression
	exitInconclusive = 4   // a gate could not tell
	exitLimited      = 5   // what was to be judged cannot be: bench or its host was too late
	exitThreshold    = 99  // a threshold failed, or a run was aborted, as in k6
	exitInterrupted  = 130 // interrupted
)

const exitCodes = `Exit codes:
  0    fine
  1    failed to run: a target unreachable, a port taken, an output not written
  2    bad usage or configuration: flags, a profile, an input file that cannot be read
  3    bench gate: a regression
  4    bench gate: inconclusive
  5    thresholds cannot be judged: the run is GENERATOR-LIMITED or HOST-LIMITED;
       a comparison cannot be made: bench or its host was too late again and again, or late beside one side and not
       the other where that could change the answer; or selfcheck trusts no engine
  99   a threshold failed, or a run was aborted by --abort-on;
       bench capacity: the objective is met at no rate; bench gate: an objective (slo) is missed
  130  interrupted; what was measured until then is reported
Several at once: 130, 1, 2, 5, 3, 99, 4.`

// usageError is an error of whoever typed the command or wrote the file.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage marks err as the user's, nil as nil.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// exitError is an error with an exit code of its own: the command did its work, and what it found is not good.
type exitError struct {
	code int
	error
}

func (e exitError) Unwrap() error { return e.error }

// codeOf returns the exit code that an error asks for.
func codeOf(err error) int {
	var u usageError
	var coded exitError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &u):
		return exitUsage
	case errors.As(err, &coded):
		return coded.code
	default:
		return exitFailed
	}
}

// errInterrupted says that the user ended the command. What there was to say has been said.
var errInterrupted = errors.New("interrupted")
