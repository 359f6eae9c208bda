package main

import (
	"slices"

	"github.com/seed-5a006608/bench/profiles"
)

// asking is what targets are asked: the requests of a test file under the flags, and what flags alone say of requests.
type asking struct {
	*driveOptions
	file   profiles.File
	name   string // of the file
	atEach bool   // the requests of a targets file are driven at each target, and not beside them

	notes []string // what there is to say of the input
}

// note keeps what there is to say of the input, once.
func (a *asking) note(text string) {
	if !slices.Contains(a.notes, text) {
		a.notes = append(a.notes, text)
	}
}
