package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/cmd/bench/internal/rig"
)

// The exit codes.
const (
	exitOK           = 0
	exitFailed       = 1
	exitUsage        = 2
	exitRegression   = 3
	exitInconclusive = 4
	exitLimited      = 5
	exitThreshold    = 99 // as in k6
	exitInterrupted  = 130
)

// exitMeanings are the meanings of the codes, with the commands that give them; an empty list means all commands. The help,
// README.md and the topic exit-codes say the same.
var exitMeanings = []struct {
	code    int
	of      []string // commands that give the code, or one of the kinds below
	meaning string
}{
	{exitOK, nil, "fine"},
	{exitOK, []string{drivingCommands}, "without thresholds, whatever the verdict"},
	{exitFailed, []string{sendingCommands}, "a target unreachable, a port taken"},
	{exitFailed, nil, "an output not written"},
	{exitUsage, nil, "bad usage or configuration: flags, a profile, an input file that cannot be read"},
	{exitRegression, []string{"gate"}, "a regression"},
	{exitInconclusive, []string{"gate"}, "inconclusive, or there is no such baseline yet"},
	{exitLimited, []string{drivingCommands}, "a threshold cannot be judged: what bench did late could change the answer, or bench did not send what it was to send"},
	{exitLimited, []string{"capacity"}, "bench or its host was too late, or too few requests were of an objective"},
	{exitLimited, []string{"compare", "gate"}, "bench or its host was too late again and again, or late beside one side and not the other where that could change the answer"},
	{exitLimited, []string{"baseline save"}, "bench or its host was too late again and again"},
	{exitLimited, []string{"selfcheck"}, "no engine is trusted"},
	{exitThreshold, []string{drivingCommands}, "a threshold failed, or `--abort-on` ended a run"},
	{exitThreshold, []string{"capacity"}, "the objective is met at no rate"},
	{exitThreshold, []string{"gate"}, "an objective is missed"},
	{exitInterrupted, nil, "interrupted; what was measured until then is reported. A second interrupt ends at once"},
}

// Kinds of commands in exitMeanings.
const (
	drivingCommands = "driving" // the profiles and run
	sendingCommands = "sending" // all that send requests
)

// exitOrder lists the codes by rank: several reasons at once end with the first that applies.
var exitOrder = []int{exitInterrupted, exitFailed, exitUsage, exitLimited, exitRegression, exitThreshold, exitInconclusive}

// severalExits is the sentence on the order of exit codes.
func severalExits(codes []int) string {
	var list []string
	for _, code := range exitOrder {
		if slices.Contains(codes, code) {
			list = append(list, strconv.Itoa(code))
		}
	}
	return "Several at once: " + strings.Join(list, ", ") + "."
}

// usageError is an error in the command line or in a file of the user's.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// asUsage marks err as the user's, nil as nil.
func asUsage(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// exitError is an error with an exit code of its own: the command did its work, and the result is not good.
type exitError struct {
	code int
	error
}

func (e exitError) Unwrap() error { return e.error }

// codeOf returns the exit code that an error asks for.
func codeOf(err error) int {
	var u usageError
	var coded exitError
	var refused *rig.UsageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &u), errors.As(err, &refused):
		return exitUsage
	case errors.As(err, &coded):
		return coded.code
	default:
		return exitFailed
	}
}

// errInterrupted means that the user ended the command. Its messages are already printed.
var errInterrupted = rig.ErrInterrupted
