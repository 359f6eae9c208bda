// Package rig brings the targets of a command up, drives rounds at them and takes them down again.
//
//   - target.go, alike.go, command.go: what is driven, and driven alike; starting and stopping it
//   - up.go: the targets that are up together
//   - pin.go, reservation*.go: processors of their own for bench and what it starts
//   - preflight.go: what would spoil a run
//   - rounds.go, journeys.go: one round at a target, of requests or of journeys, and warming it
//   - data.go: databases that outlive the services that are started on them
//   - kill.go: which writes a target loses by a kill
//   - trial.go, fresh.go: the rounds of a comparison; runs that each have a fresh start
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
