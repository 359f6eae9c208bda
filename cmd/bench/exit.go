package main

import (
	"errors"
	"fmt"
	"strings"
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

// exitMeanings is the table of the exit codes, from which the help is made and against which README.md is tested.
var exitMeanings = []struct {
	code    int
	meaning string
}{
	{exitOK, "fine; without thresholds, whatever the verdict"},
	{exitFailed, "failed to run: a target unreachable, a port taken, an output not written"},
	{exitUsage, "bad usage or configuration: flags, a profile, an input file that cannot be read"},
	{exitRegression, "`bench gate`: a regression"},
	{exitInconclusive, "`bench gate`: inconclusive, or there is no such baseline yet"},
	{exitLimited, "thresholds cannot be judged: what bench did late could change the answer, or it did not send what it was to send; `bench capacity`: so, or too few requests were of an objective; in a comparison bench or its host was too late again and again, or late beside one side and not the other where that could change the answer; or `selfcheck` trusts no engine"},
	{exitThreshold, "a threshold failed, or a run was aborted by `--abort-on`; `bench capacity`: the objective is met at no rate; `bench gate`: an objective is missed"},
	{exitInterrupted, "interrupted; what was measured until then is reported. A second interrupt ends at once"},
}

// exitOrder are the codes that several reasons at once are told by, the first that applies.
var exitOrder = []int{exitInterrupted, exitFailed, exitUsage, exitLimited, exitRegression, exitThreshold, exitInconclusive}

// severalExits says which code goes first.
func severalExits() string {
	return "Several at once: " + strings.Trim(strings.ReplaceAll(fmt.Sprint(exitOrder), " ", ", "), "[]") + "."
}

// exitCodes is what the help says of them.
func exitCodes() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for _, e := range exitMeanings {
		text := fmt.Sprintf("  %-4d ", e.code)
		for _, word := range strings.Fields(strings.ReplaceAll(e.meaning, "`", "")) {
			if line := text[strings.LastIndexByte(text, '\n')+1:]; len(line)+len(word) > 100 {
				text += "\n      "
			}
			text += " " + word
		}
		b.WriteString(text + "\n")
	}
	return b.String() + severalExits()
}

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
