package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/seed-5a006608/bench/profiles"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// plainFlagError words an error of pflag for whoever typed the flag.
func plainFlagError(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() == "" {
		return fmt.Errorf("%w%s", err, meantFlag(cmd.Flags(), unknown.GetSpecifiedName()))
	}
	return plainValue(err)
}

// counterparts are the flags of limits: a command has one of them.
var counterparts = map[string]string{"slo": "threshold", "threshold": "slo"}

// meantFlag suggests the flag that was probably meant, or nothing.
func meantFlag(flags *pflag.FlagSet, name string) string {
	if name == "version" {
		return "; bench version prints it"
	}
	if other := flags.Lookup(counterparts[name]); other != nil {
		return fmt.Sprintf("; that flag is called --%s here", other.Name)
	}
	var known []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			known = append(known, f.Name)
		}
	})
	if near := profiles.Suggest(name, known); near != "" {
		return fmt.Sprintf("; did you mean --%s?", near)
	}
	return ""
}

// valueForms says how the values of a type of flag are written.
var valueForms = map[string]string{
	"duration":    "a time with its unit, such as 500ms, 30s or 1h30m",
	"int":         "a whole number, such as 100",
	"uint64":      "a whole number that is not negative, such as 100",
	"float64":     "a number, such as 1.5",
	"bool":        "true or false",
	"intSlice":    "whole numbers with commas between them, such as 1,2,4",
	"stringToInt": "a name and a whole number, such as db=10",
}

// plainValue says how a value that a flag cannot take is written.
func plainValue(err error) error {
	bad, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	flag := bad.GetFlag()
	if form := valueForms[flag.Value.Type()]; form != "" {
		return fmt.Errorf("--%s %s: write it as %s", flag.Name, bad.GetValue(), form)
	}
	why := bad.Unwrap().Error()
	for _, repeated := range []string{flag.Name + " ", strconv.Quote(bad.GetValue()) + ": "} {
		why = strings.TrimPrefix(why, repeated)
	}
	return fmt.Errorf("--%s %s: %s", flag.Name, bad.GetValue(), why)
}
