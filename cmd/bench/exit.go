package main

import "errors"

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1   // failed to run: target unreachable, port taken, an output not written
	exitUsage       = 2   // bad usage or configuration: flags, a profile, an input file
	exitInterrupted = 130 // interrupted
)

const exitCodes = `Exit codes:
  0    fine
  1    failed to run: a target unreachable, a port taken, an output not written
  2    bad usage or configuration: flags, a profile, an input file that cannot be read
  130  interrupted; what was measured until then is reported`

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

// codeOf returns the exit code that an error asks for.
func codeOf(err error) int {
	var u usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &u):
		return exitUsage
	default:
		return exitFailed
	}
}

// errInterrupted says that the user ended the command. What there was to say has been said.
var errInterrupted = errors.New("interrupted")
