package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/seed-5a006608/bench/report"
)

// Every flag that a report advises is a flag of a command that makes such a report.
func TestAdvisedFlagsAreFlags(t *testing.T) {
	known := map[string]bool{}
	root := newRoot(streams{in: strings.NewReader(""), out: io.Discard, err: io.Discard})
	for _, name := range []string{"spike", "sustained"} {
		c, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			known["--"+f.Name] = true
			if f.Shorthand != "" {
				known["-"+f.Shorthand] = true
			}
		})
	}
	advised := map[string]string{}
	for _, s := range report.Settings {
		advised[caller.Setting(s)] = "setting " + string(s)
	}
	for kind, text := range remedies {
		for _, flag := range regexp.MustCompile(`(?:^| )(--?[a-zA-Z][a-z-]*)`).FindAllStringSubmatch(text, -1) {
			advised[flag[1]] = kind
		}
	}
	for flag, of := range advised {
		if !known[flag] {
			t.Errorf("%s: %s is no flag", of, flag)
		}
	}
}
