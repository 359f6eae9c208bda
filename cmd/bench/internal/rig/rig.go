// Package rig brings the targets of a command up, drives rounds at them and takes them down again: it starts what bench is to serve, pins it
// and bench to processors of their own, looks for what would spoil a run, and warms what it compares.
package rig

import (
	"errors"

	"github.com/seed-5a006608/bench/targets/process"
)

// ErrInterrupted says that the user ended the command.
var ErrInterrupted = errors.New("interrupted")

// Interrupted is [ErrInterrupted], with what was left behind where err says so.
func Interrupted(err error) error {
	if left, ok := errors.AsType[*process.StopError](err); ok {
		return errors.Join(ErrInterrupted, left)
	}
	return ErrInterrupted
}

// A UsageError is about what the user asks for: it cannot be driven as it stands.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

func (e *UsageError) Unwrap() error { return e.Err }
