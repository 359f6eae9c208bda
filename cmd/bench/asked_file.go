package main

import (
	"github.com/seed-5a006608/bench/profiles"
	"github.com/spf13/pflag"
)

// addFileFlag adds the flag of a test file whose requests a command sends by a profile of its own.
func (o *driveOptions) addFileFlag(f *pflag.FlagSet, usage string) {
	f.StringVarP(&o.file, "file", "f", "", usage)
}

// askedBy lays the requests, target and expectations of the test file of --file over a command's own file. The load, its end, the
// thresholds and the outputs stay the command's.
func (o *driveOptions) askedBy(command profiles.File) (profiles.File, error) {
	if o.file == "" {
		return command, nil
	}
	source, err := readBounded(o.file)
	if err != nil {
		return command, err
	}
	file, err := profiles.ParseAsked(o.file, source)
	if err == nil {
		err = checkFile(o.file, file)
	}
	if err != nil {
		return command, noTestFile(o.file, source, err)
	}
	file.Profile, file.Think, file.WarmUp = command.Profile, command.Think, command.WarmUp
	file.Thresholds, file.AbortOn, file.Outputs = nil, nil, nil
	return file, nil
}
